"""The rule of the trusted clock, case by case: who may confirm it, and what makes it wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from platewarden.exchange.contact import ClockState
from platewarden.unit.trusted_clock import TrustedClock, machine_run, machine_seconds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


class Written(dict):
    """The marks that a restart finds again."""

    def mark(self, name, value):
        self[name] = value

    def marked(self, name):
        return self.get(name)


class Machine:
    """A machine with a counter, and a clock that somebody may set."""

    def __init__(self):
        self.written = Written()
        self.at, self.counted, self.run = NOON, 50.0, "first"
        self.start_again()

    def start_again(self):
        self.trusted = TrustedClock(self.written, lambda: self.counted, self.run)

    def restart(self, after=timedelta(minutes=1)):
        self.at += after
        self.counted, self.run = 3.0, self.run + "+"
        self.start_again()

    def wait(self, span):
        self.at += span
        self.counted += span.total_seconds()

    def under_the_sky(self, span, off=timedelta(0), every=10):
        for _ in range(int(span.total_seconds() / every)):
            self.wait(timedelta(seconds=every))
            self.trusted.hear_satellites(self.at + off, at=self.at)

    @property
    def state(self):
        return self.trusted.standing(self.at).state


@pytest.fixture
def machine():
    return Machine()


def test_a_clock_that_nobody_confirmed_is_not_believed(machine):
    assert machine.state is ClockState.UNCONFIRMED
    assert not machine.trusted.is_sure(NOON)


def test_the_office_confirms_it_and_the_counter_carries_it_on_for_a_month(machine):
    machine.trusted.hear_office(NOON)
    for _ in range(40):
        machine.wait(DAY)
        assert machine.state is ClockState.OFFICE
    machine.start_again()  # the program, not the machine
    assert machine.state is ClockState.OFFICE


@pytest.mark.parametrize(
    ("by", "way"), [(YEAR, "365 days ahead of"), (-YEAR, "365 days behind"), (timedelta(minutes=-9), "9 minutes behind")]
)
def test_a_clock_that_is_set_is_wrong_until_it_is_right_again(machine, by, way):
    machine.trusted.hear_office(NOON)
    machine.at += by
    standing = machine.trusted.standing(machine.at)
    assert (standing.state, standing.is_confirmed) == (ClockState.WRONG, False)
    assert standing.because == f"The clock of this unit is {way} what the office said."
    machine.at -= by
    assert machine.state is ClockState.OFFICE


def test_after_a_restart_of_the_machine_nothing_is_known_but_that_time_does_not_go_back(machine):
    machine.trusted.hear_office(NOON)
    machine.restart()
    assert machine.state is ClockState.UNCONFIRMED
    machine.at += YEAR
    assert machine.state is ClockState.UNCONFIRMED
    machine.at -= 2 * YEAR
    assert machine.state is ClockState.WRONG


def test_the_satellites_confirm_it_after_ten_minutes_and_only_while_they_are_heard(machine):
    machine.under_the_sky(timedelta(minutes=9))
    assert machine.state is ClockState.UNCONFIRMED
    machine.under_the_sky(timedelta(minutes=2))
    assert machine.state is ClockState.SATELLITES
    machine.wait(timedelta(seconds=40))
    assert machine.state is ClockState.UNCONFIRMED
    machine.under_the_sky(timedelta(minutes=2))
    assert machine.state is ClockState.UNCONFIRMED  # it begins anew


@pytest.mark.parametrize("off", [YEAR, -YEAR])
def test_satellites_that_say_another_time_make_it_wrong(machine, off):
    machine.under_the_sky(timedelta(minutes=30), off)
    assert machine.state is ClockState.WRONG
    machine.under_the_sky(timedelta(minutes=11))
    assert machine.state is ClockState.SATELLITES


def test_the_office_stands_over_the_satellites_and_over_what_was_written(machine):
    machine.at += YEAR
    machine.under_the_sky(timedelta(minutes=11))  # clock and receiver, both a year ahead
    assert machine.state is ClockState.SATELLITES
    machine.trusted.hear_office(NOON)
    assert machine.state is ClockState.WRONG
    machine.at = NOON
    assert machine.state is ClockState.OFFICE
    machine.restart()
    assert machine.state is ClockState.UNCONFIRMED  # the false year is not held against it


def test_what_the_satellites_confirmed_is_written_down_by_hearing_them_and_never_by_being_asked(machine):
    machine.under_the_sky(timedelta(minutes=11))
    floor = machine.written.pop("clock_floor")
    assert machine.state is ClockState.SATELLITES
    assert machine.written == {}  # the spool asks within its own transaction
    assert datetime.fromisoformat(floor) > NOON


def test_the_machine_has_a_counter_and_a_name_for_its_run():
    assert machine_seconds() > 0
    assert machine_run() == machine_run()
