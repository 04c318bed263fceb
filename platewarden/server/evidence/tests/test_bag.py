"""A bag, as the Library of Congress's own validator sees it."""

from __future__ import annotations

from datetime import date

import bagit

from platewarden.server.evidence.bag import Bag


def made(folder, **files):
    def put(name, content):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    bag = Bag(put)
    for name, content in files.items():
        bag.add(f"{name}.txt", content)
    said = []

    def sign(digests):
        said.append(digests)
        return "signed"

    bag.close({"Source-Organization": "Highland Park\nPolice Department"}, on=date(2026, 11, 27), sign=sign)
    return bag, said


def test_it_is_valid_and_says_what_it_is(tmp_path):
    bag, said = made(tmp_path, one=b"1", two=b"22")
    found = bagit.Bag(str(tmp_path))
    assert found.is_valid()
    assert found.info["Source-Organization"] == "Highland Park Police Department"
    assert found.info["Payload-Oxum"] == "3.2"
    assert found.info["Bagging-Date"] == "2026-11-27"
    assert (tmp_path / "statement.txt").read_text() == "signed"
    assert set(said[0]) == {"manifest-sha512.txt", "tagmanifest-sha512.txt"}
    assert bag.octets == 3


def test_the_digests_are_of_every_file(tmp_path):
    bag, _ = made(tmp_path, one=b"1")
    names = {each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*") if each.is_file()}
    assert set(bag.digests) == names
    assert "data/one.txt" in names
