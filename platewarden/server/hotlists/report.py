"""The report of a list as a CSV: file, line, what is wrong. It repeats nothing that stands on a line."""

from __future__ import annotations

import csv
import io

from platewarden.server.hotlists.models import LoadReport

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(report: LoadReport) -> str:
    """The first 1,000 faults. A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["file", "line", "what is wrong"])
    for fault in report.fault_lines:
        rows.writerow([_plain(fault.file), fault.line, _plain(fault.sentence)])
    return out.getvalue()


def _plain(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell
