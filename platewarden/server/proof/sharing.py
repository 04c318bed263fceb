"""With whom data of this department are shared: stated once a day, signed, and kept in the ledger by its digest.

Nobody outside has standing access, for this program has no way to give it: a read leaves by a release alone (427.7). What could be given past
the program is a login of the database, so these are counted, and one that is not the program's own is said. The statement is a signed note
(c2sp.org/signed-note) under the ledger's key with a name of its own; `tools/verify.py --statement` checks it.

Cut in the middle, nothing was kept and the next worker states it again; of two workers at once the first one's statement stands.

Known gap: the administrators of the machine and of its database reach everything; the statement says that it does not speak of them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from django.db import IntegrityError, connection, transaction

from platewarden.policy.clauses import Clause
from platewarden.server.clock import now
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import signer
from platewarden.server.ledger.write import OFFICE, record
from platewarden.server.people.editions import department
from platewarden.server.people.training import today
from platewarden.server.proof.models import Sharing
from platewarden.transparency.note import NoteSigner, sign_note

HEAD = "platewarden sharing statement v1"
LIMITS = (
    "Single reads may have been released on a written request, after review; the yearly figures count them.",
    "The administrators of the department's machine and of its database are not spoken of.",
)


def strange_logins() -> list[str]:
    """Logins of the database that can reach its data or doors and are not this program's own."""
    with connection.cursor() as cursor:
        cursor.execute("select office.strange_logins()")
        found: list[str] = cursor.fetchone()[0]
    return found


def state_today() -> Sharing:
    """Signs and keeps today's statement. Returns what stands, which may be what another worker kept first."""
    day, strangers = today(now()), len(strange_logins())
    note = sign_note(f"{HEAD}\n{json.dumps(_said(day, strangers), indent=1, sort_keys=True, ensure_ascii=False)}\n", _signer())
    digest = hashlib.sha256(note.encode()).hexdigest()
    try:
        with transaction.atomic():
            kept = Sharing.objects.create(day=day, made_at=now(), note=note, sha256=digest)
            record(
                Act.PROOF_SHARING,
                by=OFFICE,
                about={"day": day, "partners": 0, "strange_logins": strangers, "sha256": digest},
            )
    except IntegrityError:
        return Sharing.objects.get(day=day)
    return kept


def state_if_due() -> Sharing | None:
    """Today's statement, where there is none yet."""
    return None if Sharing.objects.filter(day=today(now())).exists() else state_today()


def newest_statement() -> Sharing | None:
    return Sharing.objects.order_by("-day").first()


def said_in(statement: Sharing) -> dict[str, object]:
    """What a statement says. The note is this office's own."""
    body = statement.note.partition("\n")[2].rpartition("\n\n")[0]
    said: dict[str, object] = json.loads(body)
    return said


def _said(day: date, strangers: int) -> dict[str, object]:
    here = department()
    none = "No agency, company or network outside this department has standing access to its ALPR data."
    some = f"{strangers} of the database's logins can reach ALPR data and are not this program's own. Whose they are is to be found out."
    return {
        "department": here.name,
        "policy": here.number_of(Clause.RELEASE_TO_AGENCIES),
        "day": day.isoformat(),
        "partners": [],
        "strange_logins": strangers,
        "statement": some if strangers else none,
        "limits": list(LIMITS),
    }


def _signer() -> NoteSigner:
    """The ledger's key under another name: a statement is never taken for a checkpoint."""
    ledger = signer()
    return NoteSigner(f"{ledger.name}/sharing", ledger.private)
