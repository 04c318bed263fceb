#!/usr/bin/env python3
"""Checks what a department gives out, without the department and without its software: its ledger, purges, evidence, and how it keeps its policy.

    python3 verify.py FOLDER --key ledger-key.txt [--seen checkpoint-that-I-kept.txt ...] [--certificate certificate.txt ...]
    python3 verify.py --key ledger-key.txt --certificate certificate.txt ...
    python3 verify.py --key ledger-key.txt --package E-00001 ...
    python3 verify.py --key ledger-key.txt --bundle FOLDER-OF-A-CHECK ...
    python3 verify.py --key ledger-key.txt --statement sharing-statement.txt ...

You need this one file, Python 3.11 or later, and the package "cryptography". FOLDER is what `platewarden ledger publish` wrote,
copied to your machine. The key is the department's public ledger key: take it from where you trust it, not from FOLDER.

What is checked:
  1. The checkpoint (how many lines, and one hash over all of them) is signed with that key.
  2. Every tile is there, whole, and belongs; all the hashes together give the hash that was signed.
  3. Every earlier checkpoint in FOLDER is signed too, and is the beginning of the same book.
  4. So is every checkpoint that you kept yourself (--seen): then nothing from before it was changed, removed or slipped in since.
  5. If the lines themselves were published, each gives its hash; their acts are counted.
  6. A certificate of a purge is signed with that key, adds up, ends nothing younger than its schedule, and names the authority of every
     hold that spared something. With FOLDER: its checkpoints are beginnings of this book, and each day stands in its line as certified.

  7. A package of evidence (--package) is signed with that key and every file in it is the one that was signed; each read says what the
     car signed, with the car's own key; each picture is the one that the car named; everybody who is said to have looked stands in a
     line of the ledger that is proved under its signed checkpoint. Name the opened folder; or the medium, to check its files without
     opening them; or the .zip with --passphrase. With FOLDER: the package's checkpoint is a beginning of this book.
  8. A bundle of a check (--bundle) is signed with that key, and every file in it is the one that was signed. Every count of its table, and
     the state of every clause, is made again from the rows; the table that was kept for a day has its digest in a line of the ledger that
     is proved under its signed checkpoint. With FOLDER: that checkpoint is a beginning of this book. HOLDS says that the table follows from
     the rows, not that every clause is kept: the table is printed.
  9. A statement of with whom data are shared (--statement) is signed with that key, and names a day; what it says is printed. With FOLDER, if
     the lines were published: its digest stands in the line of that day.

What it cannot tell: whether something was never recorded at all, and what happened after the newest checkpoint. Keep a copy of the
file "checkpoint" each time: that copy is what makes rewriting the book impossible.

The end is one word and a number: HOLDS (0), DOES NOT HOLD (1), or CANNOT BE CHECKED (2), with the first thing that is wrong.
Formats: c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint, c2sp.org/signed-note; hashes as in RFC 6962.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import getpass
import hashlib
import hmac
import json
import struct
import sys
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

HASH = 32
FULL = 256
CERTIFICATE = "platewarden purge certificate v1"
PACKAGE = "platewarden evidence package v1"
MEDIUM = "platewarden evidence medium v1"
BUNDLE = "platewarden check bundle v1"
SHARING = "platewarden sharing statement v1"
STAMPED = (
    "It carries an outside time, {} UTC. Whose, and whether it holds, ask with the authority's certificate: "
    "openssl ts -verify -data manifest-sha512.txt -in timestamp.tsr -CAfile AUTHORITY.pem"
)
SIGNED_BY_CAR = b"platewarden/exchange/signed/v1\x00"
HEADER_OF_CAR = struct.Struct(">2sBBB16sI")  # "PW", version, suite, kind, key id, length of the body
READS_OF_UNITS = uuid.UUID("6f6b1f0e-6d5b-5f3c-9f43-9f1a4d1c6b27")


class Wrong(Exception):
    """Something in the ledger does not hold."""


class Unable(Exception):
    """There is not enough here to check."""


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unable(f"{path} cannot be read ({error.strerror}).") from error


def decoded(text: str, what: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong(f"{what} is not base64.") from error
    if base64.b64encode(raw).decode() != text:
        raise Wrong(f"{what} is not base64 in its one spelling.")
    return raw


class Key:
    """A verifier key as it is written: name+id+key."""

    def __init__(self, written: str) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError as error:
            raise Unable("The package “cryptography” is not installed. Run: python3 -m pip install cryptography") from error
        self.written = written.strip()
        parts = self.written.split("+", 2)
        if len(parts) != 3:
            raise Unable("The key is not of the form name+id+key. Copy it whole.")
        self.name, identity, encoded = parts
        try:
            raw = decoded(encoded, "The key")
        except Wrong as error:
            raise Unable(f"{error} Copy it whole.") from error
        if len(raw) != 33 or raw[0] != 1:
            raise Unable("The key is not an Ed25519 key. Ask the department for its ledger key.")
        self.id = sha256(self.name.encode(), b"\n", raw)[:4]
        if self.id.hex() != identity:
            raise Unable("The key's id does not belong to the key. Copy it whole.")
        self.public = Ed25519PublicKey.from_public_bytes(raw[1:])

    def under(self, what: str) -> Key:
        """The same key under the name it has on certificates, or on evidence."""
        raw = decoded(self.written.split("+", 2)[2], "The key")
        name = f"{self.name}/{what}"
        identity = sha256(name.encode(), b"\n", raw)[:4].hex()
        return Key(f"{name}+{identity}+{base64.b64encode(raw).decode()}")

    def signed(self, signature: bytes, message: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature

        try:
            self.public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def opened(raw: bytes, key: Key, where: str) -> str:
    """The text of a signed note, with its last newline."""
    try:
        note = raw.decode()
    except UnicodeDecodeError as error:
        raise Wrong(f"{where} is not text.") from error
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise Wrong(f"{where} is not signed.")
    text += "\n"
    signatures = 0
    for line in lines[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—":
            raise Wrong(f"{where} has a line that is no signature.")
        signature = decoded(encoded, f"A signature of {where}")
        if name == key.name and signature[:4] == key.id:
            if not key.signed(signature[4:], text.encode()):
                raise Wrong(f"The signature of {where} does not hold: it was changed, or another key signed it.")
            signatures += 1
    if not signatures:
        raise Wrong(f"{where} is not signed with the key you gave ({key.name}).")
    return text


def checkpoint(raw: bytes, key: Key, where: str) -> tuple[int, bytes]:
    """Size and root of a signed checkpoint."""
    parts = opened(raw, key, where).split("\n")
    if len(parts) != 4 or parts[0] != key.name or not (parts[1].isascii() and parts[1].isdigit()) or str(int(parts[1])) != parts[1]:
        raise Wrong(f"{where} is signed, and is not a checkpoint of {key.name}.")
    root = decoded(parts[2], f"The root of {where}")
    if len(root) != HASH:
        raise Wrong(f"The root of {where} has not 32 bytes.")
    return int(parts[1]), root


def numbered(number: int) -> str:
    groups = [f"{number % 1000:03}"]
    number //= 1000
    while number:
        groups.append(f"x{number % 1000:03}")
        number //= 1000
    return "/".join(reversed(groups))


class Tree:
    """The roots of a growing tree's complete parts, largest first."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, hashed: bytes) -> None:
        size = self.size
        while size & 1:
            hashed = sha256(b"\x01", self.parts.pop(), hashed)
            size >>= 1
        self.parts.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        if not self.parts:
            return sha256()
        root = self.parts[-1]
        for left in reversed(self.parts[:-1]):
            root = sha256(b"\x01", left, root)
        return root


def tile(folder: Path, place: str, width: int) -> tuple[str, bytes]:
    """Name and content of a tile, which must be there."""
    name = f"tile/{place}" if width == FULL else f"tile/{place}.p/{width}"
    if not (folder / name).is_file():
        raise Wrong(f"{name} is missing.")
    return name, read(folder / name)


def rows_of(folder: Path, level: int, count: int, belongs: dict[str, bytes]) -> list[bytes]:
    """The hashes of one level, from its tiles."""
    hashes = []
    for number in range((count + FULL - 1) // FULL):
        width = min(FULL, count - number * FULL)
        name, raw = tile(folder, f"{level}/{numbered(number)}", width)
        if len(raw) != width * HASH:
            raise Wrong(f"{name} has {len(raw)} bytes and not {width * HASH}.")
        belongs[name] = raw
        hashes += [raw[at : at + HASH] for at in range(0, len(raw), HASH)]
    return hashes


def entries_of(folder: Path, leaves: list[bytes], belongs: dict[str, bytes]) -> list[bytes] | None:
    """The published lines, if there are any; each must give its hash."""
    found: list[bytes] = []
    if not (folder / "tile" / "entries").is_dir():
        return None
    for number in range((len(leaves) + FULL - 1) // FULL):
        width = min(FULL, len(leaves) - number * FULL)
        name, raw = tile(folder, f"entries/{numbered(number)}", width)
        belongs[name], at = raw, 0
        for _ in range(width):
            long = int.from_bytes(raw[at : at + 2], "big")
            entry = raw[at + 2 : at + 2 + long]
            if sha256(b"\x00", entry) != leaves[len(found)]:
                raise Wrong(f"Line {len(found)} ({name}) was changed: it does not give its hash.")
            found.append(entry)
            at += 2 + long
        if at != len(raw):
            raise Wrong(f"{name} has something after its last line.")
    return found


def others(folder: Path, belongs: dict[str, bytes]) -> int:
    """How many files under tile/ are of a later publishing, not signed yet. A narrower tile from an earlier day must be the beginning of today's."""
    later = 0
    for path in sorted((folder / "tile").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in belongs or path.suffix == ".part":
            continue
        whole, dot, width = name.rpartition(".p/")
        today = next((each for each in belongs if each.startswith(f"{whole}.p/" if dot else f"{name}.p/") or each == whole), None)
        if (
            today is None
            or (not dot and today != name)
            or (today != whole and width.isdigit() and int(width) > int(today.rpartition("/")[2]))
        ):
            later += 1
        elif not belongs[today].startswith(read(path)) or not read(path):
            raise Wrong(f"{name} says something else than the tile that followed it.")
    return later


def earlier_ones(folder: Path, key: Key, seen: list[Path]) -> dict[tuple[int, bytes], str]:
    """Size and root of every checkpoint to compare with, and where it is from."""
    found = {checkpoint(read(path), key, f"The checkpoint that you kept ({path})"): f"that you kept ({path})" for path in seen}
    for path in sorted((folder / "checkpoints").glob("*")):
        if path.suffix == ".part":
            continue
        said = checkpoint(read(path), key, f"checkpoints/{path.name}")
        if str(said[0]) != path.name:
            raise Wrong(f"checkpoints/{path.name} is of another size than its name says: {said[0]}.")
        found.setdefault(said, f"checkpoints/{path.name}")
    return found


def must_begin(leaves: list[bytes], root: bytes, earlier: dict[tuple[int, bytes], str]) -> None:
    """The hashes give the signed root, and on the way there each earlier one."""
    tree, asked, roots = Tree(), {size for size, _ in earlier}, {0: Tree().root()}
    for hashed in leaves:
        tree.add(hashed)
        if tree.size in asked:
            roots[tree.size] = tree.root()
    if tree.root() != root:
        raise Wrong("The hashes do not give the root that was signed: lines were changed, removed, slipped in or reordered.")
    for (size, said), where in earlier.items():
        if size > len(leaves):
            raise Wrong(f"The ledger was cut back: the checkpoint {where} has {size} lines, today's has {len(leaves)}.")
        if roots[size] != said:
            raise Wrong(f"The book was rewritten: the checkpoint {where} of {size} lines is not the beginning of today's.")


def must_stand_on(folder: Path, leaves: list[bytes], belongs: dict[str, bytes]) -> None:
    """The tiles of every higher level are made of those below."""
    level, below = 1, leaves
    while len(below) >= FULL:
        made = []
        for at in range(0, len(below) - FULL + 1, FULL):
            part = Tree()
            for hashed in below[at : at + FULL]:
                part.add(hashed)
            made.append(part.root())
        if rows_of(folder, level, len(made), belongs) != made:
            raise Wrong(f"The tiles of level {level} are not those of the tiles below.")
        level, below = level + 1, made


def counted(entries: list[bytes] | None) -> list[str]:
    """How often each act stands in the published lines."""
    if entries is None:
        return ["The lines themselves were not published: hashes only."]
    acts: dict[str, int] = {}
    for entry in entries:
        act = str(json.loads(entry).get("act"))
        acts[act] = acts.get(act, 0) + 1
    return [f"{count:8}  {act}" for act, count in sorted(acts.items(), key=lambda pair: (-pair[1], pair[0]))]


class Certificate:
    """A certificate of a purge, its signature checked."""

    def __init__(self, path: Path, key: Key) -> None:
        self.where = f"The certificate {path.name}"
        head, _, body = opened(read(path), key.under("certificates"), self.where).partition("\n")
        if head != CERTIFICATE:
            raise Wrong(f"{self.where} is signed, and is not a certificate of a purge.")
        try:
            self.said: dict[str, Any] = json.loads(body)
            self.ended: list[dict[str, Any]] = self.said["ended"]
            self.must_add_up()
            self.must_be_due()
            self.before = checkpoint(self.said["ledger_before"].encode(), key, f"The checkpoint before, in {self.where}")
            self.after = checkpoint(self.said["ledger_after"].encode(), key, f"The checkpoint after, in {self.where}")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Wrong(f"{self.where} is signed, and does not say what a certificate says ({error}).") from error
        if not all(self.before[0] <= each["ledger_index"] < self.after[0] for each in self.ended):
            raise Wrong(f"{self.where} names lines that do not stand between its two checkpoints.")

    def must_add_up(self) -> None:
        for total in ("purged", "spared"):
            if any(each[total] < 0 for each in self.ended) or self.said[total] != sum(each[total] for each in self.ended):
                raise Wrong(f"{self.where} does not add up: what it says was {total} is not the sum of its days.")
        known = {hold["number"] for hold in self.said["holds"] if hold["authority"] and hold["ground"]}
        for each in self.ended:
            if not {number for number, _ in each["spared_by"]} <= known:
                raise Wrong(f"{self.where} spares something for a hold without an authority ({each['kind']}, {each['day']}).")
        # What released holds had spared, and entries of lists, may end in several steps.
        once = [(each["kind"], each["day"]) for each in self.ended if each["kind"] not in ("released", "list_entries")]
        if len(set(once)) != len(once):
            raise Wrong(f"{self.where} ends a day twice.")

    def must_be_due(self) -> None:
        ended_at = datetime.fromisoformat(self.said["ended_at"])
        for each in self.ended:
            if each["day"] is not None:
                last = date.fromisoformat(each["day"]) + timedelta(days=each["schedule_days"])
                if last >= ended_at.date():
                    raise Wrong(f"{self.where} ended {each['kind']} of {each['day']} before the schedule of that day was over.")

    def must_stand_in(self, entries: list[bytes] | None) -> None:
        """Each day that ended is a line of the published book, and the line says the same."""
        for each in self.ended if entries is not None else ():
            assert entries is not None
            line = json.loads(entries[each["ledger_index"]])
            about = line["about"]
            same = ("kind", "day", "schedule_days", "purged", "spared", "unreadable")
            if (
                line["act"] != "retention.purge"
                or about["purge"] != self.said["purge"]
                or any(about[name] != each[name] for name in same)
                or about["keys"] != each["keys_destroyed"]
            ):
                raise Wrong(
                    f"{self.where} says of {each['kind']} of {each['day']} something else than line {each['ledger_index']}."
                )

    def sentence(self) -> str:
        keys = sum(len(each["keys_destroyed"]) for each in self.ended)
        return (
            f"Purge {self.said['purge']} of {self.said['department']}, {self.said['began_at'][:16]} to {self.said['ended_at'][:16]}: "
            f"{len(self.ended)} days of a kind ended, {self.said['purged']} purged, {self.said['spared']} spared for "
            f"{len(self.said['holds'])} holds, {keys} keys destroyed."
        )


def path_holds(hashed: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether the audit path shows the leaf in the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            hashed = sha256(b"\x01", step, hashed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hashed = sha256(b"\x01", hashed, step)
        node, last = node >> 1, last >> 1
    return last == 0 and hashed == root


class Cbor:
    """The one spelling of CBOR that cars write (RFC 8949): null, booleans, integers, floats, bytes, text, arrays, maps."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def whole(self) -> Any:
        found = self.item()
        if self.at != len(self.raw):
            raise ValueError("bytes after the end")
        return found

    def take(self, count: int) -> bytes:
        found = self.raw[self.at : self.at + count]
        if len(found) != count:
            raise ValueError("cut")
        self.at += count
        return found

    def item(self) -> Any:
        first = self.take(1)[0]
        major, low = first >> 5, first & 31
        if major == 7:
            if low in (20, 21, 22):
                return {20: False, 21: True, 22: None}[low]
            return struct.unpack({25: ">e", 26: ">f", 27: ">d"}[low], self.take({25: 2, 26: 4, 27: 8}[low]))[0]
        number = low if low < 24 else int.from_bytes(self.take({24: 1, 25: 2, 26: 4, 27: 8}[low]), "big")
        if major < 2:
            return number if major == 0 else -1 - number
        if major < 4:
            taken = self.take(number)
            return taken if major == 2 else taken.decode()
        if major == 4:
            return [self.item() for _ in range(number)]
        if major == 5:
            return {self.item(): self.item() for _ in range(number)}
        raise ValueError("a tag")


def microseconds(text: str) -> int:
    """An ISO time with its zone, in microseconds since 1970."""
    whole, dot, rest = text.partition(".")
    digits = rest[: -len(rest.lstrip("0123456789"))] if dot else ""
    at = datetime.fromisoformat(whole + rest[len(digits) :] if dot else text)
    seconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return seconds * 1_000_000 + int(digits.ljust(6, "0") or 0)


def said_by_car(raw: bytes, unit: dict[str, Any], where: str) -> dict[str, Any]:
    """What a car signed of a read, with the car's key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(raw) < HEADER_OF_CAR.size + 64:
        raise Wrong(f"{where} is too short to be signed.")
    magic, _version, suite, kind, key_id, length = HEADER_OF_CAR.unpack_from(raw)
    public = bytes.fromhex(unit["key"])
    if (magic, suite, kind) != (b"PW", 1, 1) or len(raw) != HEADER_OF_CAR.size + length + 64:
        raise Wrong(f"{where} is no read that a car signed.")
    if sha256(public)[:16] != key_id or unit["key_id"] != key_id.hex():
        raise Wrong(f"{where} is signed with another key than that of {unit['name']}.")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw[-64:], SIGNED_BY_CAR + raw[:-64])
    except InvalidSignature as error:
        raise Wrong(f"The car's signature of {where} does not hold.") from error
    try:
        said: dict[str, Any] = Cbor(raw[HEADER_OF_CAR.size : -64]).whole()
    except (ValueError, KeyError, IndexError, struct.error) as error:
        raise Wrong(f"{where} is signed, and cannot be read.") from error
    return said


class Package:
    """A package of evidence: files by name within its bag, and what reads one of them."""

    def __init__(self, where: str, names: list[str], content: Callable[[str], bytes], key: Key) -> None:
        self.where, self.names, self.content, self.key = where, set(names), content, key
        self.by_car = self.named_only = 0
        try:
            self.about = self.signed()
            self.must_be_whole()
            self.lines = self.ledger()
            self.units = self.known_units()
            self.reads = json.loads(self.file("data/reads.json"))
            for each in self.reads:
                self.must_be_as_read(each)
                self.must_be_as_looked(each)
            self.must_add_up()
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise Wrong(f"{where} is signed, and does not say what a package says ({error}).") from error

    def file(self, name: str) -> bytes:
        if name not in self.names:
            raise Wrong(f"{name} is missing in {self.where}.")
        return self.content(name)

    def signed(self) -> dict[str, Any]:
        """The statement: what it says, once its signature holds and the manifests are those it names."""
        head, _, body = opened(self.file("statement.txt"), self.key.under("evidence"), f"statement.txt of {self.where}").partition(
            "\n"
        )
        if head != PACKAGE:
            raise Wrong(f"statement.txt of {self.where} is signed, and is not of a package.")
        about: dict[str, Any] = json.loads(body)
        self.stamped_at = about.pop("stamped_at", None)
        self.signed_files = about.pop("manifests")
        for name, digest in self.signed_files.items():
            if hashlib.sha512(self.file(name)).hexdigest() != digest:
                raise Wrong(f"{name} of {self.where} is not the one that was signed.")
        return about

    def listed(self, name: str) -> dict[str, str]:
        found = {}
        for line in self.file(name).decode().splitlines():
            digest, _, place = line.partition("  ")
            found[place] = digest
        return found

    def must_be_whole(self) -> None:
        tags, payload = self.listed("tagmanifest-sha512.txt"), self.listed("manifest-sha512.txt")
        for name, digest in {**tags, **payload}.items():
            if hashlib.sha512(self.file(name)).hexdigest() != digest:
                raise Wrong(f"{name} in {self.where} was changed.")
        strange = self.names - set(tags) - set(payload) - set(self.signed_files) - {"statement.txt"}
        if strange:
            raise Wrong(f"{min(strange)} was slipped into {self.where}.")
        if self.stamped_at and hashlib.sha512(self.file("manifest-sha512.txt")).digest() not in self.file("timestamp.tsr"):
            raise Wrong(f"timestamp.tsr in {self.where} is of another manifest.")
        if json.loads(self.file("data/package.json")) != self.about:
            raise Wrong(f"package.json of {self.where} says something else than its statement.")

    def ledger(self) -> dict[int, dict[str, Any]]:
        """Lines of the ledger by their place, each proved under the signed checkpoint."""
        told = json.loads(self.file("data/ledger.json"))
        self.checkpoint = checkpoint(told["checkpoint"].encode(), self.key, f"The checkpoint in {self.where}")
        size, root = self.checkpoint
        if (size, root.hex()) != (self.about["ledger_size"], self.about["ledger_root"]):
            raise Wrong(f"The checkpoint in {self.where} is not the one that its statement names.")
        lines = {}
        for each in told["lines"]:
            proof = [bytes.fromhex(step) for step in each["proof"]]
            if not path_holds(sha256(b"\x00", each["line"].encode()), each["index"], size, proof, root):
                raise Wrong(f"Line {each['index']} in {self.where} is not a line of the ledger: its proof does not hold.")
            lines[each["index"]] = json.loads(each["line"])
        return lines

    def known_units(self) -> dict[str, dict[str, Any]]:
        """Units by id. Where the line of a unit's enrolment names its key, it must be this one."""
        units = {each["unit_id"]: each for each in json.loads(self.file("data/units.json"))}
        for line in self.lines.values():
            about = line["about"]
            if line["act"] == "equipment.approved" and about.get("key") and about["key"] != units[about["unit"]]["key_id"]:
                raise Wrong(f"The ledger enrolled {units[about['unit']]['name']} with another key than the one in {self.where}.")
        return units

    def must_be_as_read(self, each: dict[str, Any]) -> None:
        """A read says what its car signed, and its pictures are those that the car named."""
        files = {picture["view"]: picture["file"] for picture in each["pictures"] if picture["file"]}
        if each["capture"] is None:
            return
        where = f"The read of {each['local_time']} in {self.where}"
        unit = self.units[each["unit_id"]]
        said = said_by_car(self.file(f"data/{each['capture']}"), unit, f"{each['capture']} of {self.where}")
        place = said["place"] or {"lat": None, "lon": None, "crossing": None}
        same = (
            ("plate", said["text"]),
            ("state", said["state"]),
            ("camera", said["camera"]),
            ("engine", said["engine"]),
            ("member_number", said["member"]),
            ("hotlist_edition", said["hotlist_edition"]),
            ("no_place", said["no_place"]),
            ("crossing", place["crossing"]),
            ("lat", place["lat"]),
            ("lon", place["lon"]),
            ("read_id", str(uuid.uuid5(uuid.uuid5(READS_OF_UNITS, unit["key_id"]), str(said["sequence"])))),
        )
        for name, by_car in same:
            if each[name] != by_car:
                raise Wrong(f"{where} has another {name} than the car signed.")
        if microseconds(each["captured_at"]) != said["captured_at"]:
            raise Wrong(f"{where} has another time than the car signed.")
        named = {picture["view"]: picture["sha256"] for picture in said["pictures"]}
        for view, name in files.items():
            if named.get(view) != sha256(self.file(f"data/{name}")):
                raise Wrong(f"{where} has another {view} picture than the car signed.")
        self.by_car += 1
        self.named_only += len(set(named) - set(files))

    def must_be_as_looked(self, each: dict[str, Any]) -> None:
        """Everybody who is said to have looked stands in the ledger, with what was asked where that is told."""
        for look in each["looks"]:
            line = self.lines[look["line"]]
            in_line = f"{line['member']} {line['name']}" if line["member"] else line["name"]
            if (look["act"], look["member"]) != (line["act"], in_line):
                raise Wrong(f"{self.where} names another look than line {look['line']} of the ledger.")
            is_in_car = look["act"].startswith("unit.")
            at = microseconds(line["about"]["at"] if is_in_car else line["at"].replace("Z", "+00:00"))
            if abs(at - microseconds(look["at"])) > (0 if is_in_car else 2_000_000):
                raise Wrong(f"{self.where} names another time of line {look['line']} than the ledger.")
            if not is_in_car and look["purpose"] != line["purpose"]:
                raise Wrong(f"{self.where} names another purpose of line {look['line']} than the ledger.")
            if look["salt"] and sha256(bytes.fromhex(look["salt"]), look["content"].encode()).hex() != line["content"]:
                raise Wrong(f"{self.where} tells of line {look['line']} what was not asked.")

    def must_add_up(self) -> None:
        files = [picture for each in self.reads for picture in each["pictures"] if picture["file"]]
        found = (len(self.reads), len(files), sum(len(each["looks"]) for each in self.reads))
        if found != (self.about["reads"], self.about["pictures"], self.about["looks"]):
            raise Wrong(f"{self.where} does not add up: it holds {found[0]} reads, {found[1]} pictures and {found[2]} looks.")
        hold = int(self.about["hold"].rpartition("-")[2])
        if not any(line["act"] == "retention.hold" and line["about"].get("hold") == hold for line in self.lines.values()):
            raise Wrong(f"{self.where} does not prove that its hold was placed.")

    def sentences(self) -> list[str]:
        about = self.about
        unsigned = len(self.reads) - self.by_car
        made = (
            f"Package {about['package']} of {about['department']}, case {about['reference']}, hold {about['hold']} ({about['authority']}): "
            f"{about['reads']} reads, {about['pictures']} pictures, made {about['made_at']} by {about['made_by']}."
        )
        return [
            made,
            f"{self.by_car} reads say what their cars signed"
            + (f"; {unsigned} came before cars signed them apart from their pictures" if unsigned else "")
            + (f"; {self.named_only} pictures that cars named had gone before" if self.named_only else "")
            + f". {about['looks']} looks at them, each in a proved line of the ledger of {about['ledger_size']} lines.",
            *([STAMPED.format(self.stamped_at[:19])] if self.stamped_at else []),
        ]


def unlocked(path: Path, passphrase: str) -> tuple[list[str], Callable[[str], bytes]]:
    """Names and reader of an encrypted .zip (WinZip's AE-2 with AES-256), its one folder left out."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise Wrong(f"{path.name} is no .zip any more.") from error
    infos = {info.filename.partition("/")[2]: info for info in archive.infolist()}

    def content(name: str) -> bytes:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        info = infos[name]
        with path.open("rb") as raw:
            raw.seek(info.header_offset)
            header = raw.read(30)
            raw.seek(info.header_offset + 30 + sum(struct.unpack("<HH", header[26:30])))
            sealed = raw.read(info.compress_size)
        extra = struct.unpack("<HHH2sBH", info.extra[:11]) if len(info.extra) >= 11 else ()
        if info.compress_type != 99 or extra[:1] != (0x9901,) or extra[3:] != (b"AE", 3, 0) or len(sealed) < 28:
            raise Wrong(f"{name} in {path.name} is not encrypted as a package is.")
        keys = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), sealed[:16], 1000, 66)
        if not hmac.compare_digest(keys[64:], sealed[16:18]):
            raise Unable(f"This is not the passphrase of {path.name}, or the file was changed.")
        body = sealed[18:-10]
        if not hmac.compare_digest(hmac.new(keys[32:64], body, "sha1").digest()[:10], sealed[-10:]):
            raise Wrong(f"{name} in {path.name} was changed.")
        blocks = (len(body) + 15) // 16
        counters = b"".join(number.to_bytes(16, "little") for number in range(1, blocks + 1))
        stream = Cipher(algorithms.AES(keys[:32]), modes.ECB()).encryptor().update(counters)[: len(body)]  # noqa: S305 - AE-2 counts from the low end
        return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(body), "big")

    return list(infos), content


def note_of(path: Path, key: Key) -> dict[str, Any]:
    """What the signed note beside a package's .zip says of it; the file is the one it names."""
    note = path.with_suffix(".txt")
    if not note.is_file():
        raise Wrong(f"{note.name} is missing beside {path.name}.")
    head, _, body = opened(read(note), key.under("evidence"), note.name).partition("\n")
    said: dict[str, Any] = json.loads(body) if head == MEDIUM else {}
    if said.get("file") != path.name:
        raise Wrong(f"{note.name} is signed, and is not of {path.name}.")
    if not path.is_file():
        raise Wrong(f"{path.name} is missing.")
    digest, size = hashlib.sha512(), 0
    with path.open("rb") as raw:
        for chunk in iter(lambda: raw.read(1 << 20), b""):
            digest.update(chunk)
            size += len(chunk)
    if (digest.hexdigest(), size) != (said["sha512"], said["size"]):
        raise Wrong(f"{path.name} is not the file that was written: it was changed, cut, or belongs to another medium.")
    return said


def check_package(path: Path, key: Key, ask: Callable[[], str] | None) -> tuple[list[str], Package | None]:
    """What was found of a package: an opened folder, a medium with the files as written, or one .zip with its passphrase."""
    if (path / "bagit.txt").is_file() or (path / "statement.txt").is_file():
        names = [each.relative_to(path).as_posix() for each in path.rglob("*") if not each.is_dir()]
        package = Package(path.name, names, lambda name: read(path / name), key)
        return package.sentences(), package
    if path.is_dir():
        zips = {each.with_suffix(".zip") for each in [*path.glob("E-*.zip"), *path.glob("E-*.txt")]}
        if not zips:
            raise Unable(f"There is no package in {path}. Name an opened package, or the medium.")
        said = [note_of(each, key) for each in sorted(zips)]
        return [
            f"{each['file']}, {each['size']} bytes, is as it was written {each['made_at']} by {each['made_by']}; it was not opened."
            for each in said
        ], None
    if path.suffix == ".zip":
        note_of(path, key)
        if ask is None:
            raise Unable(f"{path.name} is as it was written, and encrypted. Add --passphrase to check what is inside.")
        names, content = unlocked(path, ask())
        package = Package(path.name, names, content, key)
        return package.sentences(), package
    raise Unable(f"{path} is no package. Name an opened package, the medium, or its .zip file.")


class Bundle:
    """The bundle of a check: signed, whole, and its table made again from its rows."""

    def __init__(self, folder: Path, key: Key) -> None:
        self.folder, self.key, self.where = folder, key, f"the bundle {folder.name}"
        if not (folder / "statement.txt").is_file():
            raise Wrong(f"statement.txt is missing in {self.where}: it was cut short, or is no bundle of a check.")
        try:
            self.about = self.signed()
            self.table = json.loads(self.file("table.json"))
            self.checkpoint, self.day = self.ledger()
            self.rows = 0
            for each in self.table["clauses"]:
                self.must_follow(each)
            self.must_add_up()
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise Wrong(f"statement.txt of {self.where} is signed, and does not say what a check says ({error}).") from error

    def signed(self) -> dict[str, Any]:
        """The statement, once its signature holds and the folder has exactly the files that it names."""
        where = f"statement.txt of {self.where}"
        head, _, body = opened(read(self.folder / "statement.txt"), self.key.under("check"), where).partition("\n")
        if head != BUNDLE:
            raise Wrong(f"{where} is signed, and is not of a check.")
        about: dict[str, Any] = json.loads(body)
        self.files = {}
        for name, digest in about["files"].items():
            if not (self.folder / name).is_file():
                raise Wrong(f"{name} is missing in {self.where}.")
            self.files[name] = read(self.folder / name)
            if sha256(self.files[name]).hex() != digest:
                raise Wrong(f"{name} in {self.where} was changed.")
        there = {each.relative_to(self.folder).as_posix() for each in self.folder.rglob("*")}
        if strange := there - set(self.files) - {"statement.txt"}:
            raise Wrong(f"{min(strange)} was slipped into {self.where}.")
        return about

    def file(self, name: str) -> bytes:
        if name not in self.files:
            raise Wrong(f"{name} is missing in {self.where}.")
        return self.files[name]

    def ledger(self) -> tuple[tuple[int, bytes], str]:
        """The checkpoint, and what is proved of the table that was kept for a day."""
        told = json.loads(self.file("ledger.json"))
        size, root = checkpoint(told["checkpoint"].encode(), self.key, f"The checkpoint in {self.where}")
        if (size, root.hex()) != (self.about["ledger_size"], self.about["ledger_root"]):
            raise Wrong(f"The checkpoint in {self.where} is not the one that its statement names.")
        day = told["day"]
        if day is None:
            return (size, root), "No day's table was in the sealed ledger yet."
        proof = [bytes.fromhex(step) for step in day["proof"]]
        if not path_holds(sha256(b"\x00", day["line"].encode()), day["index"], size, proof, root):
            raise Wrong(f"Line {day['index']} in {self.where} is not a line of the ledger: its proof does not hold.")
        line = json.loads(day["line"])
        kept = self.file("day.json")
        about = line["about"]
        if line["act"] != "proof.day" or sha256(kept).hex() != about["sha256"] or json.loads(kept)["counts"] != about["counts"]:
            raise Wrong(f"day.json in {self.where} is not the table that line {day['index']} of the ledger names.")
        counts = ", ".join(f"{count} {state}" for state, count in sorted(about["counts"].items()))
        return (size, root), f"The table of {about['day']} stands in line {day['index']} of the ledger: {counts}."

    def must_follow(self, clause: dict[str, Any]) -> None:
        """Every count and state of a clause, from the rows of its file."""
        name = clause["clause"]
        told = json.loads(self.file(f"clause-{name}.json"))
        if told["clause"] != name or [each["name"] for each in told["counted"]] != [each["name"] for each in clause["rows"]]:
            raise Wrong(f"The table of {self.where} counts something else for {name} than its rows are of.")
        found, any_counted = set(), False
        for given, said in zip(told["counted"], clause["rows"], strict=True):
            of, wrong, late = given.get("counts") or self.counted(given["rows"])
            state = "broken" if wrong else "at risk" if late else "kept" if of else "no data"
            if (of, wrong, late, state, given["is_mechanism"]) != tuple(
                said[each] for each in ("of", "wrong", "late", "state", "is_mechanism")
            ):
                raise Wrong(f"The rows of {given['name']} in {self.where} do not give what its table says of {name}.")
            if len(said["records"]) > (wrong or late):
                raise Wrong(f"The table of {self.where} names more records of {given['name']} than are wrong or late.")
            found.add(state)
            any_counted |= bool(of) and not given["is_mechanism"]
        state = next((each for each in ("broken", "at risk") if each in found), "kept" if any_counted else "no data")
        if state != clause["state"]:
            raise Wrong(f"The table of {self.where} says that {name} is {clause['state']}; its rows say {state}.")

    def counted(self, rows: list[str]) -> list[int]:
        """How many rows, how many of them wrong, how many soon."""
        verdicts = [each.rpartition(" ")[2] for each in rows]
        if strange := set(verdicts) - {"right", "soon", "wrong"}:
            raise Wrong(f"{self.where} has a row that is {min(strange)}.")
        self.rows += len(rows)
        return [len(rows), verdicts.count("wrong"), verdicts.count("soon")]

    def must_add_up(self) -> None:
        states = [each["state"] for each in self.table["clauses"]]
        names = {f"clause-{each['clause']}.json" for each in self.table["clauses"]}
        if names != {name for name in self.files if name.startswith("clause-")} or len(names) != len(states):
            raise Wrong(f"The clauses of {self.where} are not those of its table.")
        if {state: count for state, count in self.table["counts"].items() if count} != {
            each: states.count(each) for each in states
        }:
            raise Wrong(f"The table of {self.where} does not add up.")
        if self.table["checked_at"] != self.about["made_at"]:
            raise Wrong(f"The table of {self.where} is of another time than its statement.")

    def sentences(self) -> list[str]:
        """The table, made again."""
        counts = ", ".join(f"{count} {state}" for state, count in self.table["counts"].items())
        return [
            f"Check of {self.about['department']}, {self.about['made_at'][:16]} UTC: {counts}.",
            *(f"{each['number']:<9} {each['clause']:<26} {each['state']}" for each in self.table["clauses"]),
            f"All of it follows from {self.rows} rows. {self.day}",
        ]


class Statement:
    """With whom data are shared, as it was signed for a day."""

    def __init__(self, path: Path, key: Key) -> None:
        self.where = f"the statement {path.name}"
        raw = read(path)
        head, _, body = opened(raw, key.under("sharing"), self.where).partition("\n")
        if head != SHARING:
            raise Wrong(f"{self.where} is signed, and is not of with whom data are shared.")
        self.digest = sha256(raw).hex()
        try:
            self.about = json.loads(body)
            self.day = date.fromisoformat(self.about["day"])
            partners = self.about["partners"]
            said = f"{self.about['department']}, {self.day}: {self.about['statement']} Partners: {', '.join(partners) or 'none'}."
            self.said = [said]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Wrong(f"{self.where} is signed, and does not say what a statement says ({error}).") from error

    def must_stand_in(self, entries: list[bytes] | None) -> None:
        """Where the lines were published, the one of its day names this very statement."""
        lines = [line for line in map(json.loads, entries or ()) if line["act"] == "proof.sharing"]
        named = [line["about"]["sha256"] for line in lines if line["about"]["day"] == self.day.isoformat()]
        if named != [self.digest] and entries is not None:
            raise Wrong(f"{self.where} is not the one that the ledger names for {self.day}.")

    def sentences(self) -> list[str]:
        return self.said


def asked_passphrase() -> str:
    return (getpass.getpass("Passphrase: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def check(
    folder: Path, key: Key, seen: list[Path], standing: list[Certificate | Statement], proved: list[Package | Bundle]
) -> list[str]:
    """What was found, in sentences. Raises Wrong or Unable at the first thing."""
    if not (folder / "checkpoint").is_file():
        raise Unable(f"There is no file “checkpoint” in {folder}. Name the folder that the department published.")
    if (folder / "key").is_file() and read(folder / "key") != f"{key.written}\n".encode():
        raise Wrong("The key inside the folder is not the key that you gave. Ask the department by telephone which is theirs.")
    size, root = checkpoint(read(folder / "checkpoint"), key, "The checkpoint")
    earlier = earlier_ones(folder, key, seen)
    for each in standing:
        if isinstance(each, Certificate):
            earlier.setdefault(each.before, f"before, in {each.where}")
            earlier.setdefault(each.after, f"after, in {each.where}")
    for one in proved:
        earlier.setdefault(one.checkpoint, f"in {one.where}")
    belongs: dict[str, bytes] = {}
    leaves = rows_of(folder, 0, size, belongs)
    must_begin(leaves, root, earlier)
    must_stand_on(folder, leaves, belongs)
    entries = entries_of(folder, leaves, belongs)
    for each in standing:
        each.must_stand_in(entries)
    later = others(folder, belongs)
    return [
        f"{size} lines, signed by {key.name}, root {root.hex()}.",
        f"{len(earlier)} earlier checkpoints, {len(seen)} of them yours: each is the beginning of this book.",
        *([f"{later} files are of a later publishing that is not signed yet; they were not looked at."] if later else []),
        *counted(entries),
    ]


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="the published ledger")
    parser.add_argument("--key", required=True, help="the department's ledger key, or a file with it; not the one inside FOLDER")
    parser.add_argument("--seen", nargs="*", type=Path, default=[], help="checkpoints that you kept yourself")
    parser.add_argument("--certificate", nargs="*", type=Path, default=[], help="certificates of purges")
    parser.add_argument("--package", nargs="*", type=Path, default=[], help="packages of evidence: opened, a medium, or a .zip")
    parser.add_argument("--bundle", nargs="*", type=Path, default=[], help="bundles of a check: their folders")
    parser.add_argument("--statement", nargs="*", type=Path, default=[], help="statements of with whom data are shared")
    parser.add_argument(
        "--passphrase", action="store_true", help="ask for the passphrase of a .zip, or take it from standard input"
    )
    asked = parser.parse_args(given)
    if asked.folder is None and not (asked.certificate or asked.package or asked.bundle or asked.statement):
        parser.error("name the folder of a published ledger, or --certificate, --package or --statement files, or a --bundle")
    try:
        written = asked.key if "+" in asked.key else read(Path(asked.key)).decode(errors="replace")
        key = Key(written)
        certificates = [Certificate(path, key) for path in asked.certificate]
        checked = [check_package(path, key, asked_passphrase if asked.passphrase else None) for path in asked.package]
        packages = [package for _, package in checked if package is not None]
        bundles = [Bundle(path, key) for path in asked.bundle]
        statements = [Statement(path, key) for path in asked.statement]
        proved = [*packages, *bundles]
        if asked.folder is not None:
            for sentence in check(asked.folder, key, asked.seen, [*certificates, *statements], proved):
                print(sentence)
        for each in certificates:
            print(each.sentence())
        for sentences, _ in checked:
            print("\n".join(sentences))
        for signed in (*bundles, *statements):
            print("\n".join(signed.sentences()))
        if (certificates or proved or statements) and asked.folder is None:
            print("Not compared with the ledger: name its published folder too.")
    except Wrong as wrong:
        print(f"DOES NOT HOLD. {wrong}")
        return 1
    except Unable as unable:
        print(f"CANNOT BE CHECKED. {unable}")
        return 2
    print("HOLDS.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
