"""Proofs that lines stand in the ledger, for whoever gets them and has no ledger: each line word for word, its place, its audit path."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import newest_checkpoint, verifier
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.tree import inclusion_proofs


@dataclass(frozen=True)
class Proved:
    """A sealed line: its text, where it stands, and the audit path to the root, nearest first."""

    leaf_id: int
    index: int
    body: str
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Proofs:
    """Lines under one signed checkpoint."""

    checkpoint: str
    size: int
    root: bytes
    lines: tuple[Proved, ...]


def is_sealed(leaf_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from office.ledger_sealed where leaf_id = %s)", [leaf_id])
        return bool(cursor.fetchone()[0])


def newest_sealed(act: Act) -> int | None:
    """The leaf of the newest line of an act that a signed checkpoint covers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select max(s.leaf_id) from office.ledger_sealed s join office.ledger_leaf l using (leaf_id) where l.act = %s"
            " and s.tree_index < (select max(c.tree_size) from office.ledger_checkpoint c)",
            [act.value],
        )
        found = cursor.fetchone()[0]
    return int(found) if found is not None else None


def prove(leaves: Collection[int]) -> Proofs:
    """Proofs for these lines under the newest checkpoint. Unavailable when one is not sealed yet; Tampered when the tree does not answer."""
    note = newest_checkpoint()
    if note is None:
        raise Unavailable("Nothing is sealed yet. Start the server, and try again.")
    newest = Checkpoint.of_note(note, verifier())
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.tree_index, s.leaf_id, l.body from office.ledger_sealed s join office.ledger_leaf l using (leaf_id)"
            " where s.leaf_id = any (%s) and s.tree_index < %s order by 1",
            [list(leaves), newest.size],
        )
        found = cursor.fetchall()
        if len(found) != len(set(leaves)):
            raise Unavailable("A line of the ledger is not sealed yet. Is the server running? Try again in a moment.")
        cursor.execute(
            "select l.leaf_hash from office.ledger_sealed s join office.ledger_leaf l using (leaf_id)"
            " where s.tree_index < %s order by s.tree_index",
            [newest.size],
        )
        hashes = [bytes(hashed) for (hashed,) in cursor]
    root, paths = inclusion_proofs(hashes, [index for index, _, _ in found])
    if root != newest.root:
        raise Tampered("The ledger does not answer to its own checkpoint. Stop, and run `platewarden ledger verify`.")
    lines = tuple(Proved(leaf_id, index, body, tuple(path)) for (index, leaf_id, body), path in zip(found, paths, strict=True))
    return Proofs(note, newest.size, newest.root, lines)
