"""How many passages give exactly one read, and how soon the alarm comes: filmed streets, watched by one processor core.

    python -m platewarden.bench.passages --seconds 600 --passages 300 --json
    python -m platewarden.bench.passages --photographs FOLDER --json

Two cameras, one by day and one at dusk (`demo/street.py`), filmed into H.264 files first. Capture, recognition, tracker and matcher are
those of the car, and each frame costs the processor time that it really took; but the clock is the film's. A frame that comes while the core is at work waits in the camera's hand, a newer one takes its place, and that is counted:
so the figures are those of one whole core, however busy the machine is that measures.

With `--photographs` the same streets are filmed again with cars cut out of photographs (`demo/photographed.py`), by a camera that shakes in
a car, and measured the same way; the drawn cars of the same run are the baseline of each of their figures.

- A passage is readable when its plate could be read, by geometry, for at least a quarter of a second.
- A read belongs to the passage on whose plate it was seen. Every plate is on the list that is looked for.
- The alarm's delay runs from the first frame in which the plate could be read to the early word that answers it.

Known gap: drawing the alert on the screen, the journal's line on the disk and the spool aren't in it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, make_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platewarden.bench import end_in_order
from platewarden.bench.told import told
from platewarden.demo.photographed import by_light, car_photographs, in_turn
from platewarden.demo.street import Passing, Street, film
from platewarden.plate.match import LookedFor, answers
from platewarden.recognition.picture import NotAPicture
from platewarden.recognition.recognizer import Recognizer, open_engine
from platewarden.recognition.result import Box, Corners
from platewarden.recognition.track import Frame, Passage, Told, Tracker
from platewarden.recognition.weights import keep_numpy_to
from platewarden.unit.reporting import seen_plate
from platewarden.unit.video import FrameShot, Kind, VideoCamera

__all__ = ["Figures", "drawn", "is_readable", "passages", "photographed"]

BEGAN_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAST_S = 0.25


@dataclass
class Figures:
    """What came of it. `exactly_one` is to be at least 0.99 of `readable`, `duplicates` 0."""

    seconds: float = 0.0
    fps: int = 0
    cameras: int = 0
    passages: int = 0
    readable: int = 0
    with_one_read: int = 0
    exactly_one: float = 0.0
    duplicates: int = 0
    """Passages with more than one read."""
    missed: int = 0
    """Readable passages with none."""
    right: int = 0
    """Of those with one read: the text is the plate's (O taken for 0)."""
    kept_out: int = 0
    """Readable passages of photographed plates that the reader was never trained on."""
    kept_out_right: int = 0
    of_nothing: int = 0
    """Reads where there was no plate."""
    frames: int = 0
    processed: int = 0
    dropped: int = 0
    share_processed: float = 0.0
    frames_per_s_per_core: float = 0.0
    alarms: int = 0
    alarm_p50_s: float = 0.0
    alarm_p99_s: float = 0.0
    alarm_longest_s: float = 0.0


@dataclass
class _Camera:
    """One film as the car's camera gives it, and what the car knows of it."""

    street: Street
    lens: VideoCamera
    tracker: Tracker
    hand: FrameShot | None = None
    reads: dict[int, list[str]] = field(default_factory=dict)
    """Number of the passing -> texts of its reads."""
    alarms: dict[int, float] = field(default_factory=dict)
    """Number of the passing -> when its alarm came, in seconds of the film."""
    of_nothing: int = 0
    places: dict[int, int] = field(default_factory=dict)
    """Number of the tracker's passage -> that of the passing."""

    def next_shot(self) -> FrameShot | None:
        """The film's next frame, in order; None at its end."""
        while (shot := self.lens.next_shot()) is None and not self.lens.is_over():
            time.sleep(0.0005)
        return shot

    def passing_at(self, frame: int, place: Box) -> int | None:
        """Whose plate is there in this frame."""
        found = [
            (box.overlap(place), at)
            for at, each in enumerate(self.street.passings)
            if frame in each.boxes and (box := Box(*each.boxes[frame])).overlap(place) > 0.3
        ]
        return max(found)[1] if found else None

    def place(self, passage: int, frame: int, corners: Corners) -> None:
        """The frame that shows a passage best so far says whose it is."""
        whose = self.passing_at(frame, Box.around(corners))
        if whose is not None:
            self.places[passage] = whose

    def keep(self, passage: Passage) -> None:
        if passage.reading is None:
            return
        whose = self.places.get(passage.number)
        if whose is None:
            self.of_nothing += 1
        else:
            self.reads.setdefault(whose, []).append(passage.reading.text)

    def hear(self, told: Told, now_s: float) -> None:
        whose = self.places.get(told.passage)
        if whose is None or whose in self.alarms:
            return
        passing = self.street.passings[whose]
        if answers(seen_plate(told.reading), LookedFor(passing.text, is_pattern=False, state=None)):
            self.alarms[whose] = now_s


def drawn(*, seconds: float, passages: int, fps: int = 15, cameras: int = 2, seed: int = 427) -> list[Street]:
    """A street for each camera, every second one at dusk."""
    return [
        Street(seed + at, seconds=seconds, passages=(passages + at) // cameras, fps=fps, night=at % 2 == 1) for at in range(cameras)
    ]


def photographed(folder: Path, *, seconds: float, passages: int, fps: int = 15, cameras: int = 2, seed: int = 427) -> list[Street]:
    """The same with cars out of photographs: the lighter ones by day, the darker ones at dusk. Each photograph passes once at most."""
    halves = by_light(car_photographs(folder))
    streets = []
    for at in range(cameras):
        cars = halves[at % 2][at // 2 :: (cameras - at % 2 + 1) // 2]
        turn = in_turn(cars, (passages + at) // cameras, seed + at)
        streets.append(Street(seed + at, seconds=seconds, fps=fps, night=at % 2 == 1, photographs=turn))
    return streets


def passages(
    streets: Sequence[Street],
    *,
    recognizer: Recognizer | None = None,
    cost_s: Callable[[], float] = time.process_time,
    say: Callable[[str], None] = lambda _: None,
) -> Figures:
    """Films the streets, watches them, and counts. `cost_s` is a clock of processor time; a test brings one of its own."""
    recognizer = recognizer or Recognizer(open_engine())
    with tempfile.TemporaryDirectory(prefix="pw-passages-") as folder:
        watched = []
        for at, street in enumerate(streets, start=1):
            path = Path(folder) / f"{at}.mp4"
            film(path, street)
            watched.append(_Camera(street, _lens(path, f"camera {at}", say), Tracker(recognizer.together)))
        try:
            return _watch(watched, recognizer, cost_s, say)
        finally:
            for camera in watched:
                camera.lens.close()


def _lens(path: Path, name: str, say: Callable[[str], None]) -> VideoCamera:
    """The unit's own camera on a file. The clock stands still, so that a frame's time is the film's."""
    return VideoCamera(
        name,
        str(path),
        Kind.FILE,
        label=path.name,
        clock=lambda: BEGAN_AT,
        chance=random.Random(0),  # noqa: S311 - of pauses that a file never makes
        say=say,
    )


def _watch(watched: list[_Camera], recognizer: Recognizer, cost_s: Callable[[], float], say: Callable[[str], None]) -> Figures:
    fps, cameras = watched[0].street.fps, len(watched)
    figures = Figures(seconds=watched[0].street.frames_count / fps, fps=fps, cameras=cameras)
    now_s = spent_s = 0.0
    turn = 0
    for number in range(watched[0].street.frames_count):
        now_s = max(now_s, number / fps)
        began = cost_s()
        for camera in watched:
            if (shot := camera.next_shot()) is None:
                continue
            figures.frames += 1
            figures.dropped += camera.hand is not None
            camera.hand = shot
        took = cost_s() - began
        now_s, spent_s = now_s + took, spent_s + took
        while now_s < (number + 1) / fps and any(camera.hand for camera in watched):
            while watched[turn % cameras].hand is None:
                turn += 1
            camera = watched[turn % cameras]
            turn += 1
            assert camera.hand is not None
            taken, camera.hand = camera.hand, None
            took = _look(camera, recognizer, taken, now_s, cost_s=cost_s)
            now_s, spent_s = now_s + took, spent_s + took
            figures.processed += 1
        if number and number % (60 * fps) == 0:
            say(json.dumps(asdict(_count(figures, watched, spent_s, until=number - 6 * fps))))
    for camera in watched:
        for passage in camera.tracker.finish():
            camera.keep(passage)
    return _count(figures, watched, spent_s, until=None)


def _look(camera: _Camera, recognizer: Recognizer, shot: FrameShot, now_s: float, *, cost_s: Callable[[], float]) -> float:
    """One frame through recognition, tracker and matcher; how many seconds of a core it took."""
    began = cost_s()
    picture = shot.open()
    if isinstance(picture, NotAPicture):
        raise TypeError(picture.because)
    found = recognizer.recognise(picture)
    number = shot.number - 1
    step = camera.tracker.see(Frame(number, shot.captured_at, picture.width, picture.height), found)
    took = cost_s() - began
    for passage_number, corners in step.shows_best:
        camera.place(passage_number, number, corners)
    for word in step.told:
        camera.hear(word, now_s + took)
    for passage in step.passages:
        camera.keep(passage)
    return took


def _count(figures: Figures, watched: list[_Camera], spent_s: float, *, until: int | None) -> Figures:
    """The figures so far: of passings that were out of sight before the frame `until`."""
    delays: list[float] = []
    readable = one = right = missed = duplicates = total = kept_out = kept_out_right = 0
    for camera in watched:
        for at, passing in enumerate(camera.street.passings):
            if not passing.boxes or (until is not None and max(passing.boxes) > until):
                continue
            total += 1
            reads = camera.reads.get(at, [])
            duplicates += len(reads) > 1
            if not is_readable(passing, camera.street.fps):
                continue
            readable += 1
            one += len(reads) == 1
            missed += not reads
            is_right = len(reads) == 1 and reads[0].replace("O", "0") == passing.text.replace("O", "0")
            right += is_right
            if passing.photograph is not None and passing.photograph.was_kept_out:
                kept_out += 1
                kept_out_right += is_right
            if at in camera.alarms:
                delays.append(max(0.0, camera.alarms[at] - passing.readable[0] / camera.street.fps))
    delays.sort()
    figures.passages, figures.readable, figures.with_one_read = total, readable, one
    figures.exactly_one = round(one / readable, 4) if readable else 0.0
    figures.duplicates, figures.missed, figures.right = duplicates, missed, right
    figures.kept_out, figures.kept_out_right = kept_out, kept_out_right
    figures.of_nothing = sum(camera.of_nothing for camera in watched)
    figures.share_processed = round(figures.processed / max(1, figures.frames), 4)
    figures.frames_per_s_per_core = round(figures.processed / spent_s, 1) if spent_s else 0.0
    figures.alarms = len(delays)
    if delays:
        figures.alarm_p50_s = round(delays[len(delays) // 2], 3)
        figures.alarm_p99_s = round(delays[min(len(delays) - 1, int(0.99 * len(delays)))], 3)
        figures.alarm_longest_s = round(delays[-1], 3)
    return figures


def is_readable(passing: Passing, fps: int) -> bool:
    """Whether its plate could be read, by geometry, for long enough to ask a read of it."""
    return len(passing.readable) >= max(2, round(LEAST_S * fps))


def _together(cars: Figures, photographs: Figures) -> tuple[Any, dict[str, tuple[str, str, str]]]:
    """The figures of both films as one, and those of drawn cars as the baseline of those of photographs."""
    facts = asdict(cars) | {f"photographs_{name}": value for name, value in asdict(photographs).items()}
    beside = {f"photographs_{name}": ("drawn cars, the same run", name, "") for name in asdict(cars)}
    return make_dataclass("Together", facts)(**facts), beside


def _holds(figures: Figures) -> bool:
    return figures.duplicates == 0 and figures.exactly_one >= 0.99


def main(given: list[str] | None = None) -> int:
    """Prints the figures; 1 if a passage had two reads, or fewer than 99 % of the readable ones exactly one."""
    parser = argparse.ArgumentParser(
        prog="python -m platewarden.bench.passages",
        description="Filmed streets watched by one core: reads a passage, and the alarm's delay.",
    )
    parser.add_argument("--seconds", type=float, default=600.0, help="length of each film (default 600)")
    parser.add_argument("--passages", type=int, default=300, help="cars, over all cameras (default 300)")
    parser.add_argument("--fps", type=int, default=15, help="frames a second (default 15)")
    parser.add_argument("--cameras", type=int, default=2, help="how many cameras on the one core (default 2)")
    parser.add_argument("--seed", type=int, default=427, help="another seed, other films")
    parser.add_argument("--photographs", type=Path, help="folder with photographs and boxes.jsonl: cars cut out of them pass too")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    asked = parser.parse_args(given)
    keep_numpy_to(1)
    size = {"seconds": asked.seconds, "passages": asked.passages, "fps": asked.fps, "cameras": asked.cameras, "seed": asked.seed}
    pasted = photographed(asked.photographs, **size) if asked.photographs else []  # refused before the long work
    say = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731, T201 - the terminal is its page
    figures = passages(drawn(**size), say=say)
    if not pasted:
        print(told("passages", figures, as_json=asked.json))  # noqa: T201
        return 0 if _holds(figures) else 1
    photographs = passages(pasted, say=say)
    both, beside = _together(figures, photographs)
    print(told("passages", both, as_json=asked.json, against=beside if asked.json else None, width=40))  # noqa: T201
    return 0 if _holds(figures) and _holds(photographs) else 1


if __name__ == "__main__":
    end_in_order()
    sys.exit(main())
