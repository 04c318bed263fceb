"""`platewarden measure`: how well engines read a folder of labelled pictures, side by side.

Each engine runs in a process of its own, so that its memory is its own: that process is this very command with `--each`. What
counts as right is said in `platewarden.recognition.measure`.

Exit status: 0 everything was measured, 1 a picture could not be opened and was left out, 2 wrong use, for example a folder
without truth.jsonl, 3 an engine is not available.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platewarden.policy.refusal import Malformed

if TYPE_CHECKING:
    from platewarden.recognition.measure import Figures, Labels, Look, Share

__all__ = ["app"]

app = typer.Typer(rich_markup_mode="markdown")

A_PICTURE_WAS_LEFT_OUT, NOT_AVAILABLE = 1, 3
OF_A_REFUSAL = {2, 3}


@dataclass
class Run:
    """One engine's way through the folder."""

    engine: str
    looks: list[Look] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    peak_rss_mb: float | None = None
    is_whole: bool = False


@app.command("measure")
def measure(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Labelled pictures with their truth.jsonl.", show_default=False)],
    *,
    engine: Annotated[
        list[str] | None,
        typer.Option(
            "--engine",
            metavar="NAME",
            help="An engine to measure: platewarden, rapidocr, or fast-alpr, whose weights you fetch yourself. Say it again for a second one beside it.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw what was not read right, on pages: FILE.png, FILE-2.png.")
    ] = None,
    reliability: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Draw how often each confidence was right.")] = None,
    each: Annotated[
        bool, typer.Option("--each", help="One JSON object a line for each picture, of one engine, and no figures.")
    ] = False,
) -> None:
    """Measure how well engines read a folder of labelled pictures.

    All engines see the same pictures in one run, each in a process of its own, on one processor thread; opening a picture
    is not counted. Nothing leaves this machine. A sheet shows plates: keep it where the pictures are.

    Example: `platewarden measure photos/`

    Example: `platewarden measure photos/ --engine platewarden --json --sheet photos/failures.png`
    """
    from platewarden.recognition.weights import keep_numpy_to

    keep_numpy_to(1)
    from platewarden.recognition.measure import figures, load_labels
    from platewarden.recognition.recognizer import DEFAULT_ENGINE

    labels, names = load_labels(folder), list(dict.fromkeys(engine or [DEFAULT_ENGINE]))
    _must_be_png(sheet, reliability)
    if each:
        if len(names) > 1 or as_json or sheet or reliability:
            raise Malformed("--each is for one engine, and goes with neither --json nor a drawing.")
        _print_each(folder, labels, names[0])
        return
    runs = [_run_apart(folder, name, len(labels), progress=not as_json) for name in names]
    bad = list(dict.fromkeys(because for run in runs for because in run.bad))
    for because in bad:
        print(because, file=sys.stderr)
    told = [figures(run.engine, run.looks, left_out=len(run.bad), peak_rss_mb=run.peak_rss_mb) for run in runs]
    if as_json:
        print(json.dumps({"folder": str(folder), "engines": [one.as_json() for one in told]}))
    else:
        _print_table(told)
    _draw(folder, runs, sheet, reliability)
    if bad:
        raise typer.Exit(A_PICTURE_WAS_LEFT_OUT)


# One engine, in a process of its own ---------------------------------------------------------------------------------------


def _print_each(folder: Path, labels: tuple[Labels, ...], name: str) -> None:
    """What one engine sees, a line a picture as soon as it is read; the last line says its name and its peak of memory."""
    from platewarden.recognition.measure import mark
    from platewarden.recognition.picture import NotAPicture, look_at
    from platewarden.recognition.recognizer import Recognizer, open_engine

    recognizer, is_warm, bad = Recognizer(open_engine(name, threads=1)), False, 0
    for one in labels:
        picture = look_at(folder / one.image)
        if isinstance(picture, NotAPicture):
            print(json.dumps({"image": one.image, "error": picture.because}), flush=True)
            bad += 1
            continue
        if not is_warm:  # what an engine does once, it does now
            recognizer.recognise(picture)
            is_warm = True
        started = time.process_time()
        answers = recognizer.recognise(picture)
        cpu_ms = (time.process_time() - started) * 1000
        print(json.dumps(mark(one, answers, cpu_ms).as_json()), flush=True)
    print(json.dumps({"engine": recognizer.engine.name, "peak_rss_mb": _peak_rss_mb()}), flush=True)
    if bad:
        raise typer.Exit(A_PICTURE_WAS_LEFT_OUT)


def _peak_rss_mb() -> float | None:
    """The peak of this program alone. `getrusage` would count what its parent held when it started it."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:  # not Linux
        return None
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return round(int(peak[1]) / 1024, 1) if peak else None


def _run_apart(folder: Path, name: str, pictures: int, *, progress: bool) -> Run:
    """The same command for one engine in a process of its own, with a bar on a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    run = Run(name)
    with (
        Progress(
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not (progress and pictures > 1 and sys.stderr.isatty()),
        ) as bar,
        subprocess.Popen(_command(folder, name), stdout=subprocess.PIPE, text=True) as apart,
    ):
        assert apart.stdout is not None
        try:
            for line in bar.track(apart.stdout, total=pictures, description=name):
                _take(run, line)
            status = apart.wait()
        finally:
            if apart.poll() is None:
                apart.terminate()
    if run.is_whole:
        return run
    if status not in OF_A_REFUSAL:  # it has said its own sentence otherwise
        print(f"The engine “{name}” ended before it was done (status {status}). Is there enough memory?", file=sys.stderr)
        status = NOT_AVAILABLE
    raise typer.Exit(status)


def _command(folder: Path, name: str) -> list[str]:
    return [sys.executable, "-P", "-m", "platewarden", "measure", "--each", "--engine", name, "--", str(folder)]


def _take(run: Run, line: str) -> None:
    from platewarden.recognition.measure import Look

    if not line.endswith("\n"):  # it ended in the middle
        return
    row = json.loads(line)
    if "error" in row:
        run.bad.append(row["error"])
    elif "engine" in row:
        run.engine, run.peak_rss_mb, run.is_whole = row["engine"], row["peak_rss_mb"], True
    else:
        run.looks.append(Look.from_json(row))


# What comes out -------------------------------------------------------------------------------------------------------------


def _print_table(told: list[Figures]) -> None:
    """A row for each figure, a column for each engine."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    table = Table("", *(escape(one.engine) for one in told), box=box.SIMPLE_HEAD)
    for row in zip(*map(_column, told), strict=True):
        name = row[0][0]
        if any(value for _, value in row):
            table.add_row(name, *(Text(value or "-") for _, value in row))
    console = Console()
    console.print(table) if console.is_terminal else Console(width=max(80, 32 + 30 * len(told))).print(table)
    print("In brackets: the interval of 95 %. What each line counts: docs/reference/measure.md")


def _column(one: Figures) -> list[tuple[str, str]]:
    """Name and value of every figure; an empty value where the labels do not tell."""
    return [
        ("pictures", f"{one.pictures:,}"),
        ("left out, could not be opened", f"{one.left_out:,}" if one.left_out else ""),
        ("labelled plates", f"{one.plates:,}"),
        ("exact", _share(one.exact)),
        ("right (O is 0)", _share(one.right)),
        ("characters", "" if one.characters is None else f"{one.characters:.1%}"),
        ("plate found", _share(one.found)),
        ("wrong", _share(one.wrong)),
        ("not read", _share(one.abstained)),
        ("coverage at 1 % wrong", _share(one.coverage)),
        ("  from this confidence up", "" if one.accepted_from is None else f"{one.accepted_from:.4f}"),
        ("calibration error", "" if one.calibration_error is None else f"{one.calibration_error:.3f}"),
        ("state right when stated", _share(one.state_precision)),
        ("state stated", _share(one.state_coverage)),
        ("false plates", f"{one.false_plates} on {one.without_a_plate:,} pictures" if one.without_a_plate else ""),
        ("CPU ms a picture, median", "" if one.cpu_ms_median is None else f"{one.cpu_ms_median:.1f}"),
        ("CPU ms a picture, mean", "" if one.cpu_ms_mean is None else f"{one.cpu_ms_mean:.1f}"),
        ("peak memory", "" if one.peak_rss_mb is None else f"{one.peak_rss_mb:.0f} MB"),
    ]


def _share(share: Share | None) -> str:
    if share is None or share.share is None or share.interval is None:
        return ""
    low, high = share.interval
    return f"{share.share:.1%} ({low:.1%} to {high:.1%})"


def _must_be_png(*files: Path | None) -> None:
    """Wrong use is said before an hour of measuring, not after it."""
    for file in filter(None, files):
        if file.suffix.lower() != ".png" or not file.parent.is_dir():
            raise Malformed(f"“{file.name}” cannot be drawn there. Name a file that ends in .png, in a folder that exists.")


def _draw(folder: Path, runs: list[Run], sheet: Path | None, reliability: Path | None) -> None:
    from platewarden.recognition.sheet import draw_failures, draw_reliability

    seen = [(run.engine, run.looks) for run in runs]
    drawn = draw_failures(folder, seen, sheet) if sheet else []
    if reliability:
        draw_reliability(seen, reliability)
        drawn.append(reliability)
    if drawn:
        print(f"Drawn: {', '.join(path.name for path in drawn)}", file=sys.stderr)
    elif sheet:
        print("Everything was read right: there is no failure to draw.", file=sys.stderr)
