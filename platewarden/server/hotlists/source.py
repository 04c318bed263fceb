"""A source's owner, and whether it is confidential: said by the supervisor or designee, before its first load or at any time.

Known gap: a source that nobody described is not confidential. Describe a confidential one before its first list is loaded.
"""

from __future__ import annotations

from django.db import transaction

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.hotlists.models import Source
from platewarden.server.hotlists.publish import ask_for_edition
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do


def describe(name: str, *, owner: str, is_confidential: bool, by: Member) -> Source:
    """Says who owns a source and whether it is confidential, and asks for an edition that says so. Recorded."""
    if refusal := may_do(by, Act.HOTLISTS_SOURCE, now()):
        raise Refused(refusal)
    name, owner = " ".join(name.split()), " ".join(owner.split())
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise Malformed("A source has a name of 1 to 60 printable characters. Correct it.")
    if not 0 < len(owner) <= 100:
        raise Malformed("Name the agency or desk that owns the source, in at most 100 characters.")
    signer = Signer(by.number, by.name)
    with transaction.atomic():
        source, _ = Source.objects.get_or_create(name=name, defaults={"created_at": now()})
        source = Source.objects.select_for_update().get(pk=source.pk)
        source.owner, source.is_confidential = owner, is_confidential
        source.save(update_fields=["owner", "is_confidential"])
        record(Act.HOTLISTS_SOURCE, by=signer, about={"source": name, "owner": owner, "confidential": is_confidential})
        ask_for_edition(by=signer)
    return source
