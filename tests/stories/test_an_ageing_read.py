"""A read's age, end to end: kept, held or not, purged by the real command; and then looked for in every byte that the store has.

The positive control comes first: the same search, decoding what the store encodes, finds every plate before the purge, and after it
finds every neighbour that was not due. A plate stands in files as its letters (rows, indexes, log); pictures are looked for by
opening them, since no plate is drawn in their bytes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from platewarden.bench.past import office_with_a_past

MANY, NEIGHBOURS, HELD, CORRECTED = 1000, 200, 5, 20
TOOL = Path(__file__).parents[2] / "tools" / "verify.py"

SCRIPT = """
import json, sys
from pathlib import Path
from platewarden.bench.past import office_with_a_past
sys.path.insert(0, {here!r})
from tests.stories.test_an_ageing_read import story
print(json.dumps(story()))
"""


def found(data: Path, plates: list[str]) -> dict[str, list[str]]:
    """Which of the plates stand in any file of the store, and in which files."""
    wanted = {plate.encode(): plate for plate in plates}
    hits: dict[str, list[str]] = {}
    for path in data.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        try:
            content = path.read_bytes()
        except OSError:
            continue
        for raw, plate in wanted.items():
            if raw in content:
                hits.setdefault(plate, []).append(str(path.relative_to(data)))
    return hits


def pictures_open(rows) -> int:
    from platewarden.server.reads.images import find_picture

    return sum(isinstance(find_picture(pointer, read_id), bytes) for read_id, pointers in rows for pointer in pointers)


def story() -> dict[str, object]:
    """Runs in a process of its own: it is the owner of an office that it made. Gives what the test looks at."""
    with office_with_a_past() as past:
        data = past.config.data
        due, neighbours = [past.plate() for _ in range(MANY)], [past.plate() for _ in range(NEIGHBOURS)]
        held = due[:HELD]
        for ago, plates in ((31, due), (30, neighbours)):
            past.open_day(ago)
            past.keep(ago, plates[:40], pictures=True)
            past.keep(ago, plates[40:], pictures=False)
        for plate in held:
            past.hold(plate)
        put_right = {ago: [past.correct(plate) for plate in plates[:CORRECTED]] for ago, plates in ((31, due), (30, neighbours))}
        held_right = put_right[31][:HELD]
        with past.connect("purge") as worker:
            worker.execute("select plates.begin_gathering()")
            worker.execute("select plates.gather()")
        with past.connect() as owner:
            owner.execute("analyze plates.reads")
            owner.execute("analyze plates.plate_seen")
            owner.execute("analyze plates.gathered")
            gathered = owner.execute("select count(*) from plates.gathered").fetchall()
            rows = owner.execute("select read_id, pictures from plates.reads where plate = any (%s)", [due[:40]]).fetchall()
            owner.execute("select office.let_the_log_go()")
        said: dict[str, object] = {
            "gathered": gathered[0][0],
            "before": len(found(data, due)),
            "neighbours_before": len(found(data, neighbours)),
            "pictures_before": pictures_open(rows),
            "corrected_before": len(found(data, put_right[31])),
        }
        past.purge()
        with past.connect() as owner:
            for _ in range(2):
                owner.execute("select office.let_the_log_go()")
            places = owner.execute(NAMES).fetchall()
        left = found(data, [*due, *put_right[31]])
        files = {path.rpartition("/")[2].partition(".")[0]: name for name, path in places if path}
        said |= {
            "left": sorted(set(left) - set(held) - set(held_right)),
            "left_in": sorted({path for plate in set(left) - set(held) - set(held_right) for path in left[plate]}),
            "held_corrected": len(set(left) & set(held_right)),
            "held_corrected_in": sorted(
                {files.get(Path(path).name.partition(".")[0], path) for plate in held_right for path in left.get(plate, ())}
            ),
            "held_in": sorted(
                {files.get(Path(path).name.partition(".")[0], path) for plate in held for path in left.get(plate, ())}
            ),
            "neighbours_after": len(found(data, neighbours)),
            "corrected_after": len(found(data, put_right[30])),
            "pictures_after": pictures_open(rows),
        }
        subprocess.run(past.command("ledger", "publish", str(data / "published"), "--entries"), check=True, capture_output=True)
        note = subprocess.run(past.command("retention", "certificate", "1"), check=True, capture_output=True, text=True).stdout
        (data / "certificate.txt").write_text(note)
        key = (data / "published" / "key").read_text().strip()
        checked = subprocess.run(
            [
                sys.executable,
                "-I",
                str(TOOL),
                str(data / "published"),
                "--key",
                key,
                "--certificate",
                str(data / "certificate.txt"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        return said | {"verified": checked.returncode, "told": checked.stdout}


NAMES = """
select n.nspname || '.' || coalesce(t.relname, c.relname), pg_relation_filepath(c.oid)
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
where c.relkind in ('r', 'i', 't')
"""


@pytest.mark.slow
def test_an_ageing_read_leaves_no_trace_and_a_held_one_stays() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(here=str(TOOL.parents[1]))],
        capture_output=True,
        text=True,
        check=False,
        cwd=TOOL.parents[1],
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["gathered"] == MANY + NEIGHBOURS + 2 * CORRECTED
    assert (said["before"], said["neighbours_before"], said["pictures_before"]) == (MANY, NEIGHBOURS, 80)
    assert (said["left"], said["left_in"]) == ([], [])
    assert (said["corrected_before"], said["corrected_after"]) == (CORRECTED, CORRECTED)
    assert (said["held_corrected"], said["held_corrected_in"]) == (HELD, ["plates.correction_held"])
    assert said["neighbours_after"] == NEIGHBOURS
    assert said["pictures_after"] == 2 * HELD
    assert (said["verified"], "HOLDS." in said["told"]) == (0, True), said["told"]
    # What a hold spares stands where the docs say, and nowhere else (docs/reference/retention.md).
    assert {re.sub(r"_\d{8}$", "", each) for each in said["held_in"]} == {
        "plates.reads_held",
        "plates.hold_scope",
        "plates.access_terms",
        "plates.ledger_content",
    }
