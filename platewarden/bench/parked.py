"""A unit's folder, enrolled and with lists, made without an office: for figures of a car whose office is out of reach."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from platewarden.exchange.enrolment import EnrolmentGrant
from platewarden.exchange.hotlist_edition import Approach, Category, EditionEntry, build
from platewarden.exchange.roster_edition import RosterEdition, RosterMember
from platewarden.exchange.seal import SealingKey, SigningKey, fingerprint
from platewarden.exchange.shift_key import key_file_name, key_file_text
from platewarden.exchange.shift_secret import KEY_BYTES, make_verifier
from platewarden.policy.department import load_department
from platewarden.unit.config import CameraConfig, UnitConfig, write_config
from platewarden.unit.editions import replace_file
from platewarden.unit.enrolment import GRANT, KEY, OFFICE, SPOOL
from platewarden.unit.hotlist import FILE as HOTLIST
from platewarden.unit.roster import FILE as ROSTER
from platewarden.unit.spool import Spool

__all__ = ["MEMBER", "entry", "park"]

MEMBER = "1042"
UNREACHED = "http://127.0.0.1:9"  # the discard port, where nobody listens


def entry(text: str, state: str | None = None) -> EditionEntry:
    """A stolen vehicle with this plate."""
    return EditionEntry(uuid.uuid4(), text, False, state, Category.STOLEN_VEHICLE, Approach.STOP, False, False, None)


def park(data: Path, cameras: Sequence[CameraConfig], entries: Iterable[EditionEntry]) -> str:
    """Makes the folder; returns the shift secret of `MEMBER`, whose stick lies in `data/sticks`."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    office, sealing, own = SigningKey.generate(), SealingKey.generate(), SigningKey.generate()
    secret, key, at = uuid.uuid4().hex, os.urandom(KEY_BYTES), datetime.now(UTC)
    config = UnitConfig(name="car 12", server=UNREACHED, office=fingerprint(office.public_bytes), sticks=str(data / "sticks"))
    write_config(data, replace(config, cameras=tuple(cameras)))
    own.save(data / KEY)
    Spool.create(data / SPOOL)
    replace_file(data / OFFICE, office.public_bytes)
    grant = EnrolmentGrant(uuid.uuid4(), own.key_id, config.name, office.public_bytes, sealing.public_bytes, at)
    replace_file(data / GRANT, grant.signed(office))
    replace_file(data / HOTLIST, build(1, at, entries, office))
    member = RosterMember(MEMBER, "Rosa Vega", ("operator",), date(9999, 1, 1), make_verifier(secret, key))
    roster = RosterEdition(1, at, at + timedelta(days=7), 1, load_department().text, (member,))
    replace_file(data / ROSTER, roster.signed(office))
    (data / "sticks").mkdir()
    (data / "sticks" / key_file_name(MEMBER)).write_text(key_file_text(MEMBER, key))
    return secret
