import hashlib
import subprocess
import sys

import numpy as np
import pytest

from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.recognition import weights
from platewarden.recognition.weights import DIGESTS, FOLDER, open_session

onnx = pytest.importorskip("onnx", reason="the extra platewarden[test] is not installed")
DOUBLE = "double"


def doubling() -> bytes:
    """The smallest model: y = x + x, for any number of rows."""
    x, y = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["rows", 2]) for name in "xy")
    graph = onnx.helper.make_graph([onnx.helper.make_node("Add", ["x", "x"], ["y"])], "double", [x], [y])
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one listed model."""
    raw = doubling()
    (tmp_path / f"{DOUBLE}.onnx").write_bytes(raw)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setitem(DIGESTS, DOUBLE, hashlib.sha256(raw).hexdigest())
    return tmp_path


def test_what_ships_is_listed_has_the_listed_digest_and_a_card():
    shipped = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.onnx")}
    assert shipped == DIGESTS
    assert [name for name in DIGESTS if not (FOLDER / f"{name}.md").is_file()] == []


def test_a_listed_model_is_opened_and_runs(folder):
    session = open_session(DOUBLE)
    (doubled,) = session.run(None, {"x": np.array([[1, 2]], dtype=np.float32)})
    assert doubled.tolist() == [[2, 4]]


def test_it_runs_on_as_many_threads_as_asked_for_and_none_of_them_spins(folder):
    options = open_session(DOUBLE, threads=2).get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads, options.enable_mem_pattern) == (2, 1, False)
    assert options.execution_mode.name == "ORT_SEQUENTIAL"
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.parametrize("change", [lambda raw: raw + b"\0", lambda raw: raw[:-1], lambda _: b"", lambda raw: raw[::-1]])
def test_a_file_that_is_not_the_listed_one_is_refused_before_it_is_used(folder, change):
    path = folder / f"{DOUBLE}.onnx"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(Tampered, match=r"double\.onnx .* digest .* pip install"):
        open_session(DOUBLE)


def test_a_missing_file_is_unavailable_with_the_command_to_run(folder):
    (folder / f"{DOUBLE}.onnx").unlink()
    with pytest.raises(Unavailable, match=r"double\.onnx cannot be opened .* pip install"):
        open_session(DOUBLE)


def test_a_name_that_is_not_listed_is_unavailable_even_when_such_a_file_is_there(folder):
    (folder / "stranger.onnx").write_bytes(doubling())
    for name in ("stranger", "../double", ""):
        with pytest.raises(Unavailable, match=r"no model .* double"):
            open_session(name)


def test_a_missing_runtime_is_unavailable_with_the_command_to_run(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(Unavailable, match="pip install onnxruntime"):
        open_session(DOUBLE)


def test_numpys_threads_are_few_unless_a_person_wants_them_and_nobody_imports_numpy_before():
    script = (
        "import os, sys\n"
        "from platewarden.recognition.weights import keep_numpy_to\n"
        "assert 'numpy' not in sys.modules\n"
        "keep_numpy_to(2)\n"
        "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env={"OMP_NUM_THREADS": "8"}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "8"]


@pytest.mark.parametrize("command", ["read", "measure"])
def test_a_command_that_reads_says_so_before_it_imports_numpy(command):
    script = (
        "import os, sys\n"
        "from platewarden.recognition import weights\n"
        "weights.keep_numpy_to = lambda threads: print(threads, 'numpy' in sys.modules)\n"
        "from platewarden.cli.main import run\n"
        f"run([{command!r}, 'no such place'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "1 False\n")
