"""What is fetched from outside: never too much, never from a plain address, and every failure in a sentence."""

import httpx
import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.witness.place import Address, Folder, place_of


def address(answer) -> Address:
    return Address("https://ledger.example.org/", httpx.MockTransport(answer))


def test_a_folder_gives_its_files(tmp_path):
    (tmp_path / "tile" / "0").mkdir(parents=True)
    (tmp_path / "tile" / "0" / "000").write_bytes(b"hashes")
    assert Folder(tmp_path).fetch("tile/0/000") == b"hashes"


def test_a_file_that_is_missing_is_said(tmp_path):
    with pytest.raises(Unavailable, match="checkpoint is not in"):
        Folder(tmp_path).fetch("checkpoint")


def test_an_address_is_asked_for_the_path():
    asked = []
    place = address(lambda request: asked.append(str(request.url)) or httpx.Response(200, content=b"note"))
    assert place.fetch("checkpoint") == b"note"
    assert asked == ["https://ledger.example.org/checkpoint"]


@pytest.mark.parametrize("status", [301, 401, 404, 500])
def test_another_answer_is_said(status):
    with pytest.raises(Unavailable, match=f"answers {status} for checkpoint"):
        address(lambda _request: httpx.Response(status)).fetch("checkpoint")


def test_an_address_that_does_not_answer_is_said():
    def down(_request):
        raise httpx.ConnectError("no")

    with pytest.raises(Unavailable, match="cannot be reached"):
        address(down).fetch("checkpoint")


def test_no_more_is_read_than_any_file_of_a_ledger_has(tmp_path):
    (tmp_path / "checkpoint").write_bytes(bytes(1_000_001))
    with pytest.raises(Malformed, match="larger than any file"):
        Folder(tmp_path).fetch("checkpoint")
    with pytest.raises(Malformed, match="larger than any file"):
        address(lambda _request: httpx.Response(200, content=bytes(1_000_001))).fetch("checkpoint")


@pytest.mark.parametrize("named", ["http://ledger.example.org", "ftp://ledger.example.org", "http://127.0.0.1.example.org"])
def test_an_address_that_anybody_could_answer_for_is_refused(named):
    with pytest.raises(Malformed, match="not an https address"):
        place_of(named)


def test_what_is_no_address_is_a_folder(tmp_path):
    assert isinstance(place_of(str(tmp_path)), Folder)
    assert isinstance(place_of("https://ledger.example.org"), Address)
    assert isinstance(place_of("http://127.0.0.1:8000"), Address)
