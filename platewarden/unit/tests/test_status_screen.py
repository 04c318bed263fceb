"""The technician's screen, driven by keys in a terminal of 80 columns."""

import asyncio
from datetime import timedelta

from textual.widgets import DataTable, Static

from platewarden.unit.doctor import Finding, State
from platewarden.unit.status import Sight
from platewarden.unit.status_screen import StatusScreen
from platewarden.unit.testing import NOON

SHIFT = Finding("shift", State.OK, "Officer Ines Okafor, until 2026-03-03 02:00 UTC.")
REAR = Finding("camera rear", State.BROKEN, "No pictures come.", "Check plug and power. It is tried again by itself.")
SPOOL = Finding("spool", State.OK, "3 waiting, 0 aside, 0 MB of 4096 MB.")
CLOCK = Finding("clock", State.LOOK, "Nobody confirmed it.", "Connect to the office once.")


class Looks:
    """A unit that is what the test says, and how often it was looked at."""

    def __init__(self, *findings):
        self.findings, self.count = findings, 0

    def look(self):
        self.count += 1
        return Sight("car 12", NOON + timedelta(seconds=self.count), self.findings)


def drive(looks, steps, **given):
    """Runs the screen, and `steps` on it."""

    async def run():
        app = StatusScreen(looks, every_s=3600, **given)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await steps(app, pilot)
        return app

    return asyncio.run(run())


def words(app, name):
    return str(app.query_one(f"#{name}", Static).render())


def lines(app):
    table = app.query_one(DataTable)
    return [" ".join(str(cell) for cell in table.get_row_at(row)) for row in range(table.row_count)]


def test_every_finding_is_a_line_and_the_head_counts_what_is_not_well():
    async def steps(app, pilot):
        assert lines(app) == [
            "ok shift Officer Ines Okafor, until 2026-03-03 02:00 UTC.",
            "broken camera rear No pictures come.",
            "ok spool 3 waiting, 0 aside, 0 MB of 4096 MB.",
            "look clock Nobody confirmed it.",
        ]
        assert words(app, "head") == "car 12   2026-03-02 18:00:01 UTC   2 to see to"
        assert words(app, "foot").endswith("Nothing to do here.")

    drive(Looks(SHIFT, REAR, SPOOL, CLOCK), steps)


def test_n_goes_from_trouble_to_trouble_around_the_end_and_the_foot_says_what_to_do():
    async def steps(app, pilot):
        said = []
        for _ in range(3):
            await pilot.press("n")
            await pilot.pause()
            said.append(words(app, "foot"))
        assert [each.partition(":")[0] for each in said] == ["camera rear", "clock", "camera rear"]
        assert "Check plug and power." in said[0]
        await pilot.press("down")
        await pilot.pause()
        assert words(app, "foot").startswith("spool:")

    drive(Looks(SHIFT, REAR, SPOOL, CLOCK), steps)


def test_r_looks_at_once_and_the_chosen_line_stays_though_others_come_before_it():
    looks = Looks(SHIFT, SPOOL, CLOCK)

    async def steps(app, pilot):
        await pilot.press("n")
        looks.findings = (SHIFT, REAR, SPOOL, CLOCK)
        await pilot.press("r")
        await pilot.pause()
        assert looks.count == 2
        assert len(lines(app)) == 4
        assert words(app, "foot").startswith("clock:")

    drive(looks, steps)


def test_all_well_is_said_and_n_then_stays_where_it_is():
    async def steps(app, pilot):
        await pilot.press("n")
        assert words(app, "head").endswith("all well")
        assert app.query_one(DataTable).cursor_row == 0

    drive(Looks(SHIFT, SPOOL), steps)


def test_q_leaves():
    async def steps(app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running or app._exit

    assert drive(Looks(SHIFT), steps).return_code == 0


def test_words_of_the_unit_are_words_and_no_markup():
    async def steps(app, pilot):
        assert lines(app) == ["look camera [red]x[/] [bold]odd[/bold] [/]"]
        assert "[bold]odd[/bold]" in words(app, "foot")

    drive(Looks(Finding("camera [red]x[/]", State.LOOK, "[bold]odd[/bold] [/]")), steps)


def test_it_looks_again_by_itself():
    looks = Looks(SHIFT)

    async def run():
        async with StatusScreen(looks, every_s=0.02).run_test(size=(80, 24)) as pilot:
            for _ in range(1500):
                await pilot.pause(0.02)
                if looks.count > 2:
                    return
        raise AssertionError

    asyncio.run(run())
