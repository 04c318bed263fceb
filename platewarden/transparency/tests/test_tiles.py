"""Tiles: every hash once, in files that never change when they are full."""

import hashlib

import pytest

from platewarden.policy.refusal import Malformed
from platewarden.transparency.tiles import HASHES, Tile, entry_bundle, tiles
from platewarden.transparency.tree import leaf_hash, root_of


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
