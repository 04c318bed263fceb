"""Two departments with other numbers of clauses and another retention run beside one another: each has its own table, bundle and key, and one gives the
other reads only sealed to its key, approved, with a receipt."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pyrage
import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.department import load_department
from platewarden.policy.refusal import Refused
from platewarden.server.ledger import chain
from platewarden.server.people.editions import department
from platewarden.server.people.testing import DESIGNEE, make_cast
from platewarden.server.proof.bundle import write_bundle
from platewarden.server.proof.check import State
from platewarden.server.proof.testing import broken, busy, checked, worker_was_round
from platewarden.server.release.fulfil import sealed_file
from platewarden.server.release.hand_over import hand_over
from platewarden.server.release.testing import approved, granted, opened, sealed
from platewarden.server.retention.testing import day_ago, open_past, purge_now, request_of
from platewarden.server.web.testing import Office, office_on

pytestmark = pytest.mark.slow

TOOL = Path(__file__).parents[2] / "tools" / "verify.py"
LAKESIDE_DAYS = {"overview_pictures": 5, "pictures": 20, "reads": 21, "alerts": 25, "search_terms": 200, "list_entries": 15}


def lakesides_policy() -> str:
    """The same rules under the numbers, the name and the schedule of another department."""
    text = (
        load_department()
        .text.replace("Highland Park Police Department", "Lakeside Police Department")
        .replace("Highland Park PD", "Lakeside PD")
    )
    text = text.replace('policy_number = "427"', 'policy_number = "1201"')
    numbers = {found: f"1201.{n}" for n, found in enumerate(sorted(set(re.findall(r'"(427\.[0-9][^"]*)"', text))), start=11)}
    for ours, theirs in numbers.items():
        text = text.replace(f'"{ours}"', f'"{theirs}"')
    for kind, days in LAKESIDE_DAYS.items():
        text = re.sub(rf"(?m)^{kind} = \d+", f"{kind} = {days}", text)
    return text


def outsider():
    spec = importlib.util.spec_from_file_location("verify", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def told_by(office: Office, folder: Path, capsys) -> tuple[str, dict[Clause, str]]:
    """What an outsider makes of an office's own bundle, and the numbers of its table."""
    with office.as_role("purge"):
        write_bundle(folder)
    capsys.readouterr()
    assert outsider().main(["--key", str(chain.verifier()), "--bundle", str(folder)]) == 0
    table = json.loads((folder / "table.json").read_text())
    return capsys.readouterr().out, {Clause(each["clause"]): each["number"] for each in table["clauses"]}


def test_each_has_its_own_table_bundle_and_retention(busy_office, cluster, tmp_path, capsys):
    ours, our_numbers = told_by(busy_office, tmp_path / "ours", capsys)
    assert "Check of Highland Park Police Department" in ours
    with office_on(cluster, cluster.fresh()) as own:
        with own.as_role("owner"):
            make_cast(lakesides_policy())
        busy(own)
        assert department().retention_days["reads"] == LAKESIDE_DAYS["reads"]
        table = checked(own)
        assert broken(table) == {}
        assert {each.state for clause, each in table.items() if clause is not Clause.PARTIAL_PLATES} == {State.KEPT}
        theirs, their_numbers = told_by(own, tmp_path / "theirs", capsys)
        assert "Check of Lakeside Police Department" in theirs
        assert not re.search(r"\b427\.", theirs), "no number of the other department"
        for clause, each in table.items():
            assert f"{each.number:<9} {clause.value:<26} {each.state}\n" in theirs
        # a day that one department still keeps is past the schedule of the other
        open_past(own.database, 25, parents=("reads", "plate_seen", "correction"))
        assert list(broken(checked(own))) == ["privacy-recognized", "purge"]
        purge_now(own)
        worker_was_round(own)
        assert broken(checked(own)) == {}
    open_past(busy_office.database, 25, parents=("reads", "plate_seen", "correction"))
    assert broken(checked(busy_office)) == {"privacy-recognized": [f"overview_pictures of {day_ago(25)}"]}, (
        "thirty days of reads, not twenty-one"
    )
    assert set(our_numbers.values()).isdisjoint(their_numbers.values())
    assert len(our_numbers) == len(their_numbers) == len(Clause)


def test_one_gives_the_other_reads_only_sealed_to_its_key(busy_office):
    theirs, strangers = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    asked = granted(busy_office, "LM98765", reference="LS-26-0500")
    package = sealed(busy_office, asked, to=theirs)
    file = sealed_file(package).read_bytes()
    assert file.startswith(b"age-encryption.org/v1\n")
    assert b"LM98765" not in file
    assert any(b"LM98765" in content for content in opened(package, theirs).values()), "the other department reads it"
    with pytest.raises(pyrage.DecryptError):
        opened(package, strangers)
    hand_over(request_of(busy_office, DESIGNEE), package.pk, to_whom="Det. Mara Quist", way="a stick, by hand")
    unnamed = approved(busy_office, reference="LS-26-0501")
    with pytest.raises(Refused):
        sealed(busy_office, unnamed, to=theirs)
    worker_was_round(busy_office)
    assert broken(checked(busy_office)) == {}
