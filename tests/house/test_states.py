"""Every state of a noun is one that some act brings about."""

from __future__ import annotations

import re
import sys

import pytest
from django.apps import apps

from tests.house.source import SERVER, shipped

# States that nothing brings about yet, with the issue that will.
NOT_REACHED: dict[str, int] = {}
# States that a function of the database brings about, and its words.
PURGE = "retention/sql/0002_purge.sql"
INVESTIGATIONS = "investigations/sql/0002_investigations.sql"
LISTS = "hotlists/sql/0005_acts.sql"
RELEASE = "release/sql/0008_permitted.sql"
RESET = "access/sql/0007_factor_reset.sql"
AUDITS = "audits/sql/0002_audits.sql"
IN_THE_DATABASE = {
    "ResetState.CONFIRMED": (RESET, "set state = case when confirms then 'confirmed' else 'refused' end"),
    "ResetState.REFUSED": (RESET, "set state = case when confirms then 'confirmed' else 'refused' end"),
    "ResetState.LAPSED": (RESET, "set state = 'lapsed'"),
    "ChangeState.SIGNED": (PURGE, "set state = case when sign then 'signed' else 'refused' end"),
    "ChangeState.REFUSED": (PURGE, "set state = case when sign then 'signed' else 'refused' end"),
    "CosignState.SIGNED": (INVESTIGATIONS, "set state = case when signs then 'signed' else 'refused' end"),
    "CosignState.REFUSED": (INVESTIGATIONS, "set state = case when signs then 'signed' else 'refused' end"),
    "BackState.SIGNED": (LISTS, "set state = case when sign then 'signed' else 'refused' end"),
    "BackState.REFUSED": (LISTS, "set state = case when sign then 'signed' else 'refused' end"),
    "BoloState.APPROVED": (LISTS, "set state = case when approve then 'approved' else 'refused' end"),
    "BoloState.REFUSED": (LISTS, "set state = case when approve then 'approved' else 'refused' end"),
    "BoloState.WITHDRAWN": (LISTS, "update office.hotlists_bolo set state = 'withdrawn'"),
    "LoadState.FILLING": (LISTS, "'filling', stamped, who, 0, the_digest"),
    "LoadState.IN_FORCE": (LISTS, "set state = 'in force'"),
    "LoadState.SUPERSEDED": (LISTS, "set state = 'superseded'"),
    "RequestState.APPROVED": (RELEASE, "set state = case when approves then 'approved' else 'denied' end"),
    "RequestState.REFERRED": (RELEASE, "case when shared or the_permit is not null then 'waiting' else 'referred' end"),
    "RequestState.DENIED": (RELEASE, "set state = case when approves then 'approved' else 'denied' end"),
    "PlanState.SIGNED": (AUDITS, "set state = case when sign then 'signed' else 'refused' end"),
    "PlanState.REFUSED": (AUDITS, "set state = case when sign then 'signed' else 'refused' end"),
    "AlertState.ENDED": (PURGE, "update office.alerts_alert l set state = 'ended'"),
}


def kinds():
    """The closed lists of states beside our own models."""
    found = {}
    for model in apps.get_models():
        if not model.__module__.startswith("platewarden."):
            continue
        for kind in vars(sys.modules[model.__module__]).values():
            if isinstance(kind, type) and kind.__name__.endswith("State") and kind.__module__ == model.__module__:
                found[kind.__name__] = kind
    return found


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_state_can_be_reached(name: str) -> None:
    text = "\n".join(path.read_text("utf-8") for path in shipped(SERVER))
    defaults = set(re.findall(rf"default={name}\.([A-Z_]+)", text))
    set_somewhere = set(re.findall(rf"(?<!== )(?<!!= ){name}\.([A-Z_]+)", text))
    unreached = {f"{name}.{state.name}" for state in kinds()[name]} - {f"{name}.{state}" for state in defaults | set_somewhere}
    unreached -= {state for state, (file, words) in IN_THE_DATABASE.items() if words in (SERVER / file).read_text("utf-8")}
    assert unreached == {each for each in NOT_REACHED if each.startswith(f"{name}.")}


def test_there_are_states() -> None:
    assert {"AlertState", "AskState", "BoloState", "LoadState", "UnitState"} <= set(kinds())
