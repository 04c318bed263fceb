"""Where a ledger is published: a folder, or an address on the web. Bytes come from there; nothing of them is believed."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx

from platewarden.policy.refusal import Malformed, Unavailable

__all__ = ["Address", "Folder", "Place", "place_of"]

_LARGEST: Final = 1_000_000  # bytes; a full tile has 8,192
_PATIENCE_S: Final = 30.0


class Place(Protocol):
    """Gives the content of a published file, by its path."""

    def fetch(self, path: str) -> bytes: ...


class Folder:
    """A copy on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str) -> bytes:
        place = self._folder / PurePosixPath(path)
        try:
            with place.open("rb") as file:
                return _not_too_much(file.read(_LARGEST + 1), path)
        except OSError as error:
            raise Unavailable(f"{path} is not in {self._folder} ({error.strerror}). Copy the published folder whole.") from error


class Address:
    """A web server that gives the folder out."""

    def __init__(self, address: str, transport: httpx.BaseTransport | None = None) -> None:
        self._address = address.rstrip("/")
        self._client = httpx.Client(timeout=_PATIENCE_S, follow_redirects=False, transport=transport)

    def fetch(self, path: str) -> bytes:
        content = b""
        try:
            with self._client.stream("GET", f"{self._address}/{path}") as answer:
                if answer.status_code != httpx.codes.OK:
                    raise Unavailable(
                        f"{self._address} answers {answer.status_code} for {path}. Ask the department whether its ledger is published there."
                    )
                for part in answer.iter_bytes():
                    content = _not_too_much(content + part, path)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"{self._address} cannot be reached for {path} ({type(error).__name__}). Try again, or ask the department."
            ) from error
        return content


def place_of(named: str) -> Place:
    """The folder or address that a person named. Refused: an address that is neither https nor this machine."""
    parts = urlsplit(named)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")):
        return Address(named)
    if "://" in named:
        raise Malformed(f"{named} is not an https address. Name the department's https address, or a folder.")
    return Folder(Path(named))


def _not_too_much(content: bytes, path: str) -> bytes:
    if len(content) > _LARGEST:
        raise Malformed(f"{path} is larger than any file of a published ledger. This is not one.")
    return content
