"""A round of the witness: fetch the checkpoint, see that it goes on from the last one, sign it.

What it has seen last stands in its own folder, and so do its key, what it signed, and what it raised an alarm about: what it found now and what
it had seen before. Where the ledger was rewritten, both are signed by the department and contradict each other: that proves it to
anybody. Where it went back, or is not signed with the known key, the alarm is a reason to ask, and no proof.

Order of steps: signed note, origin, size, consistency by the tiles; then what was seen is written down, then the cosignature. A witness
that is killed in between signs the same checkpoint again and never two that contradict each other.

Notable choices:

- Going back is an alarm, also to a checkpoint that was true once. A place that shows old copies has to be told apart by a person.
- The root and the proof come from the few tiles they need. That every line below them is there, `tools/verify.py` checks.
- After an alarm nothing is signed any more until a person has taken the alarm out of the folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from platewarden.durable import put
from platewarden.policy.refusal import Malformed, Tampered, Unavailable
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.cosignature import Cosigner, CosignerKey, cosigned
from platewarden.transparency.note import NoteVerifier, must_be_key_name
from platewarden.transparency.tiles import TileTree
from platewarden.transparency.tree import consistency_holds
from platewarden.witness.place import Place

__all__ = ["Alarm", "Seen", "Witness", "make_key"]

_KEY: Final = "witness.key"
_NAME: Final = "name"
_SEEN: Final = "seen"
_ALARM: Final = "alarm"
_COSIGNED: Final = "cosigned"


class Alarm(Tampered):
    """The ledger does not go on from what it was. What it was and what it is are kept."""


@dataclass(frozen=True)
class Seen:
    """What a round found."""

    size: int
    before: int | None
    """The size at the last round; None at the first."""
    cosigned: Path


def make_key(folder: Path, name: str) -> CosignerKey:
    """A new witness in a folder of its own, readable by its owner alone. Refused: where there is one already."""
    must_be_key_name(name)
    private = Ed25519PrivateKey.generate()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = os.open(folder / _KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Unavailable(
            f"There is a witness in {folder} already. Name another folder; a key that has signed is never replaced."
        ) from error
    except OSError as error:
        raise Unavailable(f"The folder {folder} cannot be written ({error.strerror}). Name one that can.") from error
    with os.fdopen(place, "wb") as file:
        file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(folder / _NAME, f"{name}\n")
    return Cosigner(name, private).key


class Witness:
    """The witness that lives in a folder, watching one log."""

    def __init__(self, folder: Path, log: NoteVerifier, clock: Callable[[], datetime]) -> None:
        self._folder, self._log, self._clock = folder, log, clock
        try:
            private = load_pem_private_key((folder / _KEY).read_bytes(), None)
            name = (folder / _NAME).read_text().strip()
        except (OSError, ValueError) as error:
            raise Unavailable(
                f"There is no witness in {folder}. Run: platewarden witness init --state {folder} --name NAME"
            ) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise Malformed(f"The key in {folder} is not an Ed25519 key. Make another witness.")
        self._cosigner = Cosigner(name, private)

    def round(self, place: Place) -> Seen:
        """One look. `Alarm` when the ledger does not go on from what was seen; `Unavailable` when it can't be fetched whole."""
        if (self._folder / _ALARM).exists():
            raise Alarm(
                f"An alarm of an earlier round is in {self._folder / _ALARM}. Settle it with the department first, then move it away."
            )
        note = self._text_of(place.fetch("checkpoint"))
        last = self._last()
        newest = self._opened(note, last)
        before = Checkpoint.of_note(last, self._log) if last else None
        self._must_go_on(place, newest, before, note, last)
        _write(self._folder / _SEEN, note)
        signed = self._folder / _COSIGNED / str(newest.size)
        signed.parent.mkdir(exist_ok=True)
        _write(signed, cosigned(note, self._cosigner, self._clock()))
        return Seen(newest.size, before.size if before else None, signed)

    def _text_of(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise Malformed(
                "What stands in the place of the checkpoint is no text. Name the folder or address that is published."
            ) from error

    def _last(self) -> str | None:
        seen = self._folder / _SEEN
        return seen.read_text() if seen.exists() else None

    def _opened(self, note: str, last: str | None) -> Checkpoint:
        newest = Checkpoint.opened(note, self._log)
        if newest is None:
            raise self._alarm(
                f"What stands in the place of the checkpoint is not one that {self._log.name} signed with its key.", note, last
            )
        return newest

    def _must_go_on(self, place: Place, newest: Checkpoint, before: Checkpoint | None, note: str, last: str | None) -> None:
        tree = TileTree(newest.size, place.fetch)
        if tree.root() != newest.root:
            raise self._alarm(f"The tiles do not give the root that was signed for {newest.size} lines.", note, last)
        if before is None:
            return
        if newest.size < before.size:
            raise self._alarm(f"The ledger went back from {before.size} lines to {newest.size}.", note, last)
        proof = tree.consistency_proof(before.size) if before.size else []
        if not consistency_holds(before.size, before.root, newest.size, newest.root, proof):
            raise self._alarm(
                f"The ledger of {newest.size} lines does not go on from the one of {before.size} lines: it was rewritten.",
                note,
                last,
            )

    def _alarm(self, sentence: str, note: str, last: str | None) -> Alarm:
        kept = self._folder / _ALARM
        kept.mkdir(exist_ok=True)
        _write(kept / "now", note)
        if last:
            _write(kept / "before", last)
        _write(kept / "what", f"{self._clock().isoformat(timespec='seconds')} {sentence}\n")
        return Alarm(
            f"ALARM. {sentence} What was found and what was seen before are kept in {kept}. Tell whoever oversees the department."
        )


def _write(place: Path, text: str) -> None:
    put(place, text.encode(), mode=0o644)
