"""The one laptop that is paired with this unit: it sees the car's screen over the car's own network, by mutual TLS.

A pairing makes an authority of its own, signs two certificates with it (the unit's for its address, the laptop's), and throws
the authority's key away: there is no second laptop's certificate, and none can be made. The laptop's key goes into a file that is
protected by a passphrase, shown once; it is never on this disk. `laptop.pem` holds the unit's key and certificate, the authority and,
in its first line, who paired what; readable by the owner only, as the unit's other keys.

Order: prove the member; make keys; write the laptop's files; write the line of the journal; put `laptop.pem` in the place of the one
before. A cut anywhere leaves the pairing before it, or the new one; a line without its pairing is followed by one that says so
(`settle`). Taking `laptop.pem` away ends the pairing, also while the unit runs.

Known gap: the certificates' days are counted by this machine's clock; one that is set back honours them for longer.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from platewarden.durable import put
from platewarden.policy.refusal import Malformed, Unavailable, Unknown
from platewarden.unit.config import CarNetwork, UnitConfig
from platewarden.unit.editions import replace_file
from platewarden.unit.journal import Journal
from platewarden.unit.roster import Roster
from platewarden.unit.shift import Stated, attest
from platewarden.unit.spool import Spool

__all__ = ["DAYS", "FILE", "SEEN", "Handed", "Pairing", "end", "is_believed", "load", "pair", "settle"]

FILE: Final = "laptop.pem"
DAYS: Final = 365
"""How long a pairing is good for; then the laptop is paired again."""
PAIRED: Final = "laptop_paired"
BEGIN: Final = "-----BEGIN CERTIFICATE-----"
SEEN: Final = "laptop_seen_at"
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
LONGEST_NAME: Final = 40


@dataclass(frozen=True)
class Pairing:
    """Which laptop may come, by the digest of its certificate; who paired it, and until when."""

    pairing_id: uuid.UUID
    laptop: str
    address: str
    """Where this unit answers it: an address of the car's network and a port."""
    member: str
    paired_at: datetime
    until: datetime
    certificate: str
    """SHA-256 of the laptop's certificate."""
    authority: str = field(repr=False)
    """The only signer of certificates that is believed here, as PEM."""


@dataclass(frozen=True)
class Handed:
    """What goes to the laptop: two files and the passphrase of the first, which is shown once."""

    key_file: Path
    authority_file: Path
    passphrase: str = field(repr=False)


def load(data: Path) -> Pairing | None:
    """The pairing that stands; None where no laptop is paired. Malformed when its file is damaged: then none is answered."""
    try:
        said = (data / FILE).read_text("utf-8")
        row = json.loads(said.partition("\n")[0])
        return Pairing(
            pairing_id=uuid.UUID(row["pairing_id"]),
            laptop=str(row["laptop"]),
            address=str(row["address"]),
            member=str(row["member"]),
            paired_at=datetime.fromisoformat(row["paired_at"]),
            until=datetime.fromisoformat(row["until"]),
            certificate=str(row["certificate"]),
            authority=said[said.rindex(BEGIN) :],
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Malformed(f"{FILE} cannot be read ({type(error).__name__}): no laptop is answered. Pair it again.") from error


def pair(
    data: Path,
    config: UnitConfig,
    roster: Roster,
    stated: Stated,
    *,
    laptop: str,
    to: Path,
    at: datetime,
    journal: Journal,
    spool: Spool,
) -> tuple[Pairing, Pairing | None, Handed]:
    """Pairs this laptop and ends the pairing before, which is answered too. Refused, and journaled: whoever may not operate this unit."""
    network = config.car_network_at()
    if network is None:
        raise Malformed('unit.toml names no address of the car’s network. Add one, for example: car_network = "10.20.0.1:8431"')
    if not (0 < len(laptop) <= LONGEST_NAME and laptop.isprintable() and laptop == laptop.strip()):
        raise Malformed(f"The name of a laptop has 1 to {LONGEST_NAME} printable characters. Give another --laptop.")
    if not to.is_dir():
        raise Unavailable(f"“{to.name}” is no folder to write the laptop's files to. Name one with --to, best a stick.")
    settle(data, at=at, journal=journal, spool=spool)
    member = attest(roster, stated, at=at, journal=journal, spool=spool)
    before = _before(data)
    pairing, handed, pem = _make(config, network, laptop=laptop, member=member, to=to, at=at)
    if before is not None:
        journal.write("laptop.unpaired", at=at, member=member, about=before.pairing_id)
    journal.write("laptop.paired", at=at, member=member, about=pairing.pairing_id)
    spool.mark(PAIRED, str(pairing.pairing_id))
    spool.mark(SEEN, "")
    replace_file(data / FILE, pem)
    return pairing, before, handed


def end(data: Path) -> Pairing | None:
    """Takes the pairing away at once; whoever holds the spool writes it down (`settle`). None of a file that was damaged. Unknown when no laptop is paired."""
    before, path = _before(data), data / FILE
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise Unknown("No laptop is paired with this unit.") from error
    return before


def settle(data: Path, *, at: datetime, journal: Journal, spool: Spool) -> None:
    """Writes down that a pairing ended which the journal still believes in."""
    held = spool.marked(PAIRED)
    if not held:
        return
    pairing = _before(data)
    if pairing is None or str(pairing.pairing_id) != held:
        journal.write("laptop.unpaired", at=at, member=None, about=uuid.UUID(held))
        spool.mark(PAIRED, "")


def is_believed(pairing: Pairing, spool: Spool) -> bool:
    """Whether the journal has this pairing: a file that somebody put there pairs nothing."""
    return spool.marked(PAIRED) == str(pairing.pairing_id)


def _before(data: Path) -> Pairing | None:
    try:
        return load(data)
    except Malformed:
        return None


def _make(
    config: UnitConfig, network: CarNetwork, *, laptop: str, member: str, to: Path, at: datetime
) -> tuple[Pairing, Handed, bytes]:
    """Keys and certificates; the laptop's files are durable when this returns."""
    until = at.astimezone(UTC).replace(microsecond=0) + timedelta(days=DAYS)
    signing, unit_key, laptop_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    issuer = _named(f"Platewarden {config.name}, paired {at:%Y-%m-%d}")
    only = x509.IPAddress(ipaddress.ip_network(network.host))

    def certificate(
        name: x509.Name, key: ec.EllipticCurvePrivateKey, *extensions: tuple[x509.ExtensionType, bool]
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(hours=1))
            .not_valid_after(until)
        )
        extensions = (
            *extensions,
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False),
        )
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(signing, hashes.SHA256())

    authority = certificate(
        issuer,
        signing,
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage(key_cert_sign=True), True),
        (x509.NameConstraints(permitted_subtrees=[only], excluded_subtrees=None), True),
    )
    leaf = (x509.BasicConstraints(ca=False, path_length=None), True)
    of_unit = certificate(
        _named(config.name),
        unit_key,
        leaf,
        (_usage(digital_signature=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectAlternativeName([x509.IPAddress(network.host)]), False),
    )
    of_laptop = certificate(
        _named(laptop),
        laptop_key,
        leaf,
        (_usage(digital_signature=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    )
    pem = serialization.Encoding.PEM
    pairing = Pairing(
        uuid.uuid4(),
        laptop,
        str(network),
        member,
        at,
        until,
        hashlib.sha256(of_laptop.public_bytes(serialization.Encoding.DER)).hexdigest(),
        authority.public_bytes(pem).decode(),
    )
    handed = Handed(to / "platewarden-laptop.p12", to / "platewarden-unit.crt", "-".join(_word() for _ in range(4)))
    sealed = pkcs12.serialize_key_and_certificates(
        laptop.encode(), laptop_key, of_laptop, [authority], serialization.BestAvailableEncryption(handed.passphrase.encode())
    )
    try:
        put(handed.key_file, sealed)
        put(handed.authority_file, authority.public_bytes(pem))
    except OSError as error:
        raise Unavailable(
            f"The laptop's files cannot be written ({error.strerror}). Nothing was paired; try another --to."
        ) from error
    key = unit_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    told = {name: value for name, value in asdict(pairing).items() if name != "authority"}
    first = json.dumps(told, default=_plain, ensure_ascii=False)
    return pairing, handed, b"\n".join([first.encode(), key, of_unit.public_bytes(pem), pairing.authority.encode()])


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _word() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(5))
