"""A bag (BagIt 1.0, RFC 8493): payload, SHA-512 manifests, what it is; and a statement that the office signs over the manifests.

It is given away file by file, in order, and never lies anywhere in the clear. BagIt says nothing of who made a bag: the statement does,
as a signed note under the ledger's key with a name of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import platewarden

PAYLOAD = "data"
STATEMENT = "statement.txt"
STAMP = "timestamp.tsr"
HEAD = "platewarden evidence package v1"


class Bag:
    """Counts and digests what is put into it. `put(name, content)` takes each file, name within the bag."""

    def __init__(self, put: Callable[[str, bytes], None]) -> None:
        self._put_out = put
        self._payload: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self.octets = 0

    @property
    def digests(self) -> dict[str, str]:
        """SHA-512 in hex of every file so far, by its name."""
        return self._payload | self._tags

    def add(self, name: str, content: bytes) -> None:
        """A file of the payload."""
        place = f"{PAYLOAD}/{name}"
        self._payload[place] = self._put(place, content)
        self.octets += len(content)

    def close(
        self,
        about: dict[str, str],
        *,
        on: date,
        sign: Callable[[dict[str, str]], str],
        stamp: Callable[[bytes], bytes] | None = None,
    ) -> None:
        """The tag files; `sign` gives the statement for the digests of what it signs; `stamp` an outside time for the manifest."""
        info = about | {
            "Bagging-Date": on.isoformat(),
            "Payload-Oxum": f"{self.octets}.{len(self._payload)}",
            "Bag-Software-Agent": f"Platewarden {platewarden.__version__}",
        }
        self._tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        self._tag("bag-info.txt", "".join(f"{label}: {' '.join(value.split())}\n" for label, value in info.items()))
        self._tag("manifest-sha512.txt", _lines(self._payload))
        self._tag("tagmanifest-sha512.txt", _lines(self._tags))
        signed = ["manifest-sha512.txt", "tagmanifest-sha512.txt"]
        if stamp is not None:
            self._tags[STAMP] = self._put(STAMP, stamp(_lines(self._payload).encode()))
            signed.append(STAMP)
        self._tag(STATEMENT, sign({name: self._tags[name] for name in signed}))

    def _tag(self, name: str, text: str) -> None:
        self._tags[name] = self._put(name, text.encode())

    def _put(self, name: str, content: bytes) -> str:
        self._put_out(name, content)
        return hashlib.sha512(content).hexdigest()


def _lines(digests: dict[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
