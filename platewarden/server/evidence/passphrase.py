"""The passphrase of a package: 160 random bits as a clerk types them, made from a key in the key store, outside the database.

It is shown to a member at a time, each time written down, and never stands on the medium. When the medium is destroyed its key is too:
whatever copy of the file is left opens no more.
"""

from __future__ import annotations

import base64
import re

from platewarden.policy.refusal import Refused, Unknown
from platewarden.server.clock import now
from platewarden.server.evidence.models import Package, PackageState
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.models import Member
from platewarden.server.people.rules import may_do
from platewarden.server.reads.forget import forget_key
from platewarden.server.reads.images import stored_key


def passphrase_of(package: Package, *, make: bool = False) -> str:
    """Eight groups of four letters and digits. Unknown when its key was destroyed."""
    try:
        key = stored_key(_name(package), make=make)
    except FileNotFoundError as error:
        raise Unknown(f"The key of {package} was destroyed, and with it its passphrase.") from error
    return "-".join(re.findall("....", base64.b32encode(key[:20]).decode()))


def show_passphrase(package: Package, *, by: Member) -> str:
    """The passphrase for a member who may have it. Recorded before it is shown."""
    if refusal := may_do(by, Act.EVIDENCE_PASSPHRASE, now()):
        raise Refused(refusal)
    if package.state == PackageState.MAKING:
        raise Unknown(f"{package} was never finished, so there is nothing to open. Make another package of its hold.")
    passphrase = passphrase_of(package)
    record(Act.EVIDENCE_PASSPHRASE, by=Signer(by.number, by.name), about={"package": package.pk})
    return passphrase


def destroy_key(package: Package) -> None:
    forget_key(_name(package))


def _name(package: Package) -> str:
    return f"evidence/{package.access_id}"
