"""Confidential department, state or federal data is open only to members authorized for it."""

from datetime import date, timedelta

from platewarden.exchange.roster_edition import Authorization
from platewarden.server.alerts.models import Alert
from platewarden.server.clock import now
from platewarden.server.hotlists.source import Described, describe
from platewarden.server.hotlists.testing import list_in_force
from platewarden.server.ledger.write import Signer
from platewarden.server.people.authorize import authorize
from platewarden.server.people.testing import OPERATOR, SUPERVISOR
from platewarden.server.people.training import today
from platewarden.unit.screen.testing import alert_of
from platewarden.unit.testing import NOON, entry, member

FILE = "State gang file"


def test_the_console_says_contact_dispatch_until_the_member_is_authorized(office):
    describe(FILE, Described(owner="State Police", is_confidential=True), by=office.member(SUPERVISOR))
    list_in_force("AB12345,IL,wanted_vehicle,G-77", source=FILE)
    office.receive(office.car(), "AB12345", state="IL", state_confidence=0.9)
    path, rosa = f"/alerts/{Alert.objects.get().pk}/", office.browser(OPERATOR)
    assert b"G-77" not in rosa.get(path).content
    dana = Signer(SUPERVISOR, "Dana Whitfield")
    last = today(now()) + timedelta(days=9)
    authorize(office.member(OPERATOR), FILE, reason="works with the gang unit", until_on=last, by=dana)
    assert b"G-77" in rosa.get(path).content


def test_the_car_says_contact_dispatch_unless_the_roster_names_that_very_source():
    alert = alert_of(entry("7ABC123", confidential=FILE), "7ABC123", "IL", at=NOON)
    rosa = member(authorized=(Authorization(FILE, date(2026, 3, 31)),))
    assert "CONTACT DISPATCH" in " ".join(alert.sentences())
    assert "CONTACT DISPATCH" in " ".join(alert.sentences(frozenset({"Federal file"})))
    assert "CONTACT DISPATCH" not in " ".join(alert.sentences(rosa.sources_on(date(2026, 3, 31))))
    assert "CONTACT DISPATCH" in " ".join(alert.sentences(rosa.sources_on(date(2026, 4, 1))))
