import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.transparency.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_holds,
    consistency_proof,
    inclusion_holds,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    node_hash,
    root_of,
)

# The eight leaves, and the roots of the first n of them, that Certificate Transparency's own tests have used since 2012.
LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]

INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def unhex(found):
    return [bytes.fromhex(each) for each in found]


def some(count):
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_known_ones(size):
    assert root_of(HASHES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_inclusion_proofs_are_the_known_ones(index, size):
    proof = inclusion_proof(HASHES[:size], index)
    assert proof == unhex(INCLUSION[index, size])
    assert inclusion_holds(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_the_consistency_proofs_are_the_known_ones(old, size):
    proof = consistency_proof(HASHES[:size], old)
    assert proof == unhex(CONSISTENCY[old, size])
    assert consistency_holds(old, bytes.fromhex(ROOTS[old]), size, bytes.fromhex(ROOTS[size]), proof)


def test_a_leaf_is_never_a_node():
    assert leaf_hash(b"a" * 64) == hashlib.sha256(b"\0" + b"a" * 64).digest() != node_hash(b"a" * 32, b"a" * 32)
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def plain_root(hashes):
    """RFC 6962, 2.1, word for word."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY_ROOT
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(plain_root(hashes[:k]), plain_root(hashes[k:]))


@given(st.integers(0, 200))
def test_a_frontier_grows_to_the_same_root(size):
    frontier = Frontier()
    for number, hashed in enumerate(some(size)):
        assert frontier.size == number
        frontier.append(hashed)
    assert (frontier.size, frontier.root()) == (size, plain_root(some(size)))


@given(parts=st.lists(st.integers(0, 70), max_size=8))
def test_many_leaves_at_once_grow_the_tree_that_one_by_one_grow(parts):
    at_once, one_by_one = Frontier(), Frontier()
    for part in parts:
        hashes = [leaf_hash(bytes([n])) for n in range(part)]
        at_once.extend(hashes)
        for hashed in hashes:
            one_by_one.append(hashed)
        assert (at_once.size, at_once.root()) == (one_by_one.size, one_by_one.root())


def test_a_copy_grows_apart():
    frontier = Frontier()
    frontier.append(HASHES[0])
    twin = frontier.copy()
    twin.append(HASHES[1])
    assert (frontier.size, frontier.root().hex()) == (1, ROOTS[1])
    assert (twin.size, twin.root().hex()) == (2, ROOTS[2])


@given(st.integers(1, 120), st.data())
def test_every_inclusion_proof_holds_for_its_leaf_and_no_other(size, data):
    hashes = some(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(hashes, index), root_of(hashes)
    assert inclusion_holds(hashes[index], index, size, proof, root)
    other = data.draw(st.integers(-1, size + 1))
    if other != index:
        assert not inclusion_holds(hashes[index], other, size, proof, root)
        assert not inclusion_holds(hashes[other % size], index, size, proof, root) or other % size == index
    assert not inclusion_holds(hashes[index], index, size, [*proof, bytes(32)], root)
    assert not inclusion_holds(hashes[index], index, size, proof, bytes(32))
    for at in range(len(proof)):
        assert not inclusion_holds(hashes[index], index, size, [*proof[:at], bytes(32), *proof[at + 1 :]], root)
        assert not inclusion_holds(hashes[index], index, size, proof[:at] + proof[at + 1 :], root)


@given(st.integers(1, 120), st.data())
def test_every_consistency_proof_holds_for_its_trees_and_no_others(size, data):
    hashes = some(size)
    old = data.draw(st.integers(1, size))
    proof, old_root, root = consistency_proof(hashes, old), root_of(hashes[:old]), root_of(hashes)
    assert consistency_holds(old, old_root, size, root, proof)
    assert not consistency_holds(old, bytes(32), size, root, proof)
    assert not consistency_holds(old, old_root, size, bytes(32), proof)
    assert not consistency_holds(old, old_root, size, root, [*proof, bytes(32)])
    for at in range(len(proof)):
        assert not consistency_holds(old, old_root, size, root, [*proof[:at], bytes(32), *proof[at + 1 :]])
        assert not consistency_holds(old, old_root, size, root, proof[:at] + proof[at + 1 :])


@given(st.integers(2, 60), st.data())
def test_a_changed_leaf_makes_no_consistent_tree(size, data):
    hashes = some(size)
    old = data.draw(st.integers(1, size))
    changed = list(hashes)
    changed[data.draw(st.integers(0, old - 1))] = leaf_hash(b"another")
    assert not consistency_holds(old, root_of(hashes[:old]), size, root_of(changed), consistency_proof(changed, old))


def test_an_empty_tree_begins_every_tree():
    assert consistency_holds(0, EMPTY_ROOT, 8, bytes.fromhex(ROOTS[8]), [])
    assert not consistency_holds(0, bytes(32), 8, bytes.fromhex(ROOTS[8]), [])
    assert not consistency_holds(0, EMPTY_ROOT, 8, bytes.fromhex(ROOTS[8]), [bytes(32)])


@given(st.integers(-2, 20), st.integers(-2, 20), st.lists(st.binary(min_size=32, max_size=32), max_size=6), st.binary(max_size=32))
def test_a_proof_of_nothing_never_holds_and_never_raises(a, b, proof, root):
    if 1 <= a < b:
        assert not consistency_holds(a, root, b, bytes(32), proof)
    assert not inclusion_holds(bytes(32), a, b, proof, b"")


@pytest.mark.parametrize("index", [-1, 8])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index):
    with pytest.raises(IndexError):
        inclusion_proof(HASHES, index)


@pytest.mark.parametrize("old", [0, 9])
def test_there_is_no_proof_of_a_tree_that_is_no_beginning(old):
    with pytest.raises(IndexError):
        consistency_proof(HASHES, old)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 100, 257])
def test_many_proofs_in_one_pass_are_the_same_as_one_by_one(size):
    hashes = [leaf_hash(str(n).encode()) for n in range(size)]
    indices = [0, size - 1, size // 2, 0]
    root, paths = inclusion_proofs(hashes, indices)
    assert root == root_of(hashes)
    assert paths == [inclusion_proof(hashes, index) for index in indices]


def test_many_proofs_of_a_leaf_that_is_not_there_are_refused():
    with pytest.raises(IndexError):
        inclusion_proofs([leaf_hash(b"")], [1])
    assert inclusion_proofs([], []) == (EMPTY_ROOT, [])


@given(st.integers(0, 600))
def test_a_tree_grows_from_an_edge_as_from_all_its_leaves(size: int) -> None:
    frontier = Frontier()
    frontier.extend([leaf_hash(bytes([n % 256, n // 256])) for n in range(size)])
    again = Frontier.of(size, frontier.edge)
    assert again is not None
    for one in (frontier, again):
        one.append(leaf_hash(b"one more"))
    assert (again.size, again.root()) == (size + 1, frontier.root())


def test_an_edge_that_no_such_tree_has_is_none() -> None:
    root = leaf_hash(b"")
    for size, edge in ((-1, []), (1, []), (0, [root]), (3, [root]), (2, [root, root]), (1, [root[:31]])):
        assert Frontier.of(size, edge) is None
