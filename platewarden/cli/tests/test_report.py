"""report: a year is looked at, fixed by who may, written as files; the sharing statement word for word."""

from __future__ import annotations

from platewarden.cli.testing import desk_of
from platewarden.server.clock import now
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.proof.sharing import state_today
from platewarden.server.proof.testing import year_ago


def test_a_year_is_fixed_and_written_at_the_console(office, tmp_path):
    year_ago(office)
    desk, year = desk_of(office), str(today(now()).year - 1)
    done = desk.run("report", "preview", year)
    assert done.returncode == 0, done.stderr
    assert f"{year},Plates read and kept,All,0" in done.stdout
    assert "A preview" in done.stderr
    done = desk.run("report", "write", year, str(tmp_path / "site"))
    assert done.returncode == 3
    assert "are not fixed yet" in done.stderr
    done = desk.run("report", "sharing")
    assert done.returncode == 3
    assert "Nothing was stated yet" in done.stderr
    done = desk.run_as(OPERATOR, "report", "fix", year)
    assert done.returncode == 1
    done = desk.run_as(SUPERVISOR, "report", "fix", str(int(year) + 1))
    assert done.returncode == 1
    assert "is not over" in done.stderr

    fixed = desk.run_as(SUPERVISOR, "report", "fix", year)
    assert fixed.returncode == 0, fixed.stderr
    with office.as_role("purge"):
        note = state_today().note
    assert desk.run("report", "sharing").stdout == note
    done = desk.run("report", "write", year, str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "site").iterdir()} == {
        "index.html",
        "style.css",
        f"figures-{year}.csv",
        "sharing-statement.txt",
        "ledger-key.txt",
    }
    assert fixed.stdout.split()[-1] in (tmp_path / "site" / "index.html").read_text()
