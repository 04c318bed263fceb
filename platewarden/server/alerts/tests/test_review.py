"""The supervisor's queue: judged once, by somebody else than who acted, and known to the database."""

from __future__ import annotations

import psycopg
import pytest

from platewarden.plate.text import PlateText
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.policy.verification import Ground, Outcome
from platewarden.server.access.login import person_key
from platewarden.server.alerts.correct import Said, correct
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import AlertState, DispositionReview
from platewarden.server.alerts.review import corrected, review, review_correction, waiting
from platewarden.server.alerts.testing import alert_of, verified
from platewarden.server.hotlists.testing import as_member
from platewarden.server.people.testing import AUDITOR, DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import request_of

WHY = "No radio in the ravine."
FOUND = "The log of dispatch agrees."


def stopped(office, *, by=OPERATOR, ground=Ground.IMPRACTICABLE, plate="AB12345"):
    alert = alert_of(office, plate=plate)
    return dispose(alert.pk, outcome=Outcome.STOP, ground=ground, because=WHY, by=office.member(by))


def reviewed(disposition, *, by, in_order=True, because=FOUND):
    with as_member(by) as request:
        return review(request, disposition.pk, in_order=in_order, because=because)


def test_a_stop_without_a_return_waits_is_judged_once_and_stands_on_the_alert(office):
    disposition = stopped(office)
    assert [each.pk for each in waiting()] == [disposition.pk]
    made = reviewed(disposition, by=SUPERVISOR, in_order=False)
    assert (made.is_in_order, made.by.split()[0]) == (False, SUPERVISOR)
    assert ("alerts.review", SUPERVISOR) in office.ledger()
    assert not waiting().exists()
    with pytest.raises(Stale):
        reviewed(disposition, by=DESIGNEE)
    page = office.browser(OPERATOR).get(f"/alerts/{disposition.alert_id}/").content.decode()
    assert "Reviewed: not in order" in page


def test_a_verified_stop_does_not_wait(office):
    alert = alert_of(office)
    verified(alert, by=office.member(OPERATOR))
    disposition = dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.VERIFIED, because="", by=office.member(OPERATOR))
    assert not waiting().exists()
    with pytest.raises(Unknown):
        reviewed(disposition, by=SUPERVISOR)


def test_nobody_reviews_what_they_recorded_or_verified(office):
    own = stopped(office, by=SUPERVISOR)
    with pytest.raises(Refused, match="Somebody else"):
        reviewed(own, by=SUPERVISOR)
    alert = alert_of(office, plate="CD777")
    verified(alert, by=office.member(DESIGNEE), answer="no record")
    checked = dispose(alert.pk, outcome=Outcome.STOP, ground=Ground.INDEPENDENT, because=WHY, by=office.member(OPERATOR))
    with pytest.raises(Refused, match="Somebody else"):
        reviewed(checked, by=DESIGNEE)
    for disposition, number in ((own, SUPERVISOR), (checked, DESIGNEE), (own, OPERATOR)):
        with (
            as_member(number) as request,
            office.database.connect("app") as app,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            app.execute("select office.review_disposition(%s, %s, true, 'x')", [person_key(request), disposition.pk])
    assert not DispositionReview.objects.exists()
    reviewed(own, by=DESIGNEE)
    reviewed(checked, by=SUPERVISOR)


def test_it_takes_the_duty_and_words(office):
    disposition = stopped(office)
    for number in (OPERATOR, AUDITOR):
        with pytest.raises(Refused):
            reviewed(disposition, by=number)
        assert office.browser(number).get("/alerts/review/").status_code == 403
    with pytest.raises(Malformed):
        reviewed(disposition, by=SUPERVISOR, because="fine")


def test_the_page_shows_what_waits_and_takes_the_judgement(office):
    disposition = stopped(office)
    dana = office.browser(SUPERVISOR)
    assert f"Alert {disposition.alert_id}" in dana.get("/alerts/review/").content.decode()
    assert dana.post(f"/alerts/review/{disposition.pk}/", {"in_order": "yes", "because": ""}).status_code in (400, 422)
    assert dana.post(f"/alerts/review/{disposition.pk}/", {"in_order": "yes", "because": FOUND}).status_code == 302
    page = dana.get("/alerts/review/").content.decode()
    assert "Nothing waits" in page
    assert "In order" in page


def withdrawn(office, *, by=OPERATOR, urgent=True):
    alert = alert_of(office, entry={"urgent": urgent})
    office.seal()
    correct(
        request_of(office, by), alert.read_id, alert.captured_at, Said(PlateText.parse("XY98765"), "IL", Misread.CHARACTERS), saw=0
    )
    alert.refresh_from_db()
    assert alert.state == AlertState.WITHDRAWN
    return alert


def test_a_correction_that_withdrew_an_urgent_alert_is_looked_at_by_somebody_else_once(office):
    alert = withdrawn(office)
    assert list(corrected()) == [alert]
    boss = office.browser(SUPERVISOR)
    assert b"urgent, withdrawn by a correction" in boss.get("/alerts/review/").content
    with as_member(OPERATOR) as request, pytest.raises(Refused):
        review_correction(request, alert.pk, in_order=True, because=FOUND)
    with as_member(DESIGNEE) as request, pytest.raises(Malformed):
        review_correction(request, alert.pk, in_order=True, because=" ")
    assert boss.post(f"/alerts/review/correction/{alert.pk}/", {"in_order": "yes", "because": FOUND}).status_code == 302
    assert not corrected().exists()
    with as_member(DESIGNEE) as request, pytest.raises(Unknown):
        review_correction(request, alert.pk, in_order=True, because=FOUND)
    assert ("alerts.review_found", SUPERVISOR) in office.ledger()


def test_who_corrected_does_not_sign_it_off_nor_by_the_database(office):
    alert = withdrawn(office, by=DESIGNEE)
    with as_member(DESIGNEE) as request:
        with pytest.raises(Refused, match="had a hand in"):
            review_correction(request, alert.pk, in_order=True, because=FOUND)
        with office.database.connect("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("select office.review_found(%s, 'correction', %s, true, 'x')", [person_key(request), alert.pk])
    assert corrected().count() == 1


def test_a_correction_that_is_taken_back_waits_no_more_and_a_routine_alert_never_does(office):
    alert = withdrawn(office)
    office.seal()
    correct(
        request_of(office, SUPERVISOR),
        alert.read_id,
        alert.captured_at,
        Said(None, None, Misread.CORRECTION, "It was right."),
        saw=1,
    )
    assert not corrected().exists()
    alert.refresh_from_db()
    assert alert.state == AlertState.RAISED


def test_a_routine_alert_that_was_withdrawn_waits_for_nobody(office):
    withdrawn(office, urgent=False)
    assert not corrected().exists()
