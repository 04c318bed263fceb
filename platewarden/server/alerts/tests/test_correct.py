"""A reading is corrected: found by both texts, matched again, by whom it was and why; the camera's own stays, and it ends with its read."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime

import pytest

from platewarden.exchange.hotlist_edition import Approach
from platewarden.plate.text import PlateText
from platewarden.policy.correction import Misread
from platewarden.policy.refusal import Malformed, Stale, Unknown
from platewarden.policy.verification import Outcome
from platewarden.server.alerts.correct import GONE, MEANWHILE, NOT_CORRECTED, SAME, Said, correct
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.models import Alert, AlertState
from platewarden.server.alerts.testing import FULL, alert_of
from platewarden.server.clock import now
from platewarden.server.hotlists.testing import bolo_in_force
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import relieve
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import AUDITOR, LAPSED, LIST_MANAGER, OPERATOR, SUPERVISOR
from platewarden.server.retention.testing import request_of


def only_read(office):
    """Id and moment of the one read that is kept."""
    ((read_id, captured_at),) = office.ask_owner("select read_id, captured_at from plates.reads")
    return read_id, captured_at


def said(text, state="IL", because=Misread.CHARACTERS, words=""):
    return Said(PlateText(text), state, because, words)


BACK = Said(None, None, Misread.CORRECTION)


def corrected(office, what, *, saw=0, by=OPERATOR):
    office.seal()
    return correct(request_of(office, by), *only_read(office), what, saw=saw)


def address(office, tail=""):
    read_id, captured_at = only_read(office)
    return f"/alerts/correct/{read_id}/{captured_at.isoformat()}/{tail}"


def found(office, plate, number=OPERATOR):
    """The search page of a plate."""
    return office.browser(number).post("/reads/search/", {"plate": plate, "span": "week"}).content.decode()


# The reading


def test_a_corrected_read_is_found_by_both_texts_and_shows_both(office):
    office.receive(office.car(), "AB12345", **FULL)
    corrected(office, said("A812345", words="the first loop is open"))
    for text in ("AB12345", "A812345"):
        page = found(office, text)
        assert "1 read of" in page
        assert "Corrected from" in page
        assert ">A812345<" in page
        assert ">AB12345<" in page
        assert "1042 Rosa Vega" in page
    for part, plates in (("A812*", ["A812345"]), ("AB1*", ["AB12345"]), ("A?12345", ["AB12345", "A812345"])):
        page = found(office, part)
        assert all(f">{text}<" in page for text in plates), part


def test_what_the_camera_read_stays_and_the_ledger_names_no_plate(office):
    office.receive(office.car(), "AB12345", **FULL)
    before = office.ask_owner("select * from plates.reads")
    corrected(office, said("A812345", words="it says A812345"))
    assert office.ask_owner("select * from plates.reads") == before
    assert office.ledger()[-2:] == [("alerts.correct", OPERATOR), ("reads.corrected", OPERATOR)]
    told = office.ask_owner("select l.body, c.body from office.ledger_leaf l left join plates.ledger_content c using (leaf_id)")
    assert not [row for row in told if "A812345" in str(row)]
    assert not office.ask_owner("select 1 from plates.access_terms where terms::text like '%%A812345%%'")
    row = office.ask_owner("select number, member, because, words, plate, state from plates.correction")
    assert row == [(1, "1042 Rosa Vega", "characters", "it says A812345", "A812345", "IL")]


def test_it_is_corrected_twice_and_taken_back_and_every_word_stays(office):
    office.receive(office.car(), "AB12345", **FULL)
    corrected(office, said("A812345"))
    corrected(office, said("A812346", state=None), saw=1, by=SUPERVISOR)
    page = found(office, "A812345")
    assert ">A812346<" in page  # found by the first text, shown as it stands
    corrected(office, BACK, saw=2)
    page = found(office, "A812346")
    assert "a correction was taken back" in page
    assert office.ask_owner("select number, plate from plates.correction order by 1") == [(1, "A812345"), (2, "A812346"), (3, None)]
    with pytest.raises(Malformed, match=NOT_CORRECTED):
        corrected(office, BACK, saw=3)


def test_what_the_camera_read_already_is_no_correction(office):
    office.receive(office.car(), "AB12345", **FULL)
    with pytest.raises(Malformed, match=SAME):
        corrected(office, said("AB12345"))
    corrected(office, said("A812345"))
    with pytest.raises(Malformed, match=SAME):
        corrected(office, said("A812345"), saw=1)
    corrected(office, said("AB12345"), saw=1)  # back to what the camera read: the same as taking it back
    assert office.ask_owner("select plate from plates.correction where number = 2") == [(None,)]


def test_whoever_did_not_see_the_newest_correction_is_refused(office):
    office.receive(office.car(), "AB12345", **FULL)
    corrected(office, said("A812345"))
    with pytest.raises(Stale, match=MEANWHILE):
        corrected(office, said("A012345"), by=SUPERVISOR)
    assert office.ask_owner("select count(*) from plates.correction") == [(1,)]


def test_of_two_at_once_one_is_kept(office):
    office.receive(office.car(), "AB12345", **FULL)
    office.seal()
    read = only_read(office)
    requests = [request_of(office, number) for number in (OPERATOR, SUPERVISOR)]
    outcomes = []

    def go(request, text):
        from django.db import connections

        try:
            correct(request, *read, said(text), saw=0)
            outcomes.append("kept")
        except Stale:
            outcomes.append("meanwhile")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=pair) for pair in zip(requests, ("A812345", "A012345"), strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["kept", "meanwhile"]
    assert office.ask_owner("select count(*) from plates.correction") == [(1,)]


def test_a_read_that_is_not_kept_is_not_corrected(office):
    office.receive(office.car(), "AB12345", **FULL)
    office.seal()
    request = request_of(office, OPERATOR)
    with pytest.raises(Unknown, match=GONE):
        correct(request, uuid.uuid4(), now(), said("A812345"), saw=0)
    with pytest.raises(Unknown, match=GONE):
        correct(request, only_read(office)[0], datetime(2020, 1, 1, tzinfo=UTC), said("A812345"), saw=0)


def test_whoever_may_not_look_at_reads_corrects_none(office):
    office.receive(office.car(), "AB12345", **FULL)
    fields = {"plate": "A812345", "state": "IL", "because": "characters", "saw": "0"}
    for number in (AUDITOR, LIST_MANAGER, LAPSED):
        browser = office.browser(number)
        assert browser.get(address(office)).status_code == 403
        assert browser.post(address(office), fields).status_code == 403
        assert browser.post(address(office, "back/"), {"saw": "1"}).status_code == 403
    assert office.ask_owner("select count(*) from plates.correction") == [(0,)]


def test_the_page_says_a_fault_at_its_field_and_keeps_nothing(office):
    office.receive(office.car(), "AB12345", **FULL)
    rosa = office.browser(OPERATOR)
    page = rosa.get(address(office))
    assert page.status_code == 200
    assert b'value="AB12345"' in page.content
    good = {"plate": "A812345", "state": "IL", "because": "characters", "saw": "0"}
    for wrong in ({"plate": ""}, {"plate": "Ä1"}, {"plate": "A" * 13}, {"because": "dirt"}, {"state": "ZZ"}, {"saw": "x"}):
        assert rosa.post(address(office), good | wrong).status_code == 422
    assert rosa.post(address(office), good).status_code == 302
    assert rosa.post(address(office), good).status_code == 409  # pressed twice
    read = rosa.get(f"/reads/{only_read(office)[0]}/{only_read(office)[1].isoformat()}/").content.decode()
    assert "Take the correction back" in read
    assert "Characters were misread" in read
    assert rosa.post(address(office, "back/"), {"saw": "1"}).status_code == 302
    assert rosa.post(address(office, "back/"), {"saw": "1"}).status_code == 409
    assert rosa.post(address(office, "back/"), {}).status_code == 400
    assert rosa.get("/alerts/correct/00000000-0000-0000-0000-000000000000/never/").status_code == 404


# Its alerts


def test_an_alert_whose_entry_is_answered_no_more_is_withdrawn_and_comes_back_with_the_reading(office):
    alert = alert_of(office, plate="A812345")
    (changed,) = corrected(office, said("AB12345"))
    assert (changed.pk, changed.state) == (alert.pk, AlertState.WITHDRAWN)
    alert.refresh_from_db()
    assert (alert.state, alert.rematched_by, alert.rematched_because) == ("withdrawn", "1042 Rosa Vega", "characters")
    page = office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content.decode()
    assert "Do not act on this alert" in page
    assert "Record and close" not in page
    with pytest.raises(Stale):
        dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=office.member(OPERATOR))
    assert office.ledger()[-2] == ("alerts.rematched", OPERATOR)
    corrected(office, BACK, saw=1)
    alert.refresh_from_db()
    assert alert.state == AlertState.RAISED


def test_an_alert_that_somebody_closed_keeps_its_outcome(office):
    alert = alert_of(office, plate="A812345")
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=office.member(OPERATOR))
    assert corrected(office, said("AB12345")) == []
    alert.refresh_from_db()
    assert alert.state == AlertState.DISPOSED


def test_an_entry_that_the_corrected_reading_answers_is_an_alert_found_by_its_correction(office):
    bolo_in_force("XY98765", state="IL")
    office.receive(office.car(), "AB12345", **FULL)
    (alert,) = corrected(office, said("XY98765"))
    assert (alert.state, alert.tier) == ("raised", "full")
    rosa = office.browser(OPERATOR)
    page = rosa.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Found by a correction" in page
    assert "XY98765" in page
    assert "By a correction" in rosa.get("/alerts/").content.decode()
    stop = {"outcome": "stop made", "ground": "verified", "because": ""}
    refused = rosa.post(f"/alerts/{alert.pk}/dispose/", stop)
    assert (refused.status_code, b"427.4(f)" in refused.content) == (403, True)
    corrected(office, BACK, saw=1)
    alert.refresh_from_db()
    assert alert.state == AlertState.WITHDRAWN
    corrected(office, said("XY98765"), saw=2)
    assert [each.state for each in Alert.objects.all()] == ["raised"]


def test_what_a_person_read_is_not_confused_as_a_camera_would(office):
    bolo_in_force("A812345", state="IL")
    office.receive(office.car(), "XY98765", **FULL)
    assert corrected(office, said("AB12345")) == []
    assert not Alert.objects.exists()


def test_the_state_alone_withdraws_too(office):
    bolo_in_force("AB12345", state="IL")
    office.receive(office.car(), "AB12345", **FULL)
    (alert,) = corrected(office, said("AB12345", state="WI", because=Misread.STATE))
    assert alert.state == AlertState.WITHDRAWN


def test_a_pattern_is_answered_by_the_corrected_text(office):
    bolo_in_force("XY9*", state="IL")
    office.receive(office.car(), "AB12345", **FULL)
    (alert,) = corrected(office, said("XY98765"))
    assert alert.tier == "possible"


def test_a_silent_alert_found_by_a_correction_is_not_patrols_to_see(office):
    bolo_in_force("XY98765", state="IL", approach=Approach.SILENT)
    office.receive(office.car(), "AB12345", **FULL)
    (alert,) = corrected(office, said("XY98765"), by=SUPERVISOR)
    relieve(office.member(OPERATOR), Duty.INVESTIGATOR, by=Signer(SUPERVISOR, "Ann Doyle"))
    assert office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").status_code == 404
    assert office.browser(SUPERVISOR).get(f"/alerts/{alert.pk}/").status_code == 200


def test_a_hit_of_a_correction_needs_a_correction(office):
    office.receive(office.car(), "AB12345", **FULL)
    read_id, taken = only_read(office)
    entry = bolo_in_force("AB12345")
    ((loaded,),) = office.ask_owner("select loaded_at from plates.hotlist_entry where entry_id = %s", entry.entry_id)
    with office.database.connect("app") as app:
        given = [uuid.uuid4(), read_id, taken, entry.entry_id, loaded]
        rows = app.execute("select * from plates.write_corrected_hit(%s, %s, %s, 'full', '{}', '[]', %s, %s)", given).fetchall()
    assert rows == []
    assert office.ask_owner("select count(*) from plates.hit") == [(0,)]


def test_a_correction_is_never_changed(office):
    office.receive(office.car(), "AB12345", **FULL)
    corrected(office, said("A812345"))
    with office.database.connect("owner") as owner:
        for statement in (
            "update plates.correction set plate = 'X'",
            "delete from plates.correction",
            "truncate plates.correction",
        ):
            with pytest.raises(Exception, match="append-only"):
                owner.execute(statement)
