"""The line to the office: one address, one certificate, raw bytes up and down. What an answer means is `transfer`'s matter.

Promises: nothing but the office's own certificate is trusted over https; http is spoken on this very machine only; no
proxy, no redirect, no cookie; an answer that is too long, too late, cut off or from somebody else is no answer.

A no is the office's own only if it is written as the office writes it (CBOR with a sentence): a page of some other machine
in between that says “403” is no answer, and stops nothing.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import httpx

from platewarden.exchange.wire import decode_body
from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Unavailable

__all__ = ["NO_ANSWER", "Link", "Reply"]

NO_ANSWER = 0
LARGEST_ANSWER = 256 * 1024 * 1024  # an edition of a million entries is 117 MB
LARGEST_NO = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back: the status (0: nothing usable), the bytes of a yes, or the sentence and clause of a no."""

    status: int
    body: bytes = b""
    sentence: str = ""
    clause: Clause | None = None

    @property
    def is_yes(self) -> bool:
        return self.status == httpx.codes.OK


class Link:
    """The office's door for units at one address."""

    def __init__(self, server: str, *, certificate: Path | None = None, timeout_s: float = 10.0) -> None:
        self._address = _address(server)
        self._client = httpx.Client(
            base_url=self._address,
            verify=_only(certificate) if self._address.startswith("https:") else _nobody(),
            timeout=timeout_s,
            trust_env=False,
            follow_redirects=False,
            headers={"Content-Type": "application/octet-stream", "User-Agent": "platewarden-unit"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, None)

    def post(self, path: str, body: bytes) -> Reply:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: bytes | None) -> Reply:
        try:
            with self._client.stream(method, path, content=body) as response:
                return _reply(response.status_code, _whole(response))
        except httpx.HTTPError as error:
            return Reply(NO_ANSWER, sentence=f"The office at {self._address} does not answer ({type(error).__name__}).")


def _whole(response: httpx.Response) -> bytes:
    largest = LARGEST_ANSWER if response.status_code == httpx.codes.OK else LARGEST_NO
    came = bytearray()
    for part in response.iter_raw():
        came += part
        if len(came) > largest:
            raise httpx.DecodingError("the answer is too long")
    return bytes(came)


def _reply(status: int, body: bytes) -> Reply:
    if status in {httpx.codes.OK, httpx.codes.ACCEPTED}:
        return Reply(status, body)
    sentence, clause = _no(body)
    if not sentence:
        return Reply(NO_ANSWER, sentence=f"What answers at the office's address is not the office (status {status}).")
    return Reply(status, sentence=sentence, clause=clause)


def _no(body: bytes) -> tuple[str, Clause | None]:
    try:
        said = decode_body(body)
    except Malformed:  # some other machine's page: this is where the line ends, so it is told apart here
        return "", None
    sentence, clause = said.get("error"), said.get("clause")
    if not isinstance(sentence, str):
        return "", None
    return sentence, next((each for each in Clause if each.value == clause), None)


def _address(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Malformed("The server's address is not one like https://alpr.example.gov:8443. Correct it.")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise Malformed(
            "Over the network the office is reached by https only. Use https, and give its certificate with --certificate."
        )
    return server.rstrip("/")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _nobody() -> ssl.SSLContext:
    """For http on this machine: should it ever turn into https, nobody is trusted."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _only(certificate: Path | None) -> ssl.SSLContext:
    """A context that trusts this one certificate and no other, be it its own issuer's or self-signed."""
    if certificate is None:
        raise Malformed(
            "https needs the office's certificate, which is then the only one trusted. Give its file with --certificate."
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cafile=certificate)
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(
            f"The office's certificate “{certificate.name}” cannot be read. Copy it again from the office."
        ) from error
    return context
