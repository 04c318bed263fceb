"""What an alert's card says against itself, and what patrol never sees."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

from platewarden.exchange.hotlist_edition import Approach
from platewarden.plate.match import Doubt
from platewarden.policy.verification import Outcome
from platewarden.server.alerts.dispose import dispose
from platewarden.server.alerts.look import DOUBT_SENTENCES, visible_alerts
from platewarden.server.alerts.models import Alert
from platewarden.server.alerts.testing import alert_of, verified
from platewarden.server.clock import now
from platewarden.server.hotlists.models import HotlistEdition
from platewarden.server.hotlists.publish import make_edition_if_asked
from platewarden.server.hotlists.source import Described, describe
from platewarden.server.hotlists.testing import bolo_in_force, list_in_force
from platewarden.server.ledger.write import Signer
from platewarden.server.people.assign import relieve
from platewarden.server.people.authorize import authorize, withdraw
from platewarden.server.people.editions import department
from platewarden.server.people.models import Duty
from platewarden.server.people.testing import DESIGNEE, OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.server.reads.testing import pictures


def test_every_doubt_of_the_matcher_has_its_sentence():
    assert set(DOUBT_SENTENCES) == set(Doubt)


def test_silent_entries_are_hidden_from_patrol_everywhere(office):
    silent = alert_of(office, plate="SILENT1", entry={"approach": Approach.SILENT})
    bolo_in_force("PLAIN1")
    office.receive(office.car("Car 14"), "PLAIN1")
    plain = Alert.objects.exclude(pk=silent.pk).get()
    assert (silent.silent, plain.silent) == (True, False)
    patrol, dana = office.browser(OPERATOR), office.browser(SUPERVISOR)
    relieve(office.member(OPERATOR), Duty.INVESTIGATOR, by=Signer(SUPERVISOR, "Dana Whitfield"))
    assert visible_alerts(office.member(OPERATOR)) == [plain]
    assert visible_alerts(office.member(SUPERVISOR)) == [plain, silent]
    console = patrol.get("/alerts/").content
    assert b"PLAIN1" in console
    assert b"SILENT1" not in console
    assert b"SILENT1" in dana.get("/alerts/").content
    for path in ("", "strip/"):
        assert patrol.get(f"/alerts/{silent.pk}/{path}").status_code == 404
        assert patrol.get(f"/alerts/{silent.pk + 4711}/{path}").status_code == 404
        assert patrol.get(f"/alerts/{plain.pk}/{path}").status_code == 200
        assert dana.get(f"/alerts/{silent.pk}/{path}").status_code == 200
    for path in ("acknowledge", "verify", "dispose"):
        assert patrol.post(f"/alerts/{silent.pk}/{path}/", {}).status_code == 404


def test_the_card_shows_both_pictures_the_entry_and_its_doubts(office):
    list_in_force("ABO1234,unknown,stolen_vehicle,SV-1")
    office.receive(office.car(), "AB01234", pictures=pictures())
    page = unescape(office.browser(OPERATOR).get(f"/alerts/{Alert.objects.get().pk}/").content.decode())
    assert page.count("data:image/jpeg;base64,") == 2
    for doubt in (Doubt.STATE_UNREAD, Doubt.STATE_NOT_LISTED, Doubt.CONFUSABLE):
        assert DOUBT_SENTENCES[doubt] in page
    assert "Character 3: the camera read" in page
    assert "SV-1" in page
    assert office.ledger()[-1] == ("alerts.look", OPERATOR)


def test_the_card_says_how_often_the_pair_was_wrong_before(office):
    alert, rosa = alert_of(office), office.member(OPERATOR)
    dispose(alert.pk, outcome=Outcome.MISREAD, ground="", because="", by=rosa)
    office.receive(office.cars[0], "AB12345", state="IL", state_confidence=0.9)
    page = office.browser(OPERATOR).get(f"/alerts/{Alert.objects.latest('pk').pk}/").content.decode()
    assert "was marked wrong for this entry <b>1 time</b> before" in page


def test_the_card_says_stale_when_the_car_held_an_old_edition(office):
    list_in_force("AB12345,IL,stolen_vehicle,SV-1")
    with office.as_role("purge"):
        edition = make_edition_if_asked()
    car = office.car()
    office.receive(car, "AB12345", hotlist_edition=edition.number)
    rosa = office.browser(OPERATOR)
    path = f"/alerts/{Alert.objects.get().pk}/"
    assert b"STALE" not in rosa.get(path).content
    with office.as_role("owner"):
        old = now() - timedelta(hours=department().stale_after_hours, minutes=1)
        HotlistEdition.objects.filter(pk=edition.pk).update(made_at=old)
    assert b"STALE" in rosa.get(path).content


def test_an_alert_whose_read_was_purged_before_its_hit_still_shows_what_was_listed_and_says_so(office):
    alert = alert_of(office)
    with office.database.connect("postgres") as root:
        root.execute("truncate plates.reads")
    rosa = office.browser(OPERATOR)
    card = rosa.get(f"/alerts/{alert.pk}/")
    assert card.status_code == 200
    assert b"was purged on schedule" in card.content
    assert b"No plate picture is kept." in card.content
    assert rosa.get(f"/alerts/{alert.pk}/strip/").status_code == 200


def test_an_alert_whose_hit_is_not_kept_any_more_is_said_to_be_gone(office):
    alert = alert_of(office)
    with office.database.connect("postgres") as root:
        root.execute("truncate plates.hit")
    rosa = office.browser(OPERATOR)
    for path in ("", "strip/"):
        answer = rosa.get(f"/alerts/{alert.pk}/{path}")
        assert answer.status_code == 404
    assert b"not kept any more" in rosa.get(f"/alerts/{alert.pk}/").content
    assert rosa.get("/alerts/").status_code == 200


def test_what_was_written_about_an_alert_stands_on_its_card(office):
    alert = alert_of(office)
    verified(alert, by=office.member(OPERATOR), note="Blue sedan, as listed.")
    assert b"Blue sedan, as listed." in office.browser(OPERATOR).get(f"/alerts/{alert.pk}/").content


GANG_FILE = "State gang file"
DANA = Signer(SUPERVISOR, "Dana Whitfield")


def confidential_alert(office):
    describe(GANG_FILE, Described(owner="State Police", is_confidential=True), by=office.member(SUPERVISOR))
    list_in_force(
        "AB12345,IL,wanted_vehicle,G-77,Member of a gang,yes",
        source=GANG_FILE,
        header="plate,state,category,reference,reason,caution",
    )
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.9, pictures=pictures())
    return Alert.objects.latest("pk")


def test_a_confidential_hit_is_contact_dispatch_to_whoever_is_not_authorized(office):
    alert, rosa = confidential_alert(office), office.browser(OPERATOR)
    for path in ("/alerts/", f"/alerts/{alert.pk}/strip/", f"/alerts/{alert.pk}/"):
        page = unescape(rosa.get(path).content.decode())
        assert "AB12345" in page.replace("</span><span>", "") or "A B 1 2 3 4 5" in page
        assert "Contact dispatch" in page
        for told in ("gang", "G-77", "Wanted", "Armed", "data:image"):
            assert told not in page, (path, told)
    assert rosa.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 302
    for outcome in ("misread", "no action"):
        answer = rosa.post(f"/alerts/{alert.pk}/dispose/", {"outcome": outcome, "ground": "", "because": ""})
        assert answer.status_code == 403
    assert Alert.objects.get(pk=alert.pk).state == "acknowledged"


def test_whoever_is_authorized_sees_it_whole_until_that_is_withdrawn(office):
    alert, rosa = confidential_alert(office), office.browser(OPERATOR)
    authorize(
        office.member(OPERATOR), GANG_FILE, reason="works with the gang unit", until_on=today(now()) + timedelta(days=3), by=DANA
    )
    page = rosa.get(f"/alerts/{alert.pk}/").content.decode()
    assert "G-77" in page
    assert "Member of a gang" in page
    verified(alert, by=office.member(OPERATOR), note="the file says a gang")
    withdraw(office.member(OPERATOR), GANG_FILE, by=DANA)
    page = rosa.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Contact dispatch" in page
    assert "gang" not in page
    assert "gang" not in office.browser(DESIGNEE).get(f"/alerts/{alert.pk}/").content.decode()  # no duty opens it by itself


def test_a_source_that_becomes_confidential_hides_its_earlier_hits_too(office):
    list_in_force("AB12345,IL,wanted_vehicle,G-77", source=GANG_FILE)
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.9)
    alert, rosa = Alert.objects.latest("pk"), office.browser(OPERATOR)
    assert "G-77" in rosa.get(f"/alerts/{alert.pk}/").content.decode()
    describe(GANG_FILE, Described(owner="State Police", is_confidential=True), by=office.member(SUPERVISOR))
    assert "G-77" not in rosa.get(f"/alerts/{alert.pk}/").content.decode()
