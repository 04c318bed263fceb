"""An earlier load is put back by two members, one of them the supervisor or designee; the database knows both."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from platewarden.policy.refusal import Malformed, Refused, Stale, Unknown
from platewarden.server.hotlists.back import ask_back, decide_back
from platewarden.server.hotlists.load import ListRefused
from platewarden.server.hotlists.models import BackAsk, BackState, EditionAsk, Load, LoadState
from platewarden.server.hotlists.testing import as_member, list_in_force, looked_for
from platewarden.server.people.testing import DESIGNEE, LIST_MANAGER, OPERATOR, SUPERVISOR

GOOD = [f"AB{number:05},IL,stolen_vehicle,SV-{number}" for number in range(12)]
WHY = "the file of this morning was of another county"


def two_loads():
    return list_in_force(*GOOD), list_in_force(*GOOD[:8], "ZZ1,WI,stolen_plate,9")


def asked(load, *, by=LIST_MANAGER, because=WHY):
    with as_member(by) as request:
        return ask_back(request, load.pk, because=because)


def decided(ask, *, by=SUPERVISOR, sign=True):
    with as_member(by) as request:
        return decide_back(request, ask.pk, sign=sign)


def test_an_earlier_load_is_in_force_again_when_a_second_member_signs(office):
    good, bad = two_loads()
    ask = asked(good)
    assert looked_for(office, "AB00011") == []
    asks = EditionAsk.objects.count()
    assert decided(ask).state == BackState.SIGNED
    assert looked_for(office, "AB00011") == ["AB00011"]
    assert looked_for(office, "ZZ1") == []
    assert [Load.objects.get(pk=each.pk).state for each in (good, bad)] == [LoadState.IN_FORCE, LoadState.SUPERSEDED]
    assert EditionAsk.objects.count() == asks + 1
    lines = [line for line in office.ledger() if "back" in line[0]]
    assert lines == [("hotlists.back", LIST_MANAGER), ("hotlists.back_decided", SUPERVISOR)]


def test_it_refuses_who_asked_and_who_lacks_the_duty(office):
    good, _ = two_loads()
    with pytest.raises(Refused):
        asked(good, by=OPERATOR)
    ask = asked(good, by=SUPERVISOR)
    for by in (SUPERVISOR, LIST_MANAGER, OPERATOR):
        with pytest.raises(Refused):
            decided(ask, by=by)
        with as_member(by) as request, pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("select office.decide_back(%s, %s, true)", [bytes.fromhex(request.COOKIES["person"]), ask.pk])
    assert decided(ask, by=DESIGNEE).state == BackState.SIGNED


def test_it_is_decided_once_and_asked_once_at_a_time(office):
    good, bad = two_loads()
    with pytest.raises(Stale):
        asked(bad)
    with pytest.raises(Malformed):
        asked(good, because="bad")
    with pytest.raises(Unknown):
        asked(Load(pk=4711))
    ask = asked(good)
    with pytest.raises(Stale):
        asked(good)
    assert decided(ask, sign=False).state == BackState.REFUSED
    with pytest.raises(Stale):
        decided(ask)
    with pytest.raises(Unknown):
        decided(BackAsk(pk=4711))
    assert Load.objects.get(pk=bad.pk).state == LoadState.IN_FORCE


def test_a_load_that_is_not_whole_any_more_is_not_put_back(office):
    good, bad = two_loads()
    ask = asked(good)
    with office.as_role("owner"):
        Load.objects.filter(pk=good.pk).update(entries=13)
    with pytest.raises(Stale, match="not all kept"):
        decided(ask)
    assert Load.objects.get(pk=bad.pk).state == LoadState.IN_FORCE


def test_its_file_is_not_loaded_a_second_time_but_leads_here(office):
    two_loads()
    with pytest.raises(ListRefused, match="two members can put that load back"):
        list_in_force(*GOOD)


def test_the_pages_of_it(office):
    good, _ = two_loads()
    tom, dana = office.browser(LIST_MANAGER), office.browser(SUPERVISOR)
    assert b"Put an earlier load back" in tom.get("/lists/").content
    assert b"Put an earlier load back" not in office.browser(OPERATOR).get("/lists/").content
    assert tom.post(f"/lists/loads/{good.pk}/back/", {"because": ""}).status_code == 400
    assert tom.post(f"/lists/loads/{good.pk}/back/", {"because": WHY}).status_code == 302
    ask = BackAsk.objects.get()
    assert tom.post(f"/lists/loads/back/{ask.pk}/sign/").status_code == 403
    assert b"Put it back" in dana.get("/lists/").content
    assert dana.post(f"/lists/loads/back/{ask.pk}/sign/").status_code == 302
    assert dana.post(f"/lists/loads/back/{ask.pk}/refuse/").status_code == 409
    assert looked_for(office, "AB00011") == ["AB00011"]
