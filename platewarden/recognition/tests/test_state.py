import numpy as np
import pytest

from platewarden.plate.text import STATES as ISSUERS
from platewarden.recognition.state import NARROWEST_PIXELS, STATES, TOLD, StateTeller
from platewarden.recognition.weights import session_options

onnx = pytest.importorskip("onnx", reason="the extra platewarden[test] is not installed")

PLATE = ((0.0, 0.0), (160.0, 0.0), (160.0, 72.0), (0.0, 72.0))
NONE_OF_THEM = len(STATES)


def coloured(red, green=0, blue=0) -> np.ndarray:
    return np.full((72, 160, 3), (red, green, blue), dtype=np.uint8)


def teller(answer: int, logit: float, channel: int = 0, side: tuple[int, int] = (24, 40)) -> StateTeller:
    """The smallest network of the teller's shape: as sure of one answer as the picture has of one colour."""
    onnxruntime = pytest.importorskip("onnxruntime")
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    nodes = [
        node("Gather", ["plates", "channel"], ["colour"], axis=1),
        node("ReduceMean", ["colour"], ["mean"], axes=[1, 2, 3], keepdims=0),
        node("Reshape", ["mean", "upright"], ["light"]),
        node("Mul", ["light", "answer"], ["logits"]),
    ]
    answers = np.zeros((1, len(STATES) + 1), dtype=np.float32)
    answers[0, answer] = logit / 255
    constants = {
        "channel": np.array([channel], dtype=np.int64),
        "upright": np.array([-1, 1], dtype=np.int64),
        "answer": answers,
    }
    graph = onnx.helper.make_graph(
        nodes,
        "state",
        [info("plates", onnx.TensorProto.FLOAT, ["n", 3, *side])],
        [info("logits", onnx.TensorProto.FLOAT, ["n", len(STATES) + 1])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    raw = made.SerializeToString()
    return StateTeller(onnxruntime.InferenceSession(raw, session_options(1), providers=["CPUExecutionProvider"]))


def logit_of(chance: float) -> float:
    """The logit with which one answer has this probability while all others stand at nought."""
    return float(np.log(chance / (1 - chance) * len(STATES)))


def test_the_states_are_the_fifty_and_the_district_in_the_networks_order():
    assert len(STATES) == 51
    assert list(STATES) == sorted(STATES)
    assert {each for each in STATES if each not in ISSUERS} == set()


@pytest.mark.parametrize("state", ["AK", "CA", "WY"])
def test_a_state_that_is_surely_seen_is_told_with_its_confidence(state):
    told, sure = teller(STATES.index(state), logit_of(0.99)).tell(coloured(255), PLATE)
    assert told == state
    assert sure == pytest.approx(0.99, abs=1e-3)


@pytest.mark.parametrize(("chance", "told"), [(TOLD + 0.005, "NY"), (TOLD - 0.005, None), (0.5, None), (1 / 52, None)])
def test_a_state_is_never_told_below_its_threshold(chance, told):
    state, sure = teller(STATES.index("NY"), logit_of(chance)).tell(coloured(255), PLATE)
    assert state == told
    assert (sure is None) == (told is None)


def test_none_of_them_is_never_told_as_a_state_however_sure():
    assert teller(NONE_OF_THEM, 50.0).tell(coloured(255), PLATE) == (None, None)


@pytest.mark.parametrize(("wide", "told"), [(NARROWEST_PIXELS - 1, None), (NARROWEST_PIXELS + 1, "TX")])
def test_a_plate_that_is_too_narrow_is_not_asked_about(wide, told):
    narrow = ((0.0, 0.0), (wide, 0.0), (wide, 30.0), (0.0, 30.0))
    assert teller(STATES.index("TX"), 50.0).tell(coloured(255), narrow)[0] == told


@pytest.mark.parametrize("channel", range(3))
def test_the_colours_come_to_the_network_in_their_order(channel):
    picture = coloured(*(255 if each == channel else 0 for each in range(3)))
    assert teller(STATES.index("VT"), 50.0, channel).tell(picture, PLATE)[0] == "VT"
    assert teller(STATES.index("VT"), 50.0, (channel + 1) % 3).tell(picture, PLATE) == (None, None)


@pytest.mark.parametrize("side", [(24, 40), (72, 192)])
def test_the_plate_comes_as_fine_as_the_model_file_wants_it(side):
    assert teller(STATES.index("IA"), 50.0, side=side).tell(coloured(255), PLATE)[0] == "IA"


def test_a_logit_of_any_size_is_a_confidence():
    assert teller(STATES.index("OH"), 1e6).tell(coloured(255), PLATE) == ("OH", 1.0)
