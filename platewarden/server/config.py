"""What the server is told once: where its data lies, where its database is, which doors it opens, and its secrets.

Two kinds of file in the data folder, both readable by their owner only:

- `config.toml`, facts that are no secret and no policy. A key that nobody knows is a refusal to start, never a guess.
- `secrets/<name>`, one secret each, 0600 in a folder of 0700. A secret that others may read is treated as told to
  everybody: it is refused, and the sentence says what to do.

When root sets the server up, these files belong to the owner of the data folder (the service user), not to root.

Order of every write: a new file beside it, flushed to disk, renamed over the old one, the folder flushed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from platewarden.policy.refusal import Malformed, Unavailable

__all__ = [
    "LOGIN_ROLES",
    "DatabaseAddress",
    "DatabaseLogin",
    "ServerConfig",
    "StateSystem",
    "create_password",
    "create_secret",
    "create_token",
    "has_secret",
    "own_folder",
    "read_password",
    "read_secret",
    "socket_folder",
    "usual_data",
    "write_own_file",
]

LOGIN_ROLES: Final = ("owner", "app", "login", "ingest", "purge")  # the door's role can't log in

_CONFIG_FILE: Final = "config.toml"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,50}")  # a role's suffix still fits into PostgreSQL's 63 bytes
_SECRET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")
_SSL_MODES: Final = ("disable", "prefer", "require", "verify-ca", "verify-full")


def usual_data(name: str) -> Path:
    """Where data lies when nobody says otherwise: a place the service user can enter, or one's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/platewarden") / name
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "platewarden" / name


def socket_folder(data: Path) -> Path:
    """Where the embedded database's socket lies: in the data folder, or, if that name is too long for a socket, in /tmp."""
    near = data.absolute() / "run"
    if len(os.fsencode(near)) + len("/.s.PGSQL.65535") <= 107:
        return near
    return Path("/tmp") / f"platewarden-{hashlib.sha256(os.fsencode(data.absolute())).hexdigest()[:12]}"  # noqa: S108 - 0700, its owner is checked


# Files of one's own


def own_folder(path: Path, *, like: Path | None = None) -> Path:
    """Makes a folder that only its owner enters. As root it is given to the owner of the folder `like`."""
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or not path.is_dir():
        raise Unavailable(f"{path} should be a folder of the server's own, and is something else. Move it away and run it again.")
    if os.geteuid() == 0 and like is not None:
        whose = like.stat()
        os.chown(path, whose.st_uid, whose.st_gid, follow_symlinks=False)
    path.chmod(0o700)
    return path


def write_own_file(path: Path, content: bytes, *, replace: bool) -> None:
    """Writes a 0600 file whole or not at all. Without `replace`, a file that is there already stays and is an error."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if os.geteuid() == 0:
                whose = path.parent.stat()
                os.fchown(file.fileno(), whose.st_uid, whose.st_gid)
            os.fchmod(file.fileno(), 0o600)
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)  # fails if the file is there: two that start at once make one secret, not two
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_own_file(path: Path, what: str) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise Unavailable(
            f"{what} is missing: {path} isn't there. Run `platewarden setup` again, or bring it back from the backup."
        ) from None
    except OSError as error:
        raise Unavailable(
            f"{what} can't be opened: {path}: {error.strerror}. Run this as the user who owns the data folder."
        ) from error
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or stat.S_IMODE(facts.st_mode) & 0o177:
            raise Unavailable(
                f"{what} is refused: {path} is open to others (mode {stat.S_IMODE(facts.st_mode):04o}, wanted 0600). "
                "Treat it as told: change it, then `chmod 600` it."
            )
        if facts.st_uid != os.geteuid() and not (os.geteuid() == 0 and facts.st_uid == path.parent.stat().st_uid):
            raise Unavailable(
                f"{what} is refused: {path} belongs to somebody else. Give it to the owner of the data folder with `chown`."
            )
        return file.read()


# Secrets


def _secret_path(data: Path, name: str) -> Path:
    if not _SECRET_NAME.fullmatch(name):
        raise Malformed(f"“{name}” is no name for a secret: lower-case letters, digits, dots and hyphens.")
    return data / "secrets" / name


def has_secret(data: Path, name: str) -> bool:
    return os.path.lexists(_secret_path(data, name))


def read_secret(data: Path, name: str) -> bytes:
    """The bytes of one secret. Refuses a file that others may read, or that somebody else put there."""
    path = _secret_path(data, name)
    if path.parent.is_dir() and stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        raise Unavailable(
            f"The folder of the secrets is open to others: {path.parent}. `chmod 700` it, then change what lay in it."
        )
    return _read_own_file(path, f"The secret “{name}”")


def create_secret(data: Path, name: str, n_bytes: int = 32) -> bytes:
    """Makes a random secret unless it is there already; either way returns the one that counts."""
    return _create(data, name, secrets.token_bytes(n_bytes))


def create_password(data: Path, role: str) -> str:
    """Makes a role's password (`<role>.password`, one line of text) unless it is there already."""
    return create_token(data, f"{role}.password")


def create_token(data: Path, name: str) -> str:
    """Makes a secret that is one line of text unless it is there already."""
    return _create(data, name, secrets.token_urlsafe(32).encode()).decode("ascii").strip()


def read_password(data: Path, role: str) -> str:
    return read_secret(data, f"{role}.password").decode("ascii").strip()


def _create(data: Path, name: str, content: bytes) -> bytes:
    path = _secret_path(data, name)
    own_folder(path.parent, like=data)
    with contextlib.suppress(FileExistsError):
        if not os.path.lexists(path):
            write_own_file(path, content, replace=False)
    return read_secret(data, name)


# The database


@dataclass(frozen=True, kw_only=True)
class DatabaseLogin:
    """All that libpq wants to know to log in as one role. Its printed form leaves the password out."""

    host: str
    port: int
    dbname: str
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)  # sslmode, sslrootcert

    @property
    def params(self) -> dict[str, Any]:
        return {
            "host": self.host,
            "port": self.port,
            "dbname": self.dbname,
            "user": self.user,
            "password": self.password,
            **self.options,
        }

    @property
    def conninfo(self) -> str:
        """As libpq's one string, for `psycopg.connect`. Holds the password: never print it."""
        return " ".join(f"{key}='{_quoted(value)}'" for key, value in self.params.items())


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "\\'")


@dataclass(frozen=True, kw_only=True)
class DatabaseAddress:
    """Which database, and nothing of who may enter it. `embedded` means that this server keeps it running itself."""

    dbname: str
    host: str = ""
    port: int = 5432
    embedded: bool = False
    sslmode: str = ""
    sslrootcert: str = ""

    def __post_init__(self) -> None:
        if (
            not _NAME.fullmatch(self.dbname)
            or self.dbname.startswith("pg_")
            or self.dbname in ("postgres", "template0", "template1")
        ):
            raise Malformed(
                f"“{self.dbname}” can't be the database's name: lower-case letters, digits and _, not starting with a digit or pg_."
            )
        if not 1 <= self.port <= 65535:
            raise Malformed(f"{self.port} is no port: it is a number from 1 to 65535.")
        if self.sslmode and self.sslmode not in _SSL_MODES:
            raise Malformed(f"sslmode is “{self.sslmode}”; it is one of {', '.join(_SSL_MODES)}.")
        if not self.is_near and self.sslmode in ("disable", "prefer", ""):
            raise Malformed(
                f"The database on {self.host} is on another machine: set sslmode to verify-full (or verify-ca, require)."
            )

    @classmethod
    def from_url(cls, url: str) -> DatabaseAddress:
        """Reads `postgresql://host[:port]/name[?sslmode=...&sslrootcert=...]`. A user or password in it is refused."""
        parts = urlsplit(url)
        if parts.scheme not in ("postgresql", "postgres"):
            raise Malformed("The database URL starts with postgresql://, for example postgresql://db.example.org/platewarden.")
        if parts.username is not None or parts.password is not None:
            raise Malformed(
                "The database URL names host and database only: the roles' passwords are files of 0600, never part of a URL."
            )
        asked = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        unknown = sorted(set(asked) - {"host", "sslmode", "sslrootcert"})
        if unknown:
            raise Malformed(
                f"The database URL says {unknown[0]}, which is not known. Known: host (a socket's folder), sslmode, sslrootcert."
            )
        try:
            port = parts.port or 5432
        except ValueError:
            raise Malformed("The database URL's port is a number from 1 to 65535.") from None
        host = asked.get("host") or parts.hostname or ""
        if not host:
            raise Malformed("The database URL names no host. A socket is named as postgresql:///name?host=/folder.")
        is_near = host.startswith("/") or host in _LOOPBACK
        return cls(
            dbname=parts.path.lstrip("/"),
            host=host,
            port=port,
            sslmode=asked.get("sslmode") or ("" if is_near else "verify-full"),
            sslrootcert=asked.get("sslrootcert", ""),
        )

    @property
    def is_near(self) -> bool:
        return self.embedded or self.host.startswith("/") or self.host in _LOOPBACK

    @property
    def options(self) -> dict[str, str]:
        return {key: value for key, value in (("sslmode", self.sslmode), ("sslrootcert", self.sslrootcert)) if value}

    def login(self, user: str, password: str, *, dbname: str | None = None) -> DatabaseLogin:
        return DatabaseLogin(
            host=self.host, port=self.port, dbname=dbname or self.dbname, user=user, password=password, options=self.options
        )


# The official state system


@dataclass(frozen=True, kw_only=True)
class StateSystem:
    """Where the department's connector to the official state system answers, and the source whose authorization its returns need."""

    url: str
    source: str
    seconds: int = 8  # an answer that takes longer has timed out
    certificate_sha256: str = ""  # pins the connector's own certificate; without it the system's authorities decide

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.fragment:
            raise Malformed("[state_system] url looks like https://connector.example.org/ask. Correct it.")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise Malformed("[state_system] url would send plates in the clear: off this machine it starts with https://.")
        if not 0 < len(self.source) <= 40 or not self.source.isprintable():
            raise Malformed("[state_system] source names the official database in 1 to 40 printable characters, such as LEADS.")
        if not 1 <= self.seconds <= 30:
            raise Malformed(f"[state_system] seconds is {self.seconds}; it is a number from 1 to 30.")
        if self.certificate_sha256 and (parts.scheme != "https" or not re.fullmatch("[0-9a-f]{64}", self.certificate_sha256)):
            raise Malformed("[state_system] certificate_sha256 is 64 small hexadecimal digits, and goes with an https:// address.")


# The whole


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """`config.toml`, read strictly. No password is in it, and nothing that the policy decides."""

    data: Path
    database: DatabaseAddress
    role_prefix: str
    web_bind: str = "127.0.0.1"
    web_port: int = 8427
    intake_bind: str = "127.0.0.1"
    intake_port: int = 8428
    public_origin: str = "http://localhost:8427"  # what the browser's address bar says
    intake_origin: str = ""  # what the units are told, if it differs
    certificate: Path | None = None  # TLS, if this server ends it itself
    certificate_key: Path | None = None
    intake_certificate: Path | None = None  # the door for cars may have its own: cars trust exactly this one, for years
    intake_certificate_key: Path | None = None
    department_file: Path | None = None
    state_system: StateSystem | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.role_prefix) or self.role_prefix.startswith("pg_"):
            raise Malformed(
                f"“{self.role_prefix}” can't be the roles' first name: lower-case letters, digits and _, not starting with pg_."
            )
        for name, port in (("web", self.web_port), ("intake", self.intake_port)):
            if not 1 <= port <= 65535:
                raise Malformed(f"{port} is no port for {name}: it is a number from 1 to 65535.")
        self._refuse_half_of_tls()
        for origin in filter(None, (self.public_origin, self.intake_origin)):
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
                raise Malformed(f"“{origin}” is no origin: it looks like https://alpr.example.org or http://localhost:8427.")
            if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
                raise Malformed(f"{origin} would send passwords in the clear: off this machine it starts with https://.")

    def _refuse_half_of_tls(self) -> None:
        if (self.certificate is None) != (self.certificate_key is None):
            raise Malformed("TLS needs both: certificate and certificate_key. One of them is missing.")
        if (self.intake_certificate is None) != (self.intake_certificate_key is None):
            raise Malformed("[intake] needs both for TLS of its own: certificate and certificate_key. One of them is missing.")
        for name, bind, pair in (("web", self.web_bind, self.web_tls), ("intake", self.intake_bind, self.intake_tls)):
            if bind not in _LOOPBACK and pair is None:
                raise Malformed(
                    f"[{name}] bind = “{bind}” would be heard beyond this machine without TLS. Give a certificate, or bind 127.0.0.1."
                )

    @property
    def is_tls(self) -> bool:
        return self.public_origin.startswith("https://")

    @property
    def web_tls(self) -> tuple[Path, Path] | None:
        """The certificate and key of the pages, if this server ends TLS itself."""
        return (self.certificate, self.certificate_key) if self.certificate and self.certificate_key else None

    @property
    def intake_tls(self) -> tuple[Path, Path] | None:
        """The certificate and key of the door for cars: its own, else those of the pages."""
        if self.intake_certificate and self.intake_certificate_key:
            return self.intake_certificate, self.intake_certificate_key
        return self.web_tls

    @property
    def allowed_hosts(self) -> list[str]:
        """The names by which browsers and units may call this server."""
        named = [urlsplit(origin).hostname or "" for origin in (self.public_origin, self.intake_origin) if origin]
        return sorted({*named, "localhost", "127.0.0.1"})

    def role(self, name: str) -> str:
        return f"{self.role_prefix}_{name}"

    def connection(self, role: str) -> DatabaseLogin:
        """How to log in as one role (`app`, `login`, `ingest`, `purge`, `owner`), password included."""
        if role not in LOGIN_ROLES:
            raise Malformed(f"“{role}” is no login of the database; known: {', '.join(LOGIN_ROLES)}.")
        return self.database.login(self.role(role), read_password(self.data, role))

    def conninfo(self, role: str) -> str:
        return self.connection(role).conninfo

    def read_secret(self, name: str) -> bytes:
        return read_secret(self.data, name)

    def create_secret(self, name: str, n_bytes: int = 32) -> bytes:
        return create_secret(self.data, name, n_bytes)

    @classmethod
    def is_there(cls, data: Path) -> bool:
        return (data / _CONFIG_FILE).exists()

    @classmethod
    def load(cls, data: Path) -> ServerConfig:
        """Reads `config.toml` of a data folder. A key that is missing, unknown or of another kind is refused by name."""
        data = data.absolute()  # not resolve(): the name the installer chose is the one that is shown
        path = data / _CONFIG_FILE
        if not path.exists():
            raise Unavailable(f"{data} has no {_CONFIG_FILE}. Run `platewarden setup --data {data}` first.")
        try:
            told = tomllib.loads(_read_own_file(path, "The configuration").decode("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Malformed(f"{path} can't be read: {error}. Mend the line it names.") from error
        reader = _Reader(path, told)
        embedded = reader.truth("database", "embedded", default=False)
        host = reader.text("database", "host", "")
        if embedded == bool(host):
            raise Malformed(f"{path}: [database] is either embedded = true or names a host, not both and not neither.")
        config = cls(
            data=data,
            database=DatabaseAddress(
                dbname=reader.text("database", "name"),
                host=str(socket_folder(data)) if embedded else host,
                port=reader.number("database", "port", 5432),
                embedded=embedded,
                sslmode=reader.text("database", "sslmode", ""),
                sslrootcert=reader.text("database", "sslrootcert", ""),
            ),
            role_prefix=reader.text("database", "role_prefix"),
            web_bind=reader.text("web", "bind", cls.web_bind),
            web_port=reader.number("web", "port", cls.web_port),
            public_origin=reader.text("web", "public_origin", cls.public_origin).rstrip("/"),
            certificate=reader.path("web", "certificate"),
            certificate_key=reader.path("web", "certificate_key"),
            intake_bind=reader.text("intake", "bind", cls.intake_bind),
            intake_port=reader.number("intake", "port", cls.intake_port),
            intake_origin=reader.text("intake", "origin", "").rstrip("/"),
            intake_certificate=reader.path("intake", "certificate"),
            intake_certificate_key=reader.path("intake", "certificate_key"),
            department_file=reader.path("department", "file"),
            state_system=_state_system(reader, told),
        )
        reader.refuse_the_rest()
        return config

    def save(self) -> None:
        """Writes `config.toml`, whole or not at all."""
        own = self.database
        sections: dict[str, dict[str, object]] = {
            "database": {
                "embedded": own.embedded,
                "host": None if own.embedded else own.host,
                "port": own.port,
                "name": own.dbname,
                "role_prefix": self.role_prefix,
                "sslmode": own.sslmode or None,
                "sslrootcert": own.sslrootcert or None,
            },
            "web": {
                "bind": self.web_bind,
                "port": self.web_port,
                "public_origin": self.public_origin,
                "certificate": self.certificate,
                "certificate_key": self.certificate_key,
            },
            "intake": {
                "bind": self.intake_bind,
                "port": self.intake_port,
                "origin": self.intake_origin or None,
                "certificate": self.intake_certificate,
                "certificate_key": self.intake_certificate_key,
            },
            "department": {"file": self.department_file},
            "state_system": vars(self.state_system) if self.state_system else {},
        }
        lines = ["# Platewarden: what the server is told once. Passwords and keys are files in secrets/, never here."]
        for section, told in sections.items():
            said = [f"{key} = {_toml(value)}" for key, value in told.items() if value is not None]
            if said:
                lines += ["", f"[{section}]", *said]
        write_own_file(self.data / _CONFIG_FILE, ("\n".join(lines) + "\n").encode(), replace=True)


def _state_system(reader: _Reader, told: dict[str, Any]) -> StateSystem | None:
    url, source = reader.text("state_system", "url", ""), reader.text("state_system", "source", "")
    seconds = reader.number("state_system", "seconds", StateSystem.seconds)
    pinned = reader.text("state_system", "certificate_sha256", "")
    if "state_system" not in told:
        return None
    return StateSystem(url=url, source=source, seconds=seconds, certificate_sha256=pinned)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


class _Reader:
    """Takes keys out of a TOML table by section and name, and counts what nobody asked for."""

    def __init__(self, path: Path, told: dict[str, Any]) -> None:
        self._path = path
        self._told = told
        self._asked: set[tuple[str, str]] = set()

    def _take(self, section: str, key: str, default: object) -> Any:
        self._asked.add((section, key))
        table = self._told.get(section, {})
        if not isinstance(table, dict):
            raise Malformed(f"{self._path}: {section} should be a section, [{section}].")
        if key not in table and default is None:
            raise Malformed(f"{self._path}: [{section}] lacks {key}. Add it, or run `platewarden setup` again.")
        return table.get(key, default)

    def text(self, section: str, key: str, default: str | None = None) -> str:
        value = self._take(section, key, default)
        if not isinstance(value, str) or any(ord(letter) < 32 for letter in value):
            raise Malformed(f"{self._path}: [{section}] {key} should be a text on one line.")
        return value

    def number(self, section: str, key: str, default: int) -> int:
        value = self._take(section, key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Malformed(f"{self._path}: [{section}] {key} should be a whole number.")
        return value

    def truth(self, section: str, key: str, *, default: bool) -> bool:
        value = self._take(section, key, default)
        if not isinstance(value, bool):
            raise Malformed(f"{self._path}: [{section}] {key} should be true or false.")
        return value

    def path(self, section: str, key: str) -> Path | None:
        value = self.text(section, key, "")
        if value and not Path(value).is_absolute():
            raise Malformed(f"{self._path}: [{section}] {key} should be a whole path, starting with /.")
        return Path(value) if value else None

    def refuse_the_rest(self) -> None:
        for section, key in self._unasked():
            known = sorted(name for where, name in self._asked if where == section)
            hint = (
                f" Known there: {', '.join(known)}."
                if known
                else f" Known sections: {', '.join(sorted({s for s, _ in self._asked}))}."
            )
            raise Malformed(
                f"{self._path}: nobody knows {f'[{section}] {key}' if key else f'[{section}]'}.{hint} Take it out or mend its name."
            )

    def _unasked(self) -> Iterator[tuple[str, str]]:
        sections = {section for section, _ in self._asked}
        for section, table in self._told.items():
            if section not in sections or not isinstance(table, dict):
                yield section, ""
            else:
                yield from ((section, key) for key in table if (section, key) not in self._asked)
