"""The manifest of a medium: names are made of what is signed, and nothing points elsewhere."""

import dataclasses
from datetime import UTC, datetime

import pytest

from platewarden.exchange.medium_manifest import MediumFile, MediumManifest, manifest_name, receipts_name
from platewarden.policy.refusal import Malformed

FILE = MediumFile("read", 7, b"d" * 32, 10, b"s" * 32)
MANIFEST = MediumManifest(bytes(16), bytes(16), 1, datetime(2026, 1, 2, tzinfo=UTC), (FILE,))


def test_it_comes_back_as_it_was_and_names_its_files():
    assert MediumManifest.from_body(MANIFEST.to_body()) == MANIFEST
    assert FILE.name == "read-000000000007-6464646464646464.sealed"
    assert (manifest_name(3), receipts_name(3)) == ("manifest-000003.signed", "receipts-000003.signed")


@pytest.mark.parametrize("changed", [{"stream": "../read"}, {"sequence": 0}, {"digest": b""}, {"sha256": b""}, {"size": 0}])
def test_it_refuses_what_no_file_is(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(FILE, **changed)


@pytest.mark.parametrize(
    "changed", [{"unit_key_id": b""}, {"office_key_id": b""}, {"number": 0}, {"files": ()}, {"files": (FILE, FILE)}]
)
def test_it_refuses_what_no_manifest_says(changed):
    with pytest.raises(Malformed):
        dataclasses.replace(MANIFEST, **changed)
