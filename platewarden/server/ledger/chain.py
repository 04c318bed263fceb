"""Sealing the ledger into a tree, and checking that it holds.

One sealer gives each visible unsealed leaf the next index; the order is the order of sealing. Every checkpoint is a C2SP
signed note over the RFC 6962 root, so whoever kept an earlier one can prove that nothing before it was changed.

Known gap: until a leaf is sealed (about a second) a superuser of the database can alter it unseen; until a checkpoint has
left this machine, whoever holds the ledger key can rewrite everything after the last one that did.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from platewarden.policy.refusal import Tampered
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.note import NoteSigner, NoteVerifier
from platewarden.transparency.tree import Frontier, leaf_hash

BATCH = 1000
BLOCK = 256
EDGE_EVERY = 10_000  # leaves between two edges that are kept


def origin() -> str:
    """The log's name in its checkpoints: what setup named the department's roles. It stays when the database is moved or renamed."""
    return f"platewarden/{settings.CONFIG.role_prefix}"


def signer() -> NoteSigner:
    private = load_pem_private_key(settings.CONFIG.read_secret("ledger.key"), None)
    assert isinstance(private, Ed25519PrivateKey)
    return NoteSigner(origin(), private)


def verifier() -> NoteVerifier:
    return signer().verifier


class Sealer:
    """The one that seals. Keeps the tree's frontier; when it starts, it goes on from the edge that was kept last under a signed
    checkpoint, and reads the leaves after that. That those before it stand is asked once a day, with all the rest (`proof.day`).
    """

    def __init__(self) -> None:
        self._frontier: Frontier | None = None
        self._edge_kept_at = 0

    def seal(self) -> int:
        """Seals what is waiting, at most 1,000 leaves, and returns how many. Two sealers: one waits its turn."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(4270009)")
            frontier = self._frontier_now()
            cursor.execute("select leaf_id, leaf_hash from office.ledger_to_seal(%s)", [BATCH])
            waiting = [(leaf_id, bytes(hashed)) for leaf_id, hashed in cursor]
            if not waiting:
                return 0
            grown = frontier.copy()
            for _, hashed in waiting:
                grown.append(hashed)
            checkpoint = Checkpoint(origin=origin(), size=grown.size, root=grown.root())
            cursor.execute(
                "select office.ledger_seal(%s, %s, %s, %s)",
                [frontier.size, [leaf_id for leaf_id, _ in waiting], grown.root(), checkpoint.signed(signer())],
            )
            if keeps_edge := grown.size - self._edge_kept_at >= EDGE_EVERY:
                cursor.execute(
                    "insert into office.ledger_edge (tree_size, edge) values (%s, %s)"
                    " on conflict (is_the_one) do update set tree_size = excluded.tree_size, edge = excluded.edge",
                    [grown.size, list(grown.edge)],
                )
        self._frontier = grown
        if keeps_edge:
            self._edge_kept_at = grown.size
        return len(waiting)

    def _frontier_now(self) -> Frontier:
        with connection.cursor() as cursor:
            cursor.execute("select coalesce(max(tree_size), 0) from office.ledger_checkpoint")
            size = cursor.fetchone()[0]
        if self._frontier is None or self._frontier.size != size:
            grown = _kept_edge()
            self._edge_kept_at = grown.size
            for block in _sealed(since=grown.size):
                grown.extend([leaf_hash(body) for body in block.bodies])
            _must_answer(grown)
            self._frontier = grown
        return self._frontier


def _kept_edge() -> Frontier:
    """The edge that was kept last, if it answers to the signed checkpoint of its size; else the empty tree's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.tree_size, e.edge, c.note from office.ledger_edge e join office.ledger_checkpoint c using (tree_size)"
        )
        row = cursor.fetchone()
    if row is None:
        return Frontier()
    size, edge, note = row
    kept, said = Frontier.of(size, [bytes(each) for each in edge]), Checkpoint.opened(note, verifier())
    return kept if kept and said and (said.size, said.root) == (kept.size, kept.root()) else Frontier()


def _must_answer(grown: Frontier) -> None:
    """A sealer that starts goes on from what was signed last. It never signs a tree that was altered meanwhile."""
    note = newest_checkpoint()
    said = Checkpoint.opened(note, verifier()) if note else None
    if (said.size, said.root) != (grown.size, grown.root()) if said else bool(note or grown.size):
        raise Tampered(
            "The ledger does not answer to its last signed checkpoint, so nothing is sealed on top of it. "
            "Stop, run `platewarden ledger verify`, and tell the Administrative Supervisor."
        )


def sealed_leaf_hashes() -> Iterator[bytes]:
    """Leaf hashes in tree order, recomputed from the text of each leaf."""
    for body in sealed_bodies():
        yield leaf_hash(body)


def sealed_bodies() -> Iterator[bytes]:
    """The texts of the sealed leaves, in tree order."""
    for block in _sealed():
        yield from block.bodies


@dataclass(frozen=True)
class Block:
    """Sealed leaves that are neighbours in the tree, and the hashes that are stored beside them."""

    number: int
    bodies: list[bytes]
    stored: bytes
    since: int

    def by_leaf(self) -> Iterator[tuple[int, bytes, bytes]]:
        """One leaf at a time: id, text, stored hash."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select l.leaf_id, l.body, l.leaf_hash from office.ledger_sealed s join office.ledger_leaf l using (leaf_id)"
                " where s.tree_index / %s = %s and s.tree_index >= %s order by s.tree_index",
                [BLOCK, self.number, self.since],
            )
            for leaf_id, body, stored in cursor:
                yield leaf_id, body.encode(), bytes(stored)


def _sealed(*, since: int = 0) -> Iterator[Block]:
    """Many leaves come as one row: that is three times quicker. A text as it is written holds no line break."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            "select s.tree_index / %s, count(*), string_agg(l.body, E'\\n' order by s.tree_index),"
            " string_agg(case length(l.leaf_hash) when 32 then l.leaf_hash else '' end, '' order by s.tree_index)"
            " from office.ledger_sealed s join office.ledger_leaf l using (leaf_id)"
            " where s.tree_index >= %s group by 1 order by 1",
            [BLOCK, since],
        )
        for number, count, text, stored in cursor:
            block = Block(number, text.encode().split(b"\n"), bytes(stored), since)
            if len(block.bodies) != count:
                block = replace(block, bodies=[body for _, body, _ in block.by_leaf()])
            yield block


@dataclass(frozen=True)
class Finding:
    """What a check of the ledger found wrong, in one sentence."""

    sentence: str


@dataclass(frozen=True)
class Checked:
    """The outcome of `ledger verify`: sizes, and what is wrong (empty when it holds)."""

    leaves: int
    checkpoints: int
    unsealed: int
    root: bytes
    wrong: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        return not self.wrong


def check() -> Checked:
    """Recomputes everything: each leaf's hash, the root at every checkpoint, each signature, each content's commitment."""
    wrong: list[Finding] = []
    checkpoints = _checkpoints()
    due = deque(each for each in checkpoints if each[0] > 0)
    frontier, known = Frontier(), verifier()
    with ThreadPoolExecutor(1) as beside:
        altered = beside.submit(_altered, connection.copy)
        for block in _sealed():
            hashes = [leaf_hash(body) for body in block.bodies]
            if b"".join(hashes) != block.stored:
                hashes = []
                for leaf_id, body, stored in block.by_leaf():
                    hashes.append(stored)
                    if leaf_hash(body) != stored:
                        wrong.append(Finding(f"Leaf {leaf_id} was altered: its text does not answer to its hash."))
            wrong += _grown(frontier, hashes, due, known)
        wrong += altered.result()
    with connection.cursor() as cursor:
        cursor.execute("select min(tree_index), max(tree_index) + 1 from office.ledger_sealed having count(*) > 0")
        if cursor.fetchone() not in (None, (0, frontier.size)):
            wrong.append(Finding("The places of the sealed leaves do not count up from 0 one by one: places were changed."))
    wrong += [
        Finding(f"The checkpoint of size {size} has no leaves behind it: leaves were removed.")
        for size, _, _ in checkpoints
        if not 0 < size <= frontier.size
    ]
    newest = checkpoints[-1][0] if checkpoints else 0
    if frontier.size > newest:
        wrong.append(Finding(f"{frontier.size - newest} sealed leaves are under no checkpoint."))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from office.ledger_leaf l where not exists (select from office.ledger_sealed s where s.leaf_id = l.leaf_id)"
        )
        unsealed = int(cursor.fetchone()[0])
        cursor.execute(
            "select count(*) from office.ledger_leaf l where not exists (select from office.ledger_sealed s where s.leaf_id = l.leaf_id)"
            " and not exists (select from office.ledger_unsealed u where u.leaf_id = l.leaf_id)"
        )
        if lost := int(cursor.fetchone()[0]):
            wrong.append(Finding(f"{lost} leaves are neither sealed nor waiting to be: they were slipped in."))
    return Checked(frontier.size, len(checkpoints), unsealed, frontier.root(), tuple(wrong))


def _grown(frontier: Frontier, hashes: list[bytes], due: deque[tuple[int, bytes, str]], known: NoteVerifier) -> list[Finding]:
    """Grows the tree by these leaves, and holds each checkpoint on the way against it."""
    wrong = []
    while hashes:
        step = due[0][0] - frontier.size if due else len(hashes)
        frontier.extend(hashes[:step])
        hashes = hashes[step:]
        if due and due[0][0] == frontier.size:
            _, root, note = due.popleft()
            wrong += _against(frontier, root, note, known)
    return wrong


def _altered(like_ours: Callable[[], BaseDatabaseWrapper]) -> list[Finding]:
    """Lines whose columns or contents are not what their text says: asked on a connection of its own, while texts are hashed here."""
    own = like_ours()
    try:
        with own.cursor() as cursor:
            cursor.execute("select leaf_id, its_columns, its_content from office.ledger_altered() order by leaf_id")
            found = cursor.fetchall()
    finally:
        own.close()
    wrong = []
    for leaf_id, its_columns, its_content in found:
        if its_columns:
            wrong.append(Finding(f"Leaf {leaf_id} was altered: its time, act or member is not what its text says."))
        if its_content:
            wrong.append(Finding(f"The content of leaf {leaf_id} was altered: it does not answer to its commitment."))
    return wrong


def _checkpoints() -> list[tuple[int, bytes, str]]:
    with connection.cursor() as cursor:
        cursor.execute("select tree_size, root, note from office.ledger_checkpoint order by tree_size")
        return [(size, bytes(root), note) for size, root, note in cursor]


def _against(frontier: Frontier, root: bytes, note: str, known: NoteVerifier) -> list[Finding]:
    said = Checkpoint.opened(note, known)
    if said is None:
        return [Finding(f"The checkpoint of size {frontier.size} is not signed by this ledger's key.")]
    if said.size != frontier.size or said.root != frontier.root() or root != frontier.root():
        return [
            Finding(f"The tree of size {frontier.size} does not answer to its signed checkpoint: leaves were changed or reordered.")
        ]
    return []


def newest_checkpoint() -> str | None:
    """The newest signed checkpoint, to be kept by somebody else."""
    kept = _checkpoints()
    return kept[-1][2] if kept else None
