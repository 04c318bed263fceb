"""What a bench tells: a line for each figure, or one JSON object in which a figure stands beside its named baseline of the same run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["told", "value_of"]

UNITS = {"_ms": "ms", "_ms_a_read": "ms", "_a_second": "1/s", "_s": "s", "_kb": "kB", "_mb": "MB"}


def told(
    bench: str,
    found: DataclassInstance,
    *,
    as_json: bool,
    against: Mapping[str, tuple[str, str, str]] | None = None,
    width: int = 28,
) -> str:
    """The figures of a run. `against` names, for a figure: its baseline in words, the figure of that, and the figure of their ratio."""
    facts = asdict(found)
    if not as_json:
        return "\n".join(f"{name.replace('_', ' '):{width}} {value}" for name, value in facts.items())
    beside = against or {}
    aside = {name for _, *others in beside.values() for name in others}
    figures = [_figure(name, value, facts, beside.get(name)) for name, value in facts.items() if name not in aside]
    machine = f"{platform.machine()}, {os.cpu_count()} processors"
    return json.dumps({"bench": bench, "machine": machine, "figures": figures})


def _figure(name: str, value: Any, facts: dict[str, Any], beside: tuple[str, str, str] | None) -> dict[str, Any]:
    words, baseline, ratio = beside or ("", "", "")
    unit = next((unit for end, unit in UNITS.items() if name.endswith(end)), "")
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "baseline": words,
        "baseline_value": facts.get(baseline),
        "ratio": facts.get(ratio),
    }


def value_of(said: str, name: str) -> Any:
    """One figure of what a bench told as JSON."""
    return next(each["value"] for each in json.loads(said)["figures"] if each["name"] == name)
