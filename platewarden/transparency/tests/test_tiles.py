"""Tiles: every hash once, in files that never change when they are full."""

import hashlib

import pytest

from platewarden.policy.refusal import Malformed
from platewarden.transparency.tiles import HASHES, Tile, TileTree, entry_bundle, tiles
from platewarden.transparency.tree import EMPTY_ROOT, consistency_proof, leaf_hash, root_of


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(count)]


@pytest.mark.parametrize(
    ("number", "path"),
    [(0, "tile/0/000"), (999, "tile/0/999"), (1000, "tile/0/x001/000"), (1234067, "tile/0/x001/x234/067")],
)
def test_a_full_tile_stands_where_the_specification_puts_it(number, path):
    assert Tile(0, number, HASHES, b"").path == path


def test_a_tile_that_is_not_full_says_how_wide_it_is():
    assert Tile(2, 3, 17, b"").path == "tile/2/003.p/17"
    assert Tile(None, 1234067, 8, b"").path == "tile/entries/x001/x234/067.p/8"


@pytest.mark.parametrize(
    ("size", "paths"),
    [
        (0, []),
        (1, ["tile/0/000.p/1"]),
        (255, ["tile/0/000.p/255"]),
        (256, ["tile/0/000", "tile/1/000.p/1"]),
        (257, ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]),
        (70000, [f"tile/0/{n:03}" for n in range(273)] + ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]),
    ],
)
def test_a_size_has_exactly_these_tiles(size, paths):
    assert sorted(each.path for each in tiles(hashes(size))) == sorted(paths)


def test_a_hash_of_a_level_is_the_root_over_the_tile_below():
    made = {each.path: each.content for each in tiles(hashes(600))}
    leaves = hashes(600)
    assert made["tile/0/000"] + made["tile/0/001"] + made["tile/0/002.p/88"] == b"".join(leaves)
    assert made["tile/1/000.p/2"] == root_of(leaves[:256]) + root_of(leaves[256:512])


def test_a_growing_tree_never_changes_a_full_tile():
    before = {each.path: each.content for each in tiles(hashes(520)) if each.is_full}
    after = {each.path: each.content for each in tiles(hashes(1200))}
    assert before.items() <= after.items()


def test_a_bundle_has_each_entry_behind_its_length():
    bundle = entry_bundle(0, [b"one", b""])
    assert (bundle.path, bundle.content) == ("tile/entries/000.p/2", b"\x00\x03one\x00\x00")


def test_an_entry_that_is_too_long_for_its_length_is_refused():
    assert entry_bundle(0, [b"x" * 65535]).width == 1
    with pytest.raises(Malformed, match="longer than 65535 bytes"):
        entry_bundle(0, [b"x" * 65536])


def test_a_tile_of_known_leaves_has_a_known_digest():
    """Computed apart, by hand: SHA-256(0x00 | decimal number) of 0 to 255, joined."""
    joined = b"".join(hashlib.sha256(b"\x00" + str(n).encode()).digest() for n in range(256))
    assert next(iter(tiles(hashes(256)))).content == joined


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 700, 65536, 65537, 66000])
def test_a_tree_of_tiles_has_the_root_and_the_proofs_of_its_leaves(size):
    leaves = hashes(size)
    made = {each.path: each.content for each in tiles(leaves)}
    tree = TileTree(size, made.__getitem__)
    assert tree.root() == root_of(leaves)
    for old in {1, min(size, 2), size // 2 or 1, max(1, size - 1), size, min(size, 256), min(size, 300)}:
        assert tree.consistency_proof(old) == consistency_proof(leaves, old)


def test_of_a_large_tree_only_a_few_tiles_are_fetched():
    made = {each.path: each.content for each in tiles(hashes(66000))}
    asked = []
    TileTree(66000, lambda path: asked.append(path) or made[path]).consistency_proof(60000)
    assert len(asked) <= 6
    assert len(asked) == len(set(asked))


def test_an_empty_tree_needs_no_tile():
    assert TileTree(0, {}.__getitem__).root() == EMPTY_ROOT
    for old in (0, 1):
        with pytest.raises(IndexError):
            TileTree(0, {}.__getitem__).consistency_proof(old)


def test_a_tile_that_was_cut_is_refused():
    with pytest.raises(Malformed, match="has 31 bytes and not 32"):
        TileTree(1, lambda _path: bytes(31)).root()
