"""Held reads go out: given by one door, written onto a medium as one encrypted package, read back, and only then said to be written.

Order: the medium is looked at first, so that nothing is given out for one that takes nothing; then the look is recorded and the door
gives the reads; its line is waited for until it is sealed, so that the package proves its own making; then file after file goes
encrypted onto the medium, and is read back. Nothing lies in the clear on this machine's disks at any time.

Interrupted, the look stands in the ledger, the package stays “not finished” with its key destroyed, and another is made. Known gap: a
killed process leaves the key of the unfinished package in the key store, where it opens nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Malformed, Refusal, Refused, Unavailable
from platewarden.server.access.desk import open_access, through_door
from platewarden.server.access.person import ask_as_the_person
from platewarden.server.clock import now
from platewarden.server.evidence import medium as media
from platewarden.server.evidence.bag import HEAD, Bag
from platewarden.server.evidence.contents import Contents, Row, lines_to_prove, looks_in_cars, rows_of, verifier_file
from platewarden.server.evidence.models import Package
from platewarden.server.evidence.passphrase import destroy_key, passphrase_of
from platewarden.server.evidence.timestamp import Stamp
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import signer, verifier
from platewarden.server.ledger.proof import is_sealed, prove
from platewarden.server.people.editions import department
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.retention.models import Hold
from platewarden.transparency.note import NoteSigner, sign_note

MEDIUM_HEAD = "platewarden evidence medium v1"
AT_MOST = 5000  # reads in a package; the door gives no more
A_READ = 6_000  # bytes beside its pictures, with room to spare
SEALED_WITHIN_S = 30.0

Progress = Callable[[str, int, int], None]


def evidence_signer() -> NoteSigner:
    """The ledger's key under another name: a package is never taken for a checkpoint or a certificate."""
    ledger = signer()
    return NoteSigner(f"{ledger.name}/evidence", ledger.private)


def package(
    request: HttpRequest,
    hold: Hold,
    medium: Path,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    any_folder: bool = False,
    stamps: Callable[[bytes], Stamp] | None = None,
    progress: Progress = lambda _what, _done, _of: None,
    pause: Callable[[float], None] = time.sleep,
) -> Package:
    """Writes the held reads, or those of a part of the hold's time, onto a medium. `stamps` asks for an outside time.

    Refused: without the duty, of a hold that was released, of nothing, of more than 5,000 reads. Unavailable: what is wrong with the
    medium, or that the ledger is not sealed. Recorded as `evidence.package` before anything is given out, and as `evidence.written`.
    """
    member = request.user
    assert isinstance(member, Member)
    if refusal := may_do(member, Act.EVIDENCE_PACKAGE, now()) or _may_go_out(hold):
        raise Refused(refusal)
    since, until = max(since or hold.since, hold.since), min(until or hold.until, hold.until, now())
    if since >= until:
        raise Malformed(f"{hold} names nothing in that time. It is of {hold.since:%m/%d/%Y} to {hold.until:%m/%d/%Y}.")
    media.must_take(medium, settings.CONFIG, any_folder=any_folder)
    access = open_access(request, Act.EVIDENCE_PACKAGE, {"hold": hold.pk, "since": since.isoformat(), "until": until.isoformat()})
    given = through_door(access, "held_evidence")
    if given[0]["package_id"] is None:
        raise Refused(_not_that_many(given[0]["total"]))
    made = Package.objects.select_related("hold").get(pk=given[0]["package_id"])
    rows = rows_of(given)
    media.must_hold(medium, sum(_size(row) for row in rows))
    _wait_until_sealed(access.leaf, pause, progress)
    in_cars = looks_in_cars(rows)
    contents = Contents(made, rows, in_cars, prove(lines_to_prove(made, rows, in_cars, access.leaf)))
    try:
        written = media.write_package(
            medium,
            made.number,
            passphrase_of(made, make=True),
            lambda put: _fill(put, contents, stamps, progress),
            progress=lambda what: progress(what, 0, 0),
        )
        media.leave_beside(medium, _beside(made, contents, written))
    except BaseException:
        media.take_away(medium, made.number)
        destroy_key(made)
        raise
    values = (made.pk, written.sha512, written.size_bytes, contents.pictures)
    ask_as_the_person(request, "evidence_written(%s, %s, %s, %s, %s)", *values)
    made.refresh_from_db()
    return made


def _may_go_out(hold: Hold) -> Refusal | None:
    if hold.is_standing:
        return None
    return Refusal(Clause.BOOKED_EVIDENCE, f"{hold} was released, so nothing is spared by it. Package a hold that stands.")


def _not_that_many(found: int) -> Refusal:
    if found == 0:
        return Refusal(Clause.BOOKED_EVIDENCE, "Nothing is kept that this hold names in that time, so there is nothing to write.")
    return Refusal(
        Clause.BOOKED_EVIDENCE,
        f"This hold names more than {AT_MOST:,} reads in that time. Make several packages: name a shorter time for each.",
    )


def _size(row: Row) -> int:
    return A_READ + len(row.signed or b"") + sum(int(each["length"]) for each in row.seen["pictures"])


def _wait_until_sealed(leaf: int, pause: Callable[[float], None], progress: Progress) -> None:
    progress("waiting for the ledger to be sealed", 0, 0)
    for _ in range(int(SEALED_WITHIN_S / 0.25)):
        if is_sealed(leaf):
            return
        pause(0.25)
    raise Unavailable(
        "The ledger is not being sealed, so the package could not prove how it was made. Start the server, then try again."
    )


def _fill(
    put: Callable[[str, bytes], None], contents: Contents, stamps: Callable[[bytes], Stamp] | None, progress: Progress
) -> dict[str, str]:
    bag = Bag(put)
    contents.put_into(bag, progress=lambda done, of: progress("writing", done, of))
    about = contents.about()
    info = {
        "Source-Organization": about["department"],
        "External-Identifier": about["package"],
        "External-Description": f"License plate reads under hold {about['hold']}, case {about['reference']}",
        "Internal-Sender-Identifier": about["hold"],
        "Contact-Name": about["made_by"],
    }
    stamped: dict[str, str] = {}

    def stamp(manifest: bytes) -> bytes:
        assert stamps is not None
        progress("asking for an outside time", 0, 0)
        found = stamps(manifest)
        stamped["stamped_at"] = found.said_at.isoformat()
        return found.raw

    bag.close(
        info,
        on=contents.package.made_at.astimezone(department().time_zone).date(),
        sign=lambda digests: _signed(HEAD, about | {"manifests": digests} | stamped),
        stamp=stamp if stamps is not None else None,
    )
    return bag.digests


def _signed(head: str, said: dict[str, Any]) -> str:
    return sign_note(f"{head}\n{json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)}\n", evidence_signer())


def _beside(made: Package, contents: Contents, written: media.Written) -> dict[str, bytes]:
    about = contents.about()
    told = {name: about[name] for name in ("package", "department", "hold", "reference", "made_by", "made_at", "ledger_key")}
    said = told | {"file": f"{made.number}.zip", "size": written.size_bytes, "sha512": written.sha512}
    return {
        f"{made.number}.txt": _signed(MEDIUM_HEAD, said).encode(),
        "verify.py": verifier_file(),
        "READ-ME.txt": READ_ME.format(department=about["department"], key=verifier()).encode(),
    }


READ_ME = """\
This medium holds evidence of {department}: license plate reads, encrypted with AES-256.

Each package is a file E-….zip, with a signed note of it, E-….txt, beside it.

To open one: 7-Zip, WinZip or Keka, and the passphrase that the department gives you apart from this medium. Then open
data/open-me.html in a browser.

To check that nothing was changed, with Python 3.11 or later and its package "cryptography":

    python3 verify.py --package . --key KEY                       the files on this medium, without the passphrase
    python3 verify.py --package E-….zip --passphrase --key KEY    what is inside, word for word; it asks for the passphrase

KEY is the department's ledger key. Ask the department for it by telephone, or take it from where you kept it. It should be:

    {key}
"""
