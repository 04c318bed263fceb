"""The certificate: signed, adding up, checked by the outsider's own tool, alone and against a published ledger."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from platewarden.server.ledger import chain
from platewarden.server.ledger.publish import publish
from platewarden.server.people.testing import OPERATOR
from platewarden.server.retention.certificate import HEAD, certificate_signer, certify, said_in
from platewarden.server.retention.models import Certificate
from platewarden.server.retention.testing import day_ago, held, keep_past, open_past, purge_now
from platewarden.transparency.note import sign_note

TOOL = Path(__file__).parents[4] / "tools" / "verify.py"


@pytest.fixture(scope="module")
def outsider():
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def certified(office, tmp_path):
    """A purge with a hold; its certificate, the key and the published ledger as files."""
    open_past(office.database, 40, 20)
    car = office.car()
    with office.as_role("ingest"):
        for n in range(4):
            keep_past(car, f"D40N{n}", 40)
            keep_past(car, f"D20N{n}", 20)
    held(office, OPERATOR, plate="D40N1")
    note = purge_now(office).note
    office.seal()
    with office.as_role("purge"):
        publish(tmp_path / "ledger", entries=True)
        (tmp_path / "key").write_text(f"{chain.verifier()}\n")
    (tmp_path / "certificate.txt").write_text(note)
    return tmp_path


def asked(outsider, place, *, ledger=True, certificate="certificate.txt"):
    folder = [str(place / "ledger")] if ledger else []
    return outsider.main([*folder, "--key", str(place / "key"), "--certificate", str(place / certificate)])


def test_it_holds_alone_and_against_the_ledger(certified, outsider, capsys):
    assert asked(outsider, certified) == 0
    told = capsys.readouterr().out
    assert "spared for 1 holds" in told
    assert told.endswith("HOLDS.\n")
    assert asked(outsider, certified, ledger=False) == 0
    assert "Not compared with the ledger" in capsys.readouterr().out


def test_any_changed_byte_is_found(certified, outsider):
    note = (certified / "certificate.txt").read_bytes()
    for at in range(0, len(note), max(1, len(note) // 300)):
        changed = bytearray(note)
        changed[at] ^= 1
        (certified / "changed.txt").write_bytes(bytes(changed))
        assert asked(outsider, certified, ledger=False, certificate="changed.txt") == 1, at


def forged(office, change):
    """A certificate that says something else, under the department's own signature."""
    note = Certificate.objects.get().note
    said = said_in(note)
    change(said)
    with office.as_role("purge"):
        return sign_note(f"{HEAD}\n{json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)}\n", certificate_signer())


def reads_of(said, ago):
    return next(each for each in said["ended"] if (each["kind"], each["day"]) == ("reads", day_ago(ago).isoformat()))


LIES = {
    "does not add up": lambda said: said.update(purged=said["purged"] + 1),
    "without an authority": lambda said: said.update(holds=[]),
    "before the schedule": lambda said: said["ended"][0].update(schedule_days=41),
    "ends a day twice": lambda said: said["ended"].append({**said["ended"][0], "purged": 0, "spared": 0}),
    "something else than line": lambda said: reads_of(said, 40).update(purged=2, spared=2),
    "between its two checkpoints": lambda said: said["ended"][0].update(ledger_index=0),
    "does not say what a certificate says": lambda said: said.pop("limits") and said.pop("ended"),
}


@pytest.mark.parametrize("finding", LIES)
def test_a_department_that_lies_under_its_own_key_is_found_out(office, certified, outsider, capsys, finding):
    def lie(said):
        LIES[finding](said)
        if "something else" in finding:
            said.update(purged=said["purged"] - 1, spared=said["spared"] + 1)

    (certified / "forged.txt").write_text(forged(office, lie))
    assert asked(outsider, certified, certificate="forged.txt") == 1
    assert finding in capsys.readouterr().out


def test_a_certificate_of_another_book_is_found_out(office, certified, outsider, capsys):
    def other(said):
        note = said["ledger_before"]
        said["ledger_before"] = said["ledger_after"]
        said["ended"] = []
        said.update(purged=0, spared=0)
        said["ledger_after"] = note

    (certified / "forged.txt").write_text(forged(office, other))
    assert asked(outsider, certified, certificate="forged.txt") == 0, "two true checkpoints, whichever way: nothing ended"
    (certified / "no-checkpoint.txt").write_text(forged(office, lambda said: said.update(ledger_after=said["ledger_before"] + "x")))
    assert asked(outsider, certified, certificate="no-checkpoint.txt") == 1


def test_a_checkpoint_is_no_certificate_and_a_certificate_no_checkpoint(certified, outsider):
    (certified / "checkpoint.txt").write_bytes((certified / "ledger" / "checkpoint").read_bytes())
    assert asked(outsider, certified, certificate="checkpoint.txt") == 1
    (certified / "ledger" / "checkpoint").write_text((certified / "certificate.txt").read_text())
    assert asked(outsider, certified) == 1


def test_it_is_signed_once(office, certified):
    made = Certificate.objects.get()
    with office.as_role("purge"):
        assert certify(made.purge).pk == made.pk
    assert Certificate.objects.count() == 1


def test_no_plate_stands_in_it(certified):
    note = (certified / "certificate.txt").read_text()
    assert "D40N" not in note
    assert "D20N" not in note
