"""Which model files ship, and the one way to open one.

A model is two files in `onnx/`: NAME.onnx, and NAME.md, its card: what it learned from, licences, measured accuracy, known
failures. Their digests stand in `DIGESTS`, beside the code that uses them, so a file cannot be changed without a change of code.

Order of steps: the file is read once into memory, its digest is compared, and the session is made of those very bytes. A file
that is swapped between the check and its use is not used.

Notable choices:

- Nothing is looked for anywhere else, and nothing is fetched.
- One operator after another, on as many threads as asked for, and no thread that spins while it waits.
- No plan of memory is kept for the next picture, which mostly has another number of plates. Measured on two nets of the size of
  ours (640x384 and 48x128, one to fourteen plates): peak 97 MB instead of 109; without the arena too it is 110.
- Spinning costs as much again as the work itself on two threads: 34 instead of 16 CPU-ms for the same picture.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from platewarden.policy.refusal import Tampered, Unavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

__all__ = ["DIGESTS", "keep_numpy_to", "open_session", "session_options"]

FOLDER = Path(__file__).parent / "onnx"

DIGESTS: dict[str, str] = {
    "finder": "2cef66171f94b445b8c27d6ec5e633468970cdbfcbada425466eaa6b0e3f1cfe",
    "reader": "faec4a96c39aa1bf52d3b7ddfbe5dbededa5825ff970a47f0efec5a2a6bf6dce",
    "refiner": "0f99a564d177901aa67a9bbf16befb3aef165f788b92963ad87b91bfc43efecb",
    "several": "d4f826ee2357de36728506660cce44f91403ff6458647c1fbdcee8375b6bbd17",
    "state": "54451c50130724d1870c1e1be99d36fb02bf99a374b8bca00a121e2108704176",
    "verifier": "c28a9f8cc9521fc95f5f2d19a176b30aa37f21f83d5267a529ca2d1092666c57",
}
"""Name of a model -> SHA-256 of its file, in hexadecimal. `sha256sum platewarden/recognition/onnx/*.onnx` prints them."""


def open_session(name: str, threads: int = 1) -> InferenceSession:
    """A listed model, ready to run. Refused: `Tampered` when its digest is not the listed one, `Unavailable` when it is not there."""
    options = session_options(threads)
    raw = _bytes_of(name)
    if hashlib.sha256(raw).hexdigest() != DIGESTS[name]:
        raise Tampered(
            f"The model file {name}.onnx is not the one that came with this version: its digest differs. "
            "Stop, tell the Administrative Supervisor, and install again: pip install --force-reinstall platewarden"
        )
    from onnxruntime import InferenceSession  # noqa: PLC0415  a wing that only stores has no use for it

    return InferenceSession(raw, options, providers=["CPUExecutionProvider"])


def session_options(threads: int) -> SessionOptions:
    """How every model runs. `Unavailable`, with the command to run, when the runtime is not installed."""
    try:
        from onnxruntime import ExecutionMode, SessionOptions  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"Reading plates needs the package “{error.name}”, which is not installed. Run: pip install onnxruntime"
        ) from error
    options = SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only: what a library thinks of this machine is nothing for the terminal
    return options


def keep_numpy_to(threads: int) -> None:
    """Numpy's own threads, which spin too: a picture took rapidocr 750 CPU-ms with them and 380 without, on two cores.

    It has an effect only before numpy is imported, so a command calls it first. What a person has set in the environment stays.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))


def _bytes_of(name: str) -> bytes:
    if name not in DIGESTS:
        raise Unavailable(f"There is no model “{name}” in this version. Those that ship: {', '.join(sorted(DIGESTS)) or 'none'}.")
    try:
        return (FOLDER / f"{name}.onnx").read_bytes()
    except OSError as error:
        raise Unavailable(
            f"The model file {name}.onnx cannot be opened ({error.strerror}). Run: pip install --force-reinstall platewarden"
        ) from error
