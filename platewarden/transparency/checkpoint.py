"""A checkpoint, as c2sp.org/tlog-checkpoint has it: what a log was at a size, in three lines, as a signed note.

::

    <origin>
    <size, decimal>
    <root, base64>

A log's key has the origin for its name. Extension lines are refused: nobody here writes them, and nobody could audit them.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from platewarden.policy.refusal import Malformed, Tampered, Unknown
from platewarden.transparency.note import NoteSigner, NoteVerifier, must_be_key_name, open_note, sign_note

__all__ = ["Checkpoint"]


@dataclass(frozen=True)
class Checkpoint:
    """The root of a log at a size."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        must_be_key_name(self.origin)
        if self.size < 0 or len(self.root) != 32:
            raise Malformed("A checkpoint has a size of 0 or more and a root of 32 bytes. Make it from the tree.")

    @property
    def text(self) -> str:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint of a note's text. Refused: not three lines, another spelling of size or root."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise Malformed("The text is not a checkpoint of three lines: origin, size, root. Fetch it again, whole.")
        origin, size, root = lines[:3]
        try:
            checkpoint = cls(
                origin,
                int(size) if size.isascii() and size.isdigit() and len(size) < 20 else -1,
                base64.b64decode(root, validate=True),
            )
        except (binascii.Error, ValueError) as error:
            raise Malformed("The root in the checkpoint is not base64. Fetch it again, whole.") from error
        if checkpoint.text != text:
            raise Malformed("The checkpoint is not in its one spelling. Fetch it again, whole.")
        return checkpoint

    def signed(self, *signers: NoteSigner) -> str:
        """The checkpoint as a note of these signers, the log itself first."""
        return sign_note(self.text, *signers)

    @classmethod
    def of_note(cls, note: str, log: NoteVerifier, *witnesses: NoteVerifier) -> Checkpoint:
        """The checkpoint that the log signed. Refused: not signed by the log, of another origin, no checkpoint, a signature that doesn't hold."""
        text, signed = open_note(note, log, *witnesses)
        checkpoint = cls.parse(text)
        if log not in signed or checkpoint.origin != log.name:
            raise Malformed("The checkpoint is not signed by the log whose name it bears. Fetch it again from the log.")
        return checkpoint

    @classmethod
    def opened(cls, note: str, log: NoteVerifier) -> Checkpoint | None:
        """As `of_note`, but None where that refuses: for a check that goes on and lists what is wrong."""
        try:
            return cls.of_note(note, log)
        except (Malformed, Tampered, Unknown):
            return None
