"""What was done in a car is merged with what a console did: the earliest answer counts, nothing is overwritten, each once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from platewarden.exchange.alert_outcome import AlertOutcome, Disposed, Returned, Sighting
from platewarden.exchange.receipt import Outcome as Receipted
from platewarden.exchange.seal import seal_to
from platewarden.policy.verification import Answered, EyeSaw, Ground, Outcome, Verified
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert, AlertState, CarOutcome, CarOutcomeState, Disposition
from platewarden.server.alerts.rules import counting
from platewarden.server.alerts.testing import FULL, PLATE, verified
from platewarden.server.clock import now
from platewarden.server.equipment.enrol import office_sealing_key
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.people.testing import LAPSED, OPERATOR, UNTRAINED

SHIFT = uuid.UUID(int=12)
SAID = "The radio was down in the underpass."


def sightings(*moments):
    return tuple(Sighting("front", at) for at in sorted(moments))


class Driven:
    """A car with one alert, at the office's clock."""

    def __init__(self, office, *, is_full=True):
        self.office, self.car, self.at, self.sequence = office, office.car(), now(), 0
        bolo_in_force(PLATE)
        self.entry_id = office.ask_owner("select entry_id from plates.hotlist_entry limit 1")[0][0]
        self.is_full = is_full

    def report(self, after=timedelta()):
        self.office.receive(self.car, PLATE, at=self.at + after, **(FULL if self.is_full else {}))
        return Alert.objects.latest("pk")

    def send(self, returned=None, disposed=None, **changes):
        self.sequence += 1
        facts = {
            "unit_key_id": self.car.key.key_id,
            "sequence": self.sequence,
            "sightings": sightings(changes.pop("captured_at", self.at)),
            "entry_id": self.entry_id,
            "shift_id": SHIFT,
            "member": OPERATOR,
            "at": now(),
            "returned": returned,
            "disposed": disposed,
        }
        raw = AlertOutcome(**{**facts, **changes}).signed(self.car.key)
        self.last = seal_to(office_sealing_key().public_bytes, raw)
        return self.again()

    def again(self):
        answer = self.office.post_to_door("field", self.last)
        assert answer.status_code == 200, answer.content
        return self.office.opened(answer).items[0].outcome

    def verify(self, answer=Answered.CONFIRMS, state=EyeSaw.SAME, **changes):
        seen = Verified(EyeSaw.SAME, state, EyeSaw.CANNOT_TELL, answer)
        return self.send(returned=Returned(seen, "Dispatch by radio", "active, 10-99", now()), **changes)

    def dispose(self, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", **changes):
        return self.send(disposed=Disposed(outcome, ground, because), **changes)


@pytest.fixture
def driven(office):
    return Driven(office)


def states():
    return list(CarOutcome.objects.order_by("sequence").values_list("state", flat=True))


def test_a_verification_and_a_disposition_from_the_car_close_the_alert_by_name(office, driven):
    alert = driven.report()
    assert [driven.verify(), driven.dispose()] == [Receipted.KEPT, Receipted.KEPT]
    alert.refresh_from_db()
    assert alert.state == AlertState.DISPOSED
    assert (alert.disposition.outcome, alert.disposition.unit, alert.disposition.for_review) == (
        "stop made",
        driven.car.unit,
        False,
    )
    assert alert.disposition.by.startswith(OPERATOR)
    assert states() == [CarOutcomeState.TAKEN, CarOutcomeState.TAKEN]
    assert [each for each in office.ledger() if each[0].startswith("alerts.car")] == [
        ("alerts.car_verify", OPERATOR),
        ("alerts.car_dispose", OPERATOR),
    ]
    assert office.ask_owner("select body from plates.alert_note") == [("Dispatch by radio: active, 10-99",)]


def test_the_same_message_again_changes_nothing(driven):
    driven.report()
    driven.verify()
    driven.dispose(Outcome.NO_ACTION, None)
    assert [driven.again() for _ in range(2)] == [Receipted.ALREADY_KEPT] * 2
    assert (CarOutcome.objects.count(), Disposition.objects.count()) == (2, 1)


def test_enforcement_on_the_alert_alone_is_kept_as_refused_for_review_and_closes_nothing(office, driven):
    alert = driven.report()
    driven.dispose()
    alert.refresh_from_db()
    assert alert.state == AlertState.RAISED
    kept = CarOutcome.objects.get()
    assert (kept.state, kept.for_review) == (CarOutcomeState.REFUSED, True)
    assert "cannot be recorded on this alert alone" in kept.because
    driven.dispose(ground=Ground.IMPRACTICABLE, because=SAID)
    assert Disposition.objects.get().for_review


def test_a_possible_hit_needs_an_eye_on_the_state_in_the_car_too(office):
    driven = Driven(office, is_full=False)
    driven.report()
    driven.verify(Answered.PENDING, EyeSaw.CANNOT_TELL)
    driven.dispose(Outcome.MISREAD, None)
    assert states()[-1] == CarOutcomeState.REFUSED
    driven.verify(Answered.PENDING, EyeSaw.DIFFERENT)
    driven.dispose(Outcome.MISREAD, None)
    assert states()[-1] == CarOutcomeState.TAKEN


def test_the_earliest_answer_counts_both_are_kept_and_a_disagreement_is_marked(office, driven):
    alert = driven.report()
    verified(alert, by=office.member(OPERATOR), answer=Answered.NO_RECORD)
    driven.verify()
    made = list(alert.verifications.order_by("at"))
    assert len(made) == 2
    assert counting(made).answer == Answered.NO_RECORD
    assert states() == [CarOutcomeState.CONFLICTING]
    driven.dispose()
    assert states()[-1] == CarOutcomeState.REFUSED


def test_an_answer_that_the_car_had_before_the_console_counts_though_it_came_later(office, driven):
    alert = driven.report()
    earlier = now()
    verified(alert, by=office.member(OPERATOR), answer=Answered.NOT_ACTIVE)
    driven.verify(at=earlier)
    assert counting(list(alert.verifications.order_by("at"))).unit == driven.car.unit
    driven.dispose()
    assert Disposition.objects.get().ground == Ground.VERIFIED


def test_a_units_clock_is_corrected_by_the_drift_that_is_known_and_never_runs_ahead(driven):
    driven.report()
    driven.office.ask_owner("update office.equipment_unit set drift_s = -600 returning drift_s")
    said = now() - timedelta(minutes=11)
    driven.verify(at=said)
    driven.verify(at=now() + timedelta(hours=1))
    first, second = CarOutcome.objects.order_by("sequence")
    assert first.at == said + timedelta(minutes=10)
    assert second.at <= second.received_at


def test_two_dispositions_stand_beside_each_other_and_the_first_stays(office, driven):
    alert = driven.report()
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=office.member(OPERATOR))
    driven.dispose(Outcome.MISREAD, None)
    driven.dispose(Outcome.NO_ACTION, None)
    assert states() == [CarOutcomeState.AGREEING, CarOutcomeState.CONFLICTING]
    assert [each.for_review for each in CarOutcome.objects.order_by("sequence")] == [False, True]
    assert Disposition.objects.get().outcome == "misread"
    page = office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Conflicts with the office" in page


def test_what_was_done_before_the_read_came_waits_and_is_merged_with_it(driven):
    driven.verify()
    driven.dispose()
    assert states() == [CarOutcomeState.WAITING] * 2
    alert = driven.report()
    alert.refresh_from_db()
    assert states() == [CarOutcomeState.TAKEN] * 2
    assert alert.state == AlertState.DISPOSED


@pytest.mark.parametrize("other", [{"captured_at": timedelta(minutes=5)}, {"entry_id": uuid.UUID(int=99)}])
def test_another_moment_or_another_entry_is_another_alert(driven, other):
    driven.report()
    driven.verify(**{name: driven.at + value if name == "captured_at" else value for name, value in other.items()})
    assert states() == [CarOutcomeState.WAITING]


def test_a_member_nobody_knows_is_in_no_leaf(office, driven):
    driven.report()
    driven.verify(member="AB12345")
    assert CarOutcome.objects.get().member_number == ""
    assert office.ledger()[-1] == ("alerts.car_verify", None)
    assert CarOutcome.objects.get().state == CarOutcomeState.REFUSED


GAPS = [timedelta(), timedelta(seconds=40), timedelta(minutes=30)]


def group(driven):
    return sightings(*(driven.at + gap for gap in GAPS))


def test_what_was_done_on_a_card_reaches_every_alert_of_it_with_one_line_of_the_ledger(office, driven):
    driven.at -= timedelta(hours=1)
    alerts = [driven.report(gap + timedelta(seconds=1)) for gap in GAPS]
    driven.verify(sightings=group(driven))
    driven.dispose(sightings=group(driven))
    for alert in alerts:
        alert.refresh_from_db()
        assert (alert.state, alert.disposition.outcome, alert.verifications.count()) == (AlertState.DISPOSED, "stop made", 1)
    assert states() == [CarOutcomeState.TAKEN] * 6
    lines = [each for each in office.ledger() if each[0].startswith("alerts.car")]
    assert lines == [("alerts.car_verify", OPERATOR), ("alerts.car_dispose", OPERATOR)]
    assert driven.again() == Receipted.ALREADY_KEPT
    assert Disposition.objects.count() == 3


def test_alerts_of_a_group_that_come_later_and_in_any_order_are_merged_each_with_its_own(driven):
    driven.at -= timedelta(hours=1)
    first = driven.report()
    driven.verify(sightings=group(driven))
    driven.dispose(sightings=group(driven))
    assert states() == [CarOutcomeState.TAKEN, *[CarOutcomeState.WAITING] * 2] * 2
    third, second = driven.report(GAPS[2]), driven.report(GAPS[1])
    assert states() == [CarOutcomeState.TAKEN] * 6
    for alert, gap in ((first, GAPS[0]), (second, GAPS[1]), (third, GAPS[2])):
        assert {each.captured_at for each in alert.car_outcomes.all()} == {driven.at + gap}


def test_one_alert_of_a_group_that_the_console_closed_otherwise_conflicts_and_the_others_are_closed(office, driven):
    driven.at -= timedelta(hours=1)
    alerts = [driven.report(gap) for gap in GAPS]
    dispose(alerts[1].pk, outcome=Outcome.MISREAD, ground="", because="", by=office.member(OPERATOR))
    driven.dispose(Outcome.NO_ACTION, None, sightings=group(driven))
    assert states() == [CarOutcomeState.TAKEN, CarOutcomeState.CONFLICTING, CarOutcomeState.TAKEN]
    assert list(Disposition.objects.order_by("alert").values_list("outcome", flat=True)) == ["no action", "misread", "no action"]


@pytest.mark.parametrize("member", [LAPSED, UNTRAINED])
def test_training_is_asked_again_and_what_an_untrained_member_did_is_kept_for_review(office, driven, member):
    alert = driven.report()
    driven.verify(member=member)
    driven.dispose(member=member)
    alert.refresh_from_db()
    assert (alert.state, alert.verifications.count(), Disposition.objects.count()) == (AlertState.RAISED, 0, 0)
    assert states() == [CarOutcomeState.REFUSED] * 2
    kept = CarOutcome.objects.latest("pk")
    assert (kept.outcome, kept.for_review) == ("stop made", True)
    assert "training" in kept.because
    assert office.ledger()[-1] == ("alerts.car_dispose", member)
    page = office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content.decode()
    assert "By the office&#x27;s records of that day" in page


def test_training_is_asked_again_of_what_waited_for_its_alert(driven):
    driven.dispose(Outcome.NO_ACTION, None, member=LAPSED)
    alert = driven.report()
    alert.refresh_from_db()
    assert (alert.state, states()) == (AlertState.RAISED, [CarOutcomeState.REFUSED])
