"""`platewarden read`: the plates in photographs and folders of photographs.

One JSON object a line with `--json`, in the order asked for; a table otherwise. A file that is not a usable picture is one
sentence on standard error, and the rest goes on.

Exit status: 0 everything was looked at, 1 a file was bad, 2 no such path, 3 the engine is not available.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from platewarden.recognition.picture import NotAPicture
    from platewarden.recognition.recognizer import Recognizer
    from platewarden.recognition.result import Reading, Unreadable

__all__ = ["Seen", "app"]

app = typer.Typer(rich_markup_mode="markdown")

A_FILE_WAS_BAD, NO_SUCH_PATH = 1, 2


@dataclass(frozen=True)
class Seen:
    """What was seen in one picture, and the processor time it took to open and read it."""

    image: str
    readings: tuple[Reading, ...]
    unreadable: tuple[Unreadable, ...]
    cpu_ms: float

    def as_json(self) -> dict[str, Any]:
        return {
            "image": self.image,
            "readings": [
                {
                    "text": reading.text,
                    "confidence": round(reading.confidence, 4),
                    "state": reading.state,
                    "state_confidence": reading.state_confidence,
                    "corners": _rounded(reading.corners),
                    "candidates": [_rounded(asdict(each)) for each in reading.candidates],
                    "characters": [_rounded(asdict(each)) for each in reading.characters],
                }
                for reading in self.readings
            ],
            "unreadable": [{"because": each.because, "corners": _rounded(each.corners)} for each in self.unreadable],
            "cpu_ms": round(self.cpu_ms, 1),
        }


@app.command("read")
def read_pictures(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PHOTO|FOLDER...", help="Photographs, or folders of them.", show_default=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")] = False,
    engine: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Which engine reads: platewarden, rapidocr, or fast-alpr, whose weights you fetch yourself."
        ),
    ] = "platewarden",
    threads: Annotated[int, typer.Option(metavar="N", help="How many processor threads the engine may use.", min=1)] = 1,
) -> None:
    """Read the plates in photographs, and say how sure each reading is.

    Nothing leaves this machine, and nothing is kept. A state that was not read is “unknown”, never a guess.

    Example: `platewarden read photo.jpg`

    Example: `platewarden read --json patrol/ > readings.jsonl`
    """
    from platewarden.recognition.weights import keep_numpy_to

    keep_numpy_to(threads)
    from platewarden.recognition.picture import printable
    from platewarden.recognition.recognizer import Recognizer, open_engine

    for path in paths:
        if not path.exists():
            print(f"{printable(str(path))} does not exist. Check the path.", file=sys.stderr)
            raise typer.Exit(NO_SUCH_PATH)
    pictures, bad = _pictures(paths)
    seen = _look_at_all(pictures, Recognizer(open_engine(engine, threads=threads)), progress=not as_json)
    for each in _print_lines(seen) if as_json else _print_table(seen):
        print(each.because, file=sys.stderr)
        bad += 1
    if bad:
        raise typer.Exit(A_FILE_WAS_BAD)


def _pictures(paths: Iterable[Path]) -> tuple[list[Path], int]:
    """The files to open, and how many folders had none. What a folder holds beside pictures is said, not dropped in silence."""
    from platewarden.recognition.picture import SUFFIXES, printable

    pictures: list[Path] = []
    empty = 0
    for path in paths:
        if not path.is_dir():
            pictures.append(path)
            continue
        files = sorted(each for each in path.rglob("*") if not each.is_dir() and not each.name.startswith("."))
        inside = [each for each in files if each.suffix.lower() in SUFFIXES]
        pictures += inside
        if not inside:
            print(f"{printable(str(path))} holds no pictures.", file=sys.stderr)
            empty += 1
        elif len(inside) < len(files):
            print(
                f"{printable(str(path))}: {len(files) - len(inside)} other files there are not pictures and were left out.",
                file=sys.stderr,
            )
    return pictures, empty


def _look_at_all(pictures: list[Path], recognizer: Recognizer, *, progress: bool) -> Iterator[Seen | NotAPicture]:
    """Each picture in turn, with a bar on a terminal when there are several."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not (progress and len(pictures) > 1 and sys.stderr.isatty()),
    ) as bar:
        for picture in bar.track(pictures, description="Reading"):
            yield _look_at(picture, recognizer)


def _look_at(path: Path, recognizer: Recognizer) -> Seen | NotAPicture:
    from platewarden.recognition.picture import NotAPicture, look_at
    from platewarden.recognition.result import Reading, Unreadable

    started = time.process_time()
    picture = look_at(path)
    if isinstance(picture, NotAPicture):
        return picture
    found = recognizer.recognise(picture)
    return Seen(
        image=picture.name,
        readings=tuple(each for each in found if isinstance(each, Reading)),
        unreadable=tuple(each for each in found if isinstance(each, Unreadable)),
        cpu_ms=(time.process_time() - started) * 1000,
    )


def _print_lines(seen: Iterable[Seen | NotAPicture]) -> Iterator[NotAPicture]:
    """One JSON object a line, at once; hands on what was bad."""
    for each in seen:
        if isinstance(each, Seen):
            print(json.dumps(each.as_json()), flush=True)
        else:
            print(json.dumps({"image": each.name, "error": each.because}), flush=True)
            yield each


def _print_table(seen: Iterable[Seen | NotAPicture]) -> Iterator[NotAPicture]:
    """A table for a person; hands on what was bad."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Picture", "Plate", "Sure", "State", "Could also be", box=box.SIMPLE_HEAD)
    for each in seen:
        if not isinstance(each, Seen):
            yield each
            continue
        for reading in each.readings:
            others = ", ".join(
                f"{other.text} {other.confidence:.0%}" for other in reading.candidates[:3] if other.confidence >= 0.01
            )
            table.add_row(
                Text(each.image, overflow="fold"),
                Text(reading.text, style="bold", no_wrap=True),
                f"{reading.confidence:.0%}",
                reading.state or "unknown",
                Text(others),
            )
        for poor in each.unreadable:
            table.add_row(Text(each.image, overflow="fold"), Text("unreadable", style="italic"), "", "", Text(poor.because))
        if not each.readings and not each.unreadable:
            table.add_row(Text(each.image, overflow="fold"), Text("no plate", style="dim"), "", "", "")
    console = Console()
    if table.row_count:
        console.print(table) if console.is_terminal else Console(width=120).print(table)


def _rounded(value: Any) -> Any:
    """Corners to tenths of a pixel, confidences to four places."""
    match value:
        case float():
            return round(value, 4)
        case tuple() | list():
            return [_rounded(each) for each in value]
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
    return value
