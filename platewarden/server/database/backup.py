"""Backups: the whole office in one file that this server itself cannot open, and its way back.

What is in it: every table, as of one moment; the packs of encrypted pictures; files that are sealed to an
agency's key and not handed over yet; the office's own keys (ledger, signing, sealing, the key that wraps picture keys). What is not: picture keys, sessions, passwords of database logins. Picture keys are copied apart, by
`reads.key_copy`, because a purge must reach them there; without them the packs in a backup are noise.

The file: a line that says what it is; a random key sealed to the department's recovery key, whose private half is carried away on a medium; then
chunks under AES-256-GCM, numbered, the last one marked, so that a file that was cut or reordered does not open. Inside is a tar stream:
manifest, keys, tables in parts of 8 MB, packs and sealed files. Nothing of it is ever written to disk in the clear.

Order of a restore: keys, then an empty database of the same version, then all tables in one transaction that commits when the last byte of the
file has been opened and every table has as many rows as the manifest says; packs and sealed files are written before that.

Known gap: what was written after the backup is lost with the disk; outsiders who kept a later checkpoint of the ledger will see it go back.
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql

import platewarden
from platewarden.exchange.seal import SealingKey, seal_to
from platewarden.policy.refusal import Malformed, Tampered, Unavailable
from platewarden.server.config import ServerConfig, own_folder, write_own_file
from platewarden.server.database.setup import RANDOM_KEYS, SEALING_KEYS, SIGNING_KEYS

__all__ = ["RECOVERY", "look_at_backup", "make_backup", "make_recovery_key", "restore_backup"]

HEAD: Final = b"platewarden backup v1\n"
RECOVERY: Final = "platewarden-recovery.key"
RECOVERY_PUBLIC: Final = "recovery.public"
CHUNK: Final = 1 << 20
PART: Final = 8 << 20
KEYS: Final = (*RANDOM_KEYS, *SIGNING_KEYS, *SEALING_KEYS)
# The new database has its own of the first; sessions end with the machine they were opened on.
LEFT_OUT: Final = frozenset({"office.django_migrations", "office.django_session", "office.signed_in"}) | {
    f"plates.{each}" for each in ("gathered", "gathered_day", "gathered_new", "late_day")
}  # what is gathered is made anew
# What lies beside the database, and the shape of its names; all of it is encrypted.
FILES: Final = {"pictures": re.compile(r"[^/]+(/[^/]+)+\.pack"), "releases": re.compile(r"[0-9]+\.age")}
# A new database has rows here already.
PREFILLED: Final = (
    "office.auth_group_permissions",
    "office.auth_permission",
    "office.django_content_type",
    "office.reserved_act",
    "plates.hash_key",
)


def make_recovery_key(config: ServerConfig, medium: Path) -> Path:
    """Makes the department's recovery key: its private half on the medium, its public half here. Refused when there is one."""
    private, public = medium / RECOVERY, config.data / "secrets" / RECOVERY_PUBLIC
    if public.exists():
        raise Malformed("There is a recovery key already: backups are sealed to it. Keep the medium that holds its other half.")
    if private.exists():
        raise Malformed(f"{private} is there already, of another office perhaps. Use another medium.")
    key = SealingKey.generate()
    try:
        key.save(private)
    except OSError as error:
        raise Unavailable(f"The recovery key cannot be written to {medium} ({error.strerror}). Check the medium.") from error
    write_own_file(public, key.public_bytes, replace=False)
    return private


def make_backup(config: ServerConfig, target: Path, *, connect: Callable[[], psycopg.Connection[Any]]) -> dict[str, Any]:
    """Writes the backup, durably, whole or not at all; returns its manifest. `connect` gives the owner's session."""
    public = config.data / "secrets" / RECOVERY_PUBLIC
    if not public.exists():
        raise Malformed("There is no recovery key yet. Make one first, onto a medium: platewarden backup key FOLDER")
    if target.exists():
        raise Malformed(f"{target} is there already. Name another file; a backup is never written over.")
    draft = target.with_name(f".{target.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as raw:
            sealed = _Sealing(raw, public.read_bytes())
            with tarfile.open(fileobj=sealed, mode="w|") as tar, connect() as conn:
                manifest = _write(tar, config, conn)
            sealed.finish()
            raw.flush()
            os.fsync(raw.fileno())
        draft.rename(target)
    except OSError as error:
        raise Unavailable(
            f"The backup cannot be written to {target.parent} ({error.strerror}). Nothing is left of it there."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(tar: tarfile.TarFile, config: ServerConfig, conn: psycopg.Connection[Any]) -> dict[str, Any]:
    conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    conn.read_only = True
    with conn.transaction():
        tables = _tables(conn)
        manifest = {
            "version": platewarden.__version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "migrations": _migrations(conn),
            "days": [[parent, day.isoformat()] for parent, day in _days(conn)],
            "rows": {name: _count(conn, name) for name in tables},
            "tables": tables,
        }
        _add(tar, "manifest.json", json.dumps(manifest).encode())
        for name in KEYS:
            _add(tar, f"secrets/{name}", (config.data / "secrets" / name).read_bytes())
        for name in tables:
            for number, part in enumerate(_parts(conn, name)):
                _add(tar, f"tables/{name}/{number:06}", part)
    for folder, shape in FILES.items():
        for path in sorted((config.data / folder).rglob("*.*")):
            name = path.relative_to(config.data / folder).as_posix()
            if not shape.fullmatch(name):
                continue
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # its day ended meanwhile, or it was handed over
            _add(tar, f"{folder}/{name}", content)
    return manifest


def look_at_backup(source: Path, recovery: SealingKey) -> dict[str, Any]:
    """The manifest of a backup, before anything is done with it. Malformed or Tampered when this key does not open it."""
    with source.open("rb") as raw, tarfile.open(fileobj=_Opening(raw, recovery), mode="r|") as tar:
        manifest: dict[str, Any] = json.loads(_read(tar, next(iter(tar))))
    return manifest


def restore_backup(
    source: Path,
    recovery: SealingKey,
    *,
    prepare: Callable[[dict[str, bytes]], ServerConfig],
    connect: Callable[[ServerConfig], psycopg.Connection[Any]],
) -> dict[str, Any]:
    """Brings a backup back; returns its manifest.

    `prepare` is given the office's keys, and sets up an empty server with them. Tampered when the file does not open or was cut: then the
    database is left empty.
    """
    with source.open("rb") as raw, tarfile.open(fileobj=_Opening(raw, recovery), mode="r|") as tar:
        members = iter(tar)
        manifest: dict[str, Any] = json.loads(_read(tar, next(members)))
        found: dict[str, bytes] = {}
        member = next(members)
        while member.name.startswith("secrets/"):
            found[member.name.removeprefix("secrets/")] = _read(tar, member)
            member = next(members)
        config = prepare(found)
        with connect(config) as conn, conn.transaction():
            if _migrations(conn) != manifest["migrations"]:
                raise Malformed(
                    f"This backup was made by version {manifest['version']}, with another schema. Restore it with that version, then migrate."
                )
            conn.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(map(_named, PREFILLED))))
            for parent, day in manifest["days"]:
                conn.execute("select plates.make_span(%s, %s)", [date.fromisoformat(day), [parent]])
            last = _load_tables(tar, member, members, conn)
            _extract_files(tar, last, members, config)
            for name, rows in manifest["rows"].items():
                if _count(conn, name) != rows:
                    raise Tampered(f"The backup has not all rows of {name}. Take another one.")
            _set_sequences(conn)
    return manifest


def _load_tables(
    tar: tarfile.TarFile, member: tarfile.TarInfo | None, members: Iterator[tarfile.TarInfo], conn: psycopg.Connection[Any]
) -> tarfile.TarInfo | None:
    """Loads every table; gives the first member that is not one of a table."""
    while member is not None and member.name.startswith("tables/"):
        name = member.name.split("/")[1]
        with conn.cursor().copy(sql.SQL("copy {} from stdin (format binary)").format(_named(name))) as copy:
            while member is not None and member.name.startswith(f"tables/{name}/"):
                copy.write(_read(tar, member))
                member = next(members, None)
    return member


def _extract_files(
    tar: tarfile.TarFile, member: tarfile.TarInfo | None, members: Iterator[tarfile.TarInfo], config: ServerConfig
) -> None:
    while member is not None:
        parts = Path(member.name).parts
        shape = FILES.get(parts[0])
        if shape is None or ".." in parts or not shape.fullmatch("/".join(parts[1:])):
            raise Tampered("The backup holds a file that no backup has. Take another one.")
        folder = config.data
        for part in parts[:-1]:
            folder = own_folder(folder / part, like=config.data)
        write_own_file(folder / parts[-1], _read(tar, member), replace=True)
        member = next(members, None)


# Tables


def _tables(conn: psycopg.Connection[Any]) -> list[str]:
    """Every table, each after those that it points at."""
    names = {
        name
        for (name,) in conn.execute(
            "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('office', 'plates') and c.relkind in ('r', 'p') and not c.relispartition"
        )
    } - LEFT_OUT
    points_at = conn.execute(
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f' and conparentid = 0"
    ).fetchall()
    waits_for: dict[str, set[str]] = {name: set() for name in names}
    for one, other in points_at:
        of, to = (each if "." in each else f"office.{each}" for each in (one, other))
        if of in names and to in names and of != to:
            waits_for[of].add(to)
    ordered: list[str] = []
    while len(ordered) < len(names):
        ready = sorted(name for name in names if name not in ordered and waits_for[name] <= set(ordered))
        assert ready, "tables point at one another in a circle"
        ordered += ready
    return ordered


def _parts(conn: psycopg.Connection[Any], name: str) -> Iterator[bytes]:
    held = io.BytesIO()
    with conn.cursor().copy(sql.SQL("copy (select * from {}) to stdout (format binary)").format(_named(name))) as copy:
        for piece in copy:
            held.write(piece)
            if held.tell() >= PART:
                yield held.getvalue()
                held = io.BytesIO()
    yield held.getvalue()


def _days(conn: psycopg.Connection[Any]) -> list[tuple[str, date]]:
    return [
        (parent, day)
        for parent, day in conn.execute(
            "select p.relname, to_date(right(c.relname, 8), 'YYYYMMDD') from pg_inherits i join pg_class p on p.oid = i.inhparent"
            " join pg_class c on c.oid = i.inhrelid where p.relnamespace = 'plates'::regnamespace and c.relkind = 'r' order by 2, 1"
        )
    ]


def _migrations(conn: psycopg.Connection[Any]) -> list[list[str]]:
    return [list(row) for row in conn.execute("select app, name from office.django_migrations order by 1, 2").fetchall()]


def _count(conn: psycopg.Connection[Any], name: str) -> int:
    row = conn.execute(sql.SQL("select count(*) from {}").format(_named(name))).fetchone()
    return int(row[0]) if row else 0


def _set_sequences(conn: psycopg.Connection[Any]) -> None:
    """Numbers go on after the highest that came back."""
    for table, column, sequence in conn.execute(
        "select t.oid::regclass::text, a.attname, s.oid::regclass::text from pg_class s join pg_depend d on d.objid = s.oid and d.deptype in ('a', 'i')"
        " join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid"
        " join pg_namespace n on n.oid = t.relnamespace where s.relkind = 'S' and n.nspname in ('office', 'plates')"
    ).fetchall():
        conn.execute(
            sql.SQL("select setval({}, coalesce((select max({}) from {}), 0) + 1, false)").format(
                sql.Literal(sequence), sql.Identifier(column), _named(table)
            )
        )


def _named(name: str) -> sql.Identifier:
    return sql.Identifier(*(name if "." in name else f"office.{name}").replace('"', "").split("."))


# The file


class _Sealing(io.RawIOBase):
    """Writes what it is given as numbered chunks under a fresh key, which is sealed to the recovery key."""

    def __init__(self, raw: IO[bytes], public: bytes) -> None:
        key = AESGCM.generate_key(256)
        sealed = seal_to(public, key)
        raw.write(HEAD + len(sealed).to_bytes(4, "big") + sealed)
        self._raw, self._box, self._number, self._held = raw, AESGCM(key), 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._held += content
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), is_last=False)
            del self._held[:CHUNK]
        return len(content)

    def finish(self) -> None:
        self._put(bytes(self._held), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        sealed = self._box.encrypt(_nonce(self._number, is_last=is_last), chunk, HEAD)
        self._raw.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class _Opening(io.RawIOBase):
    """Reads such a file from its beginning to its marked end. Tampered when a chunk is missing, changed or out of place."""

    def __init__(self, raw: IO[bytes], recovery: SealingKey) -> None:
        if raw.read(len(HEAD)) != HEAD:
            raise Malformed(
                "This is no backup of Platewarden, or of another version. Name the file that `platewarden backup` wrote."
            )
        self._raw, self._number, self._held, self._ended = raw, 0, bytearray(), False
        self._box = AESGCM(recovery.unseal(self._sized()))
        self._next = self._sized()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._held) < size):
            self._take()
        taken = bytes(self._held[: size if size >= 0 else None])
        del self._held[: len(taken)]
        return taken

    def _take(self) -> None:
        sealed, following = self._next, self._raw.read(4)
        is_last = not following
        try:
            self._held += self._box.decrypt(_nonce(self._number, is_last=is_last), sealed, HEAD)
        except InvalidTag as error:
            raise Tampered("This backup was cut or changed. Take another one, and tell the Administrative Supervisor.") from error
        self._number += 1
        self._ended = is_last
        if not is_last:
            self._next = self._exactly(int.from_bytes(following, "big"))

    def _sized(self) -> bytes:
        return self._exactly(int.from_bytes(self._exactly(4), "big"))

    def _exactly(self, size: int) -> bytes:
        found = self._raw.read(size) if size <= 2 * CHUNK else b""
        if len(found) != size:
            raise Tampered("This backup was cut or changed. Take another one, and tell the Administrative Supervisor.")
        return found


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    if file is None:
        raise Tampered("The backup holds something that is no file. Take another one.")
    return file.read()
