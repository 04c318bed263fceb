"""The Merkle tree of RFC 6962, section 2.1: hashes, the growing edge of a tree, and proofs with their checks.

* A leaf's hash is SHA-256(0x00 | leaf), a node's SHA-256(0x01 | left | right), the empty tree's SHA-256 of nothing.
* `Frontier` appends one leaf in amortised constant time and holds log2(n) hashes.
* An inclusion proof shows that a leaf is in a tree; a consistency proof that a smaller tree is the beginning of a larger one.

Checks of proofs answer yes or no and never raise for a wrong proof: they follow RFC 9162, sections 2.1.3.2 and 2.1.4.2.

Known gap: proofs are computed from all leaf hashes in memory, in time that grows with the tree, and not yet from tiles.
`inclusion_proofs` makes many of them in one pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "consistency_holds",
    "consistency_proof",
    "inclusion_holds",
    "inclusion_proof",
    "inclusion_proofs",
    "leaf_hash",
    "node_hash",
    "root_of",
]

EMPTY_ROOT: Final = hashlib.sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The growing edge of a tree: the roots of its complete subtrees, largest first."""

    def __init__(self) -> None:
        self._size = 0
        self._edge: list[bytes] = []

    @classmethod
    def of(cls, size: int, edge: Sequence[bytes]) -> Frontier | None:
        """The edge of a tree of `size` leaves, as `edge` gave it. None when no tree of that size has such an edge."""
        if size < 0 or len(edge) != size.bit_count() or any(len(root) != len(EMPTY_ROOT) for root in edge):
            return None
        made = cls()
        made._size, made._edge = size, list(edge)
        return made

    @property
    def edge(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, largest first."""
        return tuple(self._edge)

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self._size

    def append(self, hashed: bytes) -> None:
        """Add one leaf hash at the end."""
        self._put(hashed, 1)

    def extend(self, leaf_hashes: Sequence[bytes]) -> None:
        """Add these leaf hashes at the end, level by level where they fill a subtree: quicker than one by one."""
        at = 0
        while left := len(leaf_hashes) - at:
            leaves = 1 << left.bit_length() - 1
            while self._size % leaves:
                leaves >>= 1
            level = leaf_hashes[at : at + leaves]
            while len(level) > 1:
                level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=True)]
            self._put(level[0], leaves)
            at += leaves

    def _put(self, root: bytes, leaves: int) -> None:
        """One complete subtree at the end, where one of its size may begin."""
        complete = self._size // leaves
        while complete & 1:
            root = node_hash(self._edge.pop(), root)
            complete >>= 1
        self._edge.append(root)
        self._size += leaves

    def root(self) -> bytes:
        """The root of the tree as it is."""
        if not self._edge:
            return EMPTY_ROOT
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> Frontier:
        """The same edge, to be grown apart."""
        twin = Frontier()
        twin._size, twin._edge = self._size, self._edge.copy()
        return twin


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, in this order."""
    frontier = Frontier()
    frontier.extend(leaf_hashes)
    return frontier.root()


def inclusion_proof(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf (RFC 6962, 2.1.1), nearest first."""
    size = len(leaf_hashes)
    if not 0 <= index < size:
        raise IndexError("the leaf is not in the tree")
    if size == 1:
        return []
    split = _split(size)
    if index < split:
        return [*inclusion_proof(leaf_hashes[:split], index), root_of(leaf_hashes[split:])]
    return [*inclusion_proof(leaf_hashes[split:], index - split), root_of(leaf_hashes[:split])]


def inclusion_proofs(leaf_hashes: Sequence[bytes], indices: Sequence[int]) -> tuple[bytes, list[list[bytes]]]:
    """The root, and the audit path of each of these leaves, nearest first: every level of the tree is made once."""
    if not all(0 <= index < len(leaf_hashes) for index in indices):
        raise IndexError("the leaf is not in the tree")
    level, nodes = list(leaf_hashes), list(indices)
    paths: list[list[bytes]] = [[] for _ in indices]
    while len(level) > 1:
        for path, node in zip(paths, nodes, strict=True):
            if node ^ 1 < len(level):  # the last one of an odd level has no neighbour, and goes up as it is
                path.append(level[node ^ 1])
        pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
        nodes = [node >> 1 for node in nodes]
    return level[0] if level else EMPTY_ROOT, paths


def inclusion_holds(hashed: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Does the proof show that this leaf hash is at `index` of the tree of `size` leaves with this root?"""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = node_hash(step, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = node_hash(hashed, step)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root


def consistency_proof(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the first `old_size` leaves are the beginning of all of them (RFC 6962, 2.1.2)."""
    if not 0 < old_size <= len(leaf_hashes):
        raise IndexError("the smaller tree is not the beginning of the larger")
    return _subproof(leaf_hashes, old_size, whole=True)


def consistency_holds(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Does the proof show that the tree of `old_size` is the beginning of the tree of `size`? An empty tree begins every one."""
    if not 0 <= old_size <= size:
        return False
    if old_size == 0:
        return old_root == EMPTY_ROOT and not proof
    if old_size == size:
        return old_root == root and not proof
    if not proof:
        return False
    # where the old tree is one complete subtree, its root is the first step and isn't sent
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    node, last = old_size - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == root


def _subproof(leaf_hashes: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    size = len(leaf_hashes)
    if old_size == size:
        return [] if whole else [root_of(leaf_hashes)]
    split = _split(size)
    if old_size <= split:
        return [*_subproof(leaf_hashes[:split], old_size, whole=whole), root_of(leaf_hashes[split:])]
    return [*_subproof(leaf_hashes[split:], old_size - split, whole=False), root_of(leaf_hashes[:split])]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1
