"""The drill: an office is backed up, purges, burns down and comes back; what it had purged does not come back with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from platewarden.bench.past import office_with_a_past
from tests.stories.test_an_ageing_read import found

ROOT = Path(__file__).parents[2]
SCRIPT = "import json, sys; sys.path.insert(0, {here!r}); from tests.stories.test_a_restored_backup import story; print(json.dumps(story()))"
MANY = 120
SEALED = b"age-encryption.org/v1 that waits to be handed over"


def told(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def looked_over(folder: Path, due: list[str], neighbours: list[str]) -> dict[str, object]:
    """What a restored office has: in a process of its own, since it is another office."""
    code = f"""
import json, uuid
from pathlib import Path
from platewarden.cli.server import start_django
from platewarden.server.config import ServerConfig
from platewarden.server.serve import database_of
folder = Path({str(folder)!r})
with database_of(ServerConfig.load(folder), say=lambda _: None):
    start_django(folder, "owner")
    from django.db import connection
    from platewarden.server.ledger.chain import check
    from platewarden.server.reads.images import find_picture
    def ask(question, *values):
        with connection.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchall()
    reads = ask("select plate, read_id, pictures from plates.reads union all select plate, read_id, pictures from plates.reads_held")
    opened = [plate for plate, read_id, pictures in reads for each in json.loads(pictures) if isinstance(find_picture(each, read_id), bytes)]
    checked = check()
    print(json.dumps({{
        "plates": sorted(plate for plate, *_ in reads), "opened": sorted(set(opened)), "ledger": checked.holds, "unsealed": checked.unsealed,
        "members": ask("select count(*) from office.people_member")[0][0], "sessions": ask("select count(*) from office.signed_in")[0][0],
        "next": ask("select nextval(pg_get_serial_sequence('office.ledger_leaf', 'leaf_id')) > (select max(leaf_id) from office.ledger_leaf)")[0][0],
    }}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {
        "due_found": sorted(found(folder, due)),
        "neighbours_found": len(found(folder, neighbours)),
    }


def story() -> dict[str, object]:
    place = Path(tempfile.mkdtemp(prefix="pw-drill-", dir="/tmp"))
    place.chmod(0o755)
    medium, keys = place / "medium", place / "keys"
    medium.mkdir()
    keys.mkdir()
    with office_with_a_past() as past:
        due, neighbours = [past.plate() for _ in range(MANY)], [past.plate() for _ in range(MANY)]
        for ago, plates in ((31, due), (12, neighbours)):
            past.open_day(ago)
            past.keep(ago, plates[:10], pictures=True)
            past.keep(ago, plates[10:], pictures=False)
        sealed = past.config.data / "releases" / "7.age"
        sealed.parent.mkdir(mode=0o700, exist_ok=True)
        sealed.write_bytes(SEALED)
        said: dict[str, object] = {"due": due, "neighbours": neighbours}
        asked = [
            past.command("backup", "key", str(medium)),
            past.command("backup", "make", str(place / "one.backup"), "--keys", str(keys)),
            past.command("retention", "purge"),
            past.command("retention", "certificate", "1", "--to", str(place / "certificate.txt")),
            past.command("backup", "make", str(place / "two.backup"), "--keys", str(keys)),
        ]
        done = [told(command) for command in asked]
        said["steps"] = [[each.returncode, each.stdout, each.stderr] for each in done]
        said["again"] = told(past.command("backup", "make", str(place / "one.backup"), "--keys", str(keys))).returncode
        said["key_again"] = told(past.command("backup", "key", str(medium))).returncode
    plain = (place / "one.backup").read_bytes()
    said["plates_in_the_file"] = sum(plate.encode() in plain for plate in due + neighbours)
    (place / "cut.backup").write_bytes(plain[:-100])
    changed = bytearray(plain)
    changed[len(plain) // 2] ^= 1
    (place / "changed.backup").write_bytes(bytes(changed))
    restore = [sys.executable, "-m", "platewarden", "restore"]
    with_key = ["--recovery-key", str(medium / "platewarden-recovery.key")]
    for name, extra in (
        ("one", ["--keys", str(keys), "--certificate", str(place / "certificate.txt")]),
        ("two", ["--keys", str(keys)]),
    ):
        folder = place / f"r-{name}"
        done_restore = told([*restore, str(place / f"{name}.backup"), *with_key, *extra, "--data", str(folder)])
        said[f"restore_{name}"] = [done_restore.returncode, done_restore.stdout, done_restore.stderr]
        said[name] = looked_over(folder, due, neighbours) | {"sealed": (folder / "releases" / "7.age").read_bytes() == SEALED}
    for name in ("cut", "changed"):
        done_restore = told([*restore, str(place / f"{name}.backup"), *with_key, "--data", str(place / f"r-{name}")])
        said[f"restore_{name}"] = [done_restore.returncode, done_restore.stdout, done_restore.stderr]
    over = told([*restore, str(place / "one.backup"), *with_key, "--data", str(place / "r-one")])
    said["restore_over"] = [over.returncode, over.stdout, over.stderr]
    subprocess.run(["rm", "-rf", str(place)], check=True)
    return said


@pytest.mark.slow
def test_a_restore_brings_the_office_back_and_nothing_that_was_purged() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(here=str(ROOT))], capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert [each[0] for each in said["steps"]] == [0] * 5, said["steps"]
    assert "4 added, 0 destroyed" in said["steps"][1][1]
    assert "0 added, 2 destroyed" in said["steps"][4][1]
    assert (said["again"], said["key_again"]) == (2, 2)
    assert said["plates_in_the_file"] == 0
    for name in ("one", "two"):
        code, out, words = said[f"restore_{name}"]
        assert code == 0, words
        back = said[name]
        assert back["plates"] == sorted(said["neighbours"])
        assert back["sealed"]
        assert back["opened"] == sorted(said["neighbours"][:10])
        assert (back["ledger"], back["members"], back["sessions"], back["next"]) == (True, 2, 0, True)
        assert (back["due_found"], back["neighbours_found"]) == ([], MANY)
        assert "days were purged again" in out
    for name in ("cut", "changed"):
        code, _, words = said[f"restore_{name}"]
        assert (code, "cut or changed" in words) == (1, True), words
    assert (said["restore_over"][0], "is not empty" in said["restore_over"][2]) == (2, True)
