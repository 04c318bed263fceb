#!/usr/bin/env python3
"""Checks a department's published ledger, without the department and without its software.

    python3 verify.py FOLDER --key ledger-key.txt [--seen checkpoint-that-I-kept.txt ...] [--certificate certificate.txt ...]
    python3 verify.py --key ledger-key.txt --certificate certificate.txt ...

You need this one file, Python 3.9 or later, and the package "cryptography". FOLDER is what `platewarden ledger publish` wrote,
copied to your machine. The key is the department's public ledger key: take it from where you trust it, not from FOLDER.

What is checked:
  1. The checkpoint (how many lines, and one hash over all of them) is signed with that key.
  2. Every tile is there, whole, and belongs; all the hashes together give the hash that was signed.
  3. Every earlier checkpoint in FOLDER is signed too, and is the beginning of the same book.
  4. So is every checkpoint that you kept yourself (--seen): then nothing from before it was changed, removed or slipped in since.
  5. If the lines themselves were published, each gives its hash; their acts are counted.
  6. A certificate of a purge is signed with that key, adds up, ends nothing younger than its schedule, and names the authority of every
     hold that spared something. With FOLDER: its checkpoints are beginnings of this book, and each day stands in its line as certified.

What it cannot tell: whether something was never recorded at all, and what happened after the newest checkpoint. Keep a copy of the
file "checkpoint" each time: that copy is what makes rewriting the book impossible.

The end is one word and a number: HOLDS (0), DOES NOT HOLD (1), or CANNOT BE CHECKED (2), with the first thing that is wrong.
Formats: c2sp.org/tlog-tiles, c2sp.org/tlog-checkpoint, c2sp.org/signed-note; hashes as in RFC 6962.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

HASH = 32
FULL = 256
CERTIFICATE = "platewarden purge certificate v1"


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

    def of_certificates(self) -> Key:
        """The same key under the name it has on certificates."""
        raw = decoded(self.written.split("+", 2)[2], "The key")
        name = f"{self.name}/certificates"
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
        head, _, body = opened(read(path), key.of_certificates(), self.where).partition("\n")
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


def check(folder: Path, key: Key, seen: list[Path], certificates: list[Certificate]) -> list[str]:
    """What was found, in sentences. Raises Wrong or Unable at the first thing."""
    if not (folder / "checkpoint").is_file():
        raise Unable(f"There is no file “checkpoint” in {folder}. Name the folder that the department published.")
    if (folder / "key").is_file() and read(folder / "key") != f"{key.written}\n".encode():
        raise Wrong("The key inside the folder is not the key that you gave. Ask the department by telephone which is theirs.")
    size, root = checkpoint(read(folder / "checkpoint"), key, "The checkpoint")
    earlier = earlier_ones(folder, key, seen)
    for each in certificates:
        earlier.setdefault(each.before, f"before, in {each.where}")
        earlier.setdefault(each.after, f"after, in {each.where}")
    belongs: dict[str, bytes] = {}
    leaves = rows_of(folder, 0, size, belongs)
    must_begin(leaves, root, earlier)
    must_stand_on(folder, leaves, belongs)
    entries = entries_of(folder, leaves, belongs)
    for each in certificates:
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
    asked = parser.parse_args(given)
    if asked.folder is None and not asked.certificate:
        parser.error("name the folder of a published ledger, or --certificate files, or both")
    try:
        written = asked.key if "+" in asked.key else read(Path(asked.key)).decode(errors="replace")
        key = Key(written)
        certificates = [Certificate(path, key) for path in asked.certificate]
        if asked.folder is not None:
            for sentence in check(asked.folder, key, asked.seen, certificates):
                print(sentence)
        for each in certificates:
            print(each.sentence())
        if certificates and asked.folder is None:
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
