"""A video camera: frames of a file, a V4L2 device or an RTSP stream, newest first, each with the time it was taken.

A thread of its own reads and decodes, and hands over one frame: the newest. What nobody took in time is dropped and counted, so
that recognition never lags behind the street. A file has all the time: each of its frames is handed over, unless it is played
as it was filmed (`paced`).

Order of steps: open; decode; tell the frame's time; put it in the hand. Whatever ends that (the peer is gone, nothing comes for
`SILENT_S` seconds, two hundred packets in a row that cannot be decoded) is said once in one sentence, then it is opened again, after
half a second, 1, 2, 4 ... 30 seconds, each pause a little by chance, so that the cameras of a yard do not come back all together.
FFmpeg is told how long it may wait, opening and reading, so a dead peer hangs nothing.

A frame's time is the stream's own, laid over the unit's clock: the earliest arrivals say where, for a network only delays. A
stream whose time jumps is laid over anew, and counted.

An address may hold a password: it is never said. Of FFmpeg's errors only the reason is told, for their text holds the address.

Known gap: a frame that is on its way when the camera is closed is waited for two seconds, then left to itself.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import av
import av.error
import av.logging
import numpy as np
from av.container import InputContainer

from platewarden.recognition.picture import NotAPicture, Picture

__all__ = ["FrameCounts", "FrameShot", "Kind", "StreamTime", "VideoCamera"]

SILENT_S = 10.0
LONGEST_PAUSE_S = 30.0
HOPELESS = 200
"""So many packets in a row that cannot be decoded: the stream has become another."""
MOST_PIXELS = 34_000_000  # 8K
JUMP_S = 5.0
CREEP = 0.002  # of what a frame is late, per frame: a camera's clock that runs slow is followed

av.logging.set_level(None)  # what FFmpeg writes to the terminal may hold an address with its password


class Kind(StrEnum):
    """What a video comes from."""

    FILE = "file"
    V4L2 = "v4l2"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """What became of a camera's frames: `frames` is all of them, each `taken`, `dropped`, `skipped`, or still in the hand."""

    frames: int = 0
    taken: int = 0
    """Handed over to recognition."""
    dropped: int = 0
    """Replaced by a newer one before anybody took them."""
    skipped: int = 0
    """Above the camera's own rate, left out on purpose."""
    bad: int = 0
    """Packets that could not be decoded, and frames that the decoder calls damaged."""
    cuts: int = 0
    """How often the stream ended or fell silent."""
    jumps: int = 0
    """How often the stream's time jumped."""
    is_running: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FrameShot:
    """One frame of a video, decoded and not yet turned into colours."""

    camera: str
    number: int
    captured_at: datetime
    frame: av.VideoFrame

    @property
    def name(self) -> str:
        return f"{self.camera} {self.number}"

    def open(self) -> Picture | NotAPicture:
        try:
            pixels = np.asarray(self.frame.to_ndarray(format="rgb24"), dtype=np.uint8)
        except (av.error.FFmpegError, ValueError) as error:
            return NotAPicture(self.name, f"A frame of camera “{self.camera}” cannot be used ({type(error).__name__}).")
        pixels.setflags(write=False)
        return Picture(self.name, pixels)


class StreamTime:
    """The stream's own time laid over the unit's clock. Seconds in, aware times out, never going back."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._zero: datetime | None = None
        self._last: datetime | None = None
        self.jumps = 0

    def at(self, stream_s: float | None, arrived: datetime) -> datetime:
        """When the frame was taken that arrived now. Without a time of its own: now."""
        if stream_s is None:
            return self._not_before(arrived)
        said = timedelta(seconds=stream_s)
        if self._zero is None:
            self._zero = arrived - said
        told = self._zero + said
        late = (arrived - told).total_seconds()
        back = self._last is not None and told < self._last - timedelta(seconds=1)
        if back or (self._live and abs(late) > JUMP_S):
            self.jumps += 1
            self._zero = (arrived if self._live or self._last is None else self._last) - said
        elif self._live:
            self._zero += timedelta(seconds=late if late < 0 else CREEP * late)
        return self._not_before(self._zero + said)

    def ahead(self, stream_s: float, now: datetime) -> float:
        """How many seconds until it is time for a frame that is played as it was filmed."""
        return (self._zero + timedelta(seconds=stream_s) - now).total_seconds() if self._zero else 0.0

    def _not_before(self, told: datetime) -> datetime:
        self._last = max(told, self._last) if self._last else told
        return self._last


class VideoCamera:
    """One video source with its thread, which begins at the first look. `close` ends it."""

    def __init__(
        self,
        name: str,
        source: str,
        kind: Kind,
        *,
        label: str,
        clock: Callable[[], datetime],
        chance: random.Random,
        say: Callable[[str], None],
        most_per_s: float = 30.0,
        paced: bool = False,
        silent_s: float = SILENT_S,
    ) -> None:
        self.name = name
        self._source, self._kind, self._label = source, kind, label
        self._clock, self._chance, self._say = clock, chance, say
        self._gap_s = 0.0 if kind is Kind.FILE and not paced else 0.8 / most_per_s
        self._paced, self._silent_s = paced, silent_s
        self._every_frame = kind is Kind.FILE and not paced
        self._turn = threading.Condition()
        self._hand: FrameShot | None = None
        self._counts = FrameCounts()
        self._closed = threading.Event()
        self._over = False
        self._size: tuple[int, int] | None = None
        self._trouble = ""
        self._troubled_at: datetime | None = None
        self._heard_at = clock()
        self._thread: threading.Thread | None = None

    def next_shot(self) -> FrameShot | None:
        """The newest frame that nobody took yet."""
        if self._thread is None and not self._closed.is_set():
            self._thread = threading.Thread(target=self._run, name=f"camera {self.name}", daemon=True)
            self._thread.start()
        with self._turn:
            shot, self._hand = self._hand, None
            if shot is not None:
                self._counts = replace(self._counts, taken=self._counts.taken + 1)
                self._turn.notify_all()
        return shot

    def is_over(self) -> bool:
        with self._turn:
            return (self._over or self._closed.is_set()) and self._hand is None

    def counts(self) -> FrameCounts:
        with self._turn:
            return self._counts

    def close(self) -> None:
        self._closed.set()
        with self._turn:
            self._turn.notify_all()
        if self._thread is not None:
            self._thread.join(2.0)

    # In the thread -------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pauses = 0
        while not self._closed.is_set():
            began = self.counts().frames
            self._heard_at = self._clock()
            try:
                self._play()
                why = "it has ended"
            except av.error.FFmpegError as error:
                silent = (self._clock() - self._heard_at).total_seconds() > 0.9 * self._silent_s
                why = f"nothing came from it for {self._silent_s:.0f} s" if silent else _reason(error)
            except _GivenUpError as error:
                why = str(error)
            except Exception as error:  # noqa: BLE001  a camera must not stay away because of what nobody foresaw
                why = f"{type(error).__name__}, which nobody foresaw; tell the office"
            if self._closed.is_set():
                break
            came = self.counts().frames > began
            if self._kind is Kind.FILE:
                if why != "it has ended" or not came:
                    self._say(f"Camera “{self.name}” ({self._label}): {why}. The rest of the file is left out.")
                break
            self._count(cuts=came)
            self._tell_trouble(why)
            pauses = 0 if came else pauses + 1
            self._closed.wait(min(LONGEST_PAUSE_S, 0.5 * 2.0**pauses) * self._chance.uniform(0.75, 1.25))
        with self._turn:
            self._over = True
            self._counts = replace(self._counts, is_running=False)

    def _play(self) -> None:
        """Open it and hand over frames until it ends."""
        time = StreamTime(live=self._kind is not Kind.FILE or self._paced)
        last_s: float | None = None
        with _open(self._source, self._kind, self._silent_s) as container:
            for frame in self._frames(container):
                if frame is None:
                    if self._closed.is_set():
                        return
                    continue
                stream_s = frame.time
                if self._paced and stream_s is not None:
                    self._wait_until(stream_s, time)
                self._heard_at = self._clock()
                captured_at = time.at(stream_s, self._heard_at)
                self._came_back()
                self._look_at_size(frame)
                skipped = last_s is not None and stream_s is not None and 0 <= stream_s - last_s < self._gap_s
                if not skipped:
                    last_s = stream_s
                self._hand_over(frame, captured_at, skipped=skipped, jumps=time.jumps)
                time.jumps = 0

    def _frames(self, container: InputContainer) -> Iterator[av.VideoFrame | None]:
        """Every whole frame; None for a packet that gave nothing."""
        if not container.streams.video:
            raise _GivenUpError("there is no video in it")
        stream = container.streams.video[0]
        if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
            raise _GivenUpError("its picture is larger than 8K")
        stream.codec_context.thread_count = 1  # recognition has the other processors, and frames come without delay
        in_a_row = 0
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                self._count(bad=1)
                in_a_row += 1
                if in_a_row == HOPELESS:
                    raise _GivenUpError(f"{HOPELESS} packets in a row cannot be decoded; it may have become another kind") from None
                yield None
                continue
            for frame in frames:
                in_a_row = 0
                if frame.is_corrupt:
                    self._count(bad=1)
                else:
                    yield frame
            yield None

    def _wait_until(self, stream_s: float, time: StreamTime) -> None:
        ahead = time.ahead(stream_s, self._clock())
        if ahead > 0:
            self._closed.wait(min(ahead, JUMP_S))

    def _hand_over(self, frame: av.VideoFrame, captured_at: datetime, *, skipped: bool, jumps: int) -> None:
        with self._turn:
            while self._every_frame and self._hand is not None and not self._closed.is_set():
                self._turn.wait()
            counts = self._counts
            number = counts.frames + 1
            dropped = not skipped and self._hand is not None
            self._counts = replace(
                counts,
                frames=number,
                skipped=counts.skipped + skipped,
                dropped=counts.dropped + dropped,
                jumps=counts.jumps + jumps,
                is_running=True,
            )
            if not skipped:
                self._hand = FrameShot(self.name, number, captured_at, frame)

    def _count(self, *, bad: int = 0, cuts: int = 0) -> None:
        with self._turn:
            self._counts = replace(
                self._counts,
                bad=self._counts.bad + bad,
                cuts=self._counts.cuts + cuts,
                is_running=self._counts.is_running and not cuts,
            )

    def _look_at_size(self, frame: av.VideoFrame) -> None:
        size = (frame.width, frame.height)
        before, self._size = self._size, size
        if before not in (None, size):
            self._say(f"Camera “{self.name}” sends pictures of another size now, {size[0]} x {size[1]} pixels. It goes on.")

    def _tell_trouble(self, why: str) -> None:
        """Once in a row of the same: an operator needs one sentence, not one a try."""
        if self._troubled_at is None:
            self._troubled_at = self._clock()
        if why != self._trouble:
            self._trouble = why
            self._say(f"Camera “{self.name}” ({self._label}) gives no picture: {why}. It is tried again until it is back.")

    def _came_back(self) -> None:
        if self._troubled_at is not None:
            away = max(0, round((self._clock() - self._troubled_at).total_seconds()))
            self._say(f"Camera “{self.name}” is back after {away} s.")
        self._trouble, self._troubled_at = "", None


class _GivenUpError(Exception):
    """Why a stream is no use, as the end of a sentence."""


def _open(source: str, kind: Kind, silent_s: float) -> InputContainer:
    options = {"rtsp_transport": "tcp"} if kind is Kind.STREAM else {}
    return av.open(
        source,
        mode="r",
        format="v4l2" if kind is Kind.V4L2 else None,
        options=options,
        timeout=(silent_s, silent_s),
        metadata_errors="replace",
    )


def _reason(error: av.error.FFmpegError) -> str:
    """Why, without the address that FFmpeg puts behind it."""
    said = (error.strerror or type(error).__name__).strip().rstrip(".")
    return said[:1].lower() + said[1:]
