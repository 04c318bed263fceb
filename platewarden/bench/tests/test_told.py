"""What a bench tells: lines, or JSON in which a figure has its unit and its baseline."""

import json
from dataclasses import dataclass

from platewarden.bench.told import told, value_of


@dataclass
class Found:
    reads: int = 3
    purge_ms: float = 10.0
    delete_ms: float = 80.0
    times_faster: float = 8.0
    spool_mb: float = 1.5


AGAINST = {"purge_ms": ("DELETE", "delete_ms", "times_faster")}


def test_lines_are_names_and_values():
    assert told("purge", Found(), as_json=False, width=12).splitlines()[:2] == ["reads        3", "purge ms     10.0"]


def test_a_figure_stands_beside_its_baseline_and_the_baseline_nowhere_else():
    said = told("purge", Found(), as_json=True, against=AGAINST)
    found = json.loads(said)
    assert (found["bench"], bool(found["machine"])) == ("purge", True)
    assert [each["name"] for each in found["figures"]] == ["reads", "purge_ms", "spool_mb"]
    assert found["figures"][1] == {
        "name": "purge_ms", "value": 10.0, "unit": "ms", "baseline": "DELETE", "baseline_value": 80.0, "ratio": 8.0,
    }  # fmt: skip
    assert found["figures"][2]["unit"] == "MB"
    assert value_of(said, "reads") == 3
