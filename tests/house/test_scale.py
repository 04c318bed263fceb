"""The arithmetic of docs/explanation/scale.md, done again from the figures that stand on it."""

from __future__ import annotations

import re

from tests.house.source import ROOT

PAGE = ROOT / "docs" / "explanation" / "scale.md"
FREE = 4 / 3
"""What is kept, and a third as much free."""


def figures() -> dict[str, float]:
    """The figures of the first table, by name."""
    return {name: float(value) for name, value in re.findall(r"(?m)^\| ([a-z_]+) \| ([\d.]+) \|", PAGE.read_text("utf-8"))}


def worked_out(reads: int) -> tuple[str, ...]:
    """The cells of the second table after the number of reads."""
    f = figures()
    rows = reads * f["row_days"] * f["row_kb"] / 1e6
    pictures = reads * (f["overview_kb"] * f["overview_days"] + f["plate_kb"] * f["plate_days"]) / 1e6
    peak = reads / 86_400 * f["peak"]
    network = peak * (f["row_kb"] + f["overview_kb"] + f["plate_kb"]) * 8 / 1000
    cores = max(1, -(-peak // f["door_reads_s"]))
    return (f"{rows:,.1f}", f"{pictures:,.0f}", f"{(rows + pictures) * FREE / 1000:,.2f}", f"{network:,.1f}", f"{cores:,.0f}")


def lines() -> list[tuple[int, tuple[str, ...]]]:
    """The rows of the second table."""
    text = PAGE.read_text("utf-8").partition("## The table")[2].partition("## Money")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [(int(row[1].replace(",", "")), tuple(row[2:])) for row in cells[2:]]


def test_every_line_of_the_table_follows_from_the_figures_above_it() -> None:
    table = lines()
    assert len(table) > 4
    assert [(reads, worked_out(reads)) for reads, _ in table] == table


def test_the_example_of_what_it_costs_follows_from_the_table() -> None:
    text = PAGE.read_text("utf-8").partition("## Money")[2]
    disk, cores = next((float(row[2].replace(",", "")), int(row[4])) for reads, row in lines() if reads == 10_000_000)
    said = re.search(r"needs ([\d,]+) dollars of disk and ([\d,]+) of cores", text)
    assert said
    assert said.groups() == (f"{disk * 25:,.0f}", f"{cores * 20:,.0f}")


def test_a_country_by_agencies_is_the_office_that_it_says() -> None:
    reads, _ = lines()[-1]
    assert f"{reads / 10_000:,.0f} reads a\nday" in PAGE.read_text("utf-8")
