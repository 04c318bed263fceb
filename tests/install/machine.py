"""A bare Debian 12 that is booted for one script and thrown away: its service manager is the real one, its network is none.

The base is made once by mmdebstrap from the machine's own Debian sources and kept in the user's cache, with the packages that will be asked for
as a repository in it. Each boot sees it through an overlay whose upper folder is the test's; systemd-nspawn boots it in mount, process
and network spaces of its own. When the test ends or is killed, everything in it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

TOOLS = ("mmdebstrap", "systemd-nspawn", "dpkg-scanpackages", "unshare")
NAMES = "127.0.0.1 localhost\n192.0.2.10 alpr.example.org alpr\n192.0.2.20 db.example.org\n"
# The names' addresses, all on this machine; what is sent to the database comes from the server's address, as it would outside.
ADDRESSES = """\
ip address add 192.0.2.10/32 dev lo
ip address add 192.0.2.20/32 dev lo
ip route replace table local local 192.0.2.20 dev lo src 192.0.2.10
"""
SERVICE = """\
[Service]
Type=exec
Environment=HOME=/var/tmp LANG=C.UTF-8
ExecStart=/bin/bash /typed.sh
ExecStopPost=/bin/systemctl poweroff --no-block
StandardOutput=file:/typed.log
StandardError=file:/typed.log
[Install]
WantedBy=multi-user.target
"""
SPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
OVERLAY = 'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/machine"'
BOOT = f"""\
set -e
{OVERLAY}
exec systemd-nspawn --quiet --register=no --keep-unit --private-network --resolv-conf=off --timezone=off --boot --console=pipe -D "$2/machine"
"""


class NoMachineError(Exception):
    """Nothing was typed: this machine has no Debian to boot, or may not boot it."""


def why_not() -> str:
    """Why no machine can be booted here; nothing when one can."""
    if os.geteuid() != 0:
        return "booting a machine takes root"
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"{', '.join(missing)} missing: tools/system-packages installs them"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        for folder in ("upper", "work", "machine"):
            (Path(place) / folder).mkdir()
        tried = subprocess.run(
            [*SPACES, "--net", "bash", "-c", OVERLAY, "try", "/", place], capture_output=True, text=True, check=False
        )
    return f"no spaces of its own: {tried.stderr.strip()}" if tried.returncode else ""


def cache() -> Path:
    place = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "platewarden-tests"
    place.mkdir(parents=True, exist_ok=True)
    return place


def bare_debian(packages: list[str]) -> Path:
    """The base: what Debian calls important, and the packages that will be asked for, not installed."""
    recipe = hashlib.sha256(" ".join(("1", *packages)).encode()).hexdigest()[:16]
    base = cache() / f"bookworm-{recipe}"
    if base.exists():
        return base
    sources = [path for path in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")) if _is_debian(path)]
    draft = Path(tempfile.mkdtemp(prefix="bookworm-", dir=cache()))
    hooks = (
        f'chroot "$1" apt-get install --yes --download-only --no-install-recommends {" ".join(packages)}',
        'mkdir "$1/repository" && mv "$1"/var/cache/apt/archives/*.deb "$1/repository/"',
        'cd "$1/repository" && dpkg-scanpackages --multiversion . > Packages',
        'rm -rf "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/auth.conf.d/*',
        'echo "deb [trusted=yes] file:/repository ./" > "$1/etc/apt/sources.list"',
        'printf \'APT::Install-Recommends "false";\\n\' > "$1/etc/apt/apt.conf.d/90bare"',
    )
    command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=important", *(f"--customize-hook={hook}" for hook in hooks)]
    try:
        done = subprocess.run(
            [*command, "bookworm", str(draft / "root"), *map(str, sources)], check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise NoMachineError(f"Debian's packages cannot be had here: {done.stderr.strip()[-400:]}")
        (draft / "root").rename(base)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return base


def _is_debian(path: Path) -> bool:
    try:
        return path.suffix in {".list", ".sources"} and "debian-archive-keyring" in path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def typed(script: str, base: Path, place: Path, medium: Path, *, at_most_s: float) -> Path:
    """Boots a machine of its own on `base`, types `script` there, with `medium` at /media/stick. Returns the machine's changed files."""
    upper = place / "upper"
    for folder in (upper, place / "work", place / "machine"):
        folder.mkdir()
    (upper / "etc" / "systemd" / "system" / "multi-user.target.wants").mkdir(parents=True)
    (upper / "typed.sh").write_text(ADDRESSES + script, "utf-8")
    (upper / "etc" / "hosts").write_text(NAMES, "utf-8")
    (upper / "etc" / "systemd" / "system" / "typed.service").write_text(SERVICE, "utf-8")
    (upper / "etc" / "systemd" / "system" / "multi-user.target.wants" / "typed.service").symlink_to("../typed.service")
    shutil.copytree(medium, upper / "media" / "stick" / "platewarden")
    for folder in (upper, *(path for path in upper.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    told = place / "boot.log"  # how the machine ended says nothing; how far the typing came does
    with told.open("wb") as log, contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [*SPACES, "bash", "-c", BOOT, "boot", str(base), str(place)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=at_most_s,
        )
    if not (upper / "typed.log").exists():
        raise NoMachineError(f"it does not boot here: {told.read_text('utf-8', errors='replace').strip()[-400:]}")
    return upper
