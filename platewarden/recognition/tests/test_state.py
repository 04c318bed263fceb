import numpy as np
import pytest

from platewarden.plate.text import STATES as ISSUERS
from platewarden.recognition import state as state_room
from platewarden.recognition.decode import ALPHABET
from platewarden.recognition.own_engine import open_engine
from platewarden.recognition.state import NARROWEST_PIXELS, STATES, STRIP_COLUMNS, STRIP_ROWS, TOLD, StateTeller
from platewarden.recognition.weights import session_options

onnx = pytest.importorskip("onnx", reason="the extra platewarden[test] is not installed")

PLATE = ((0.0, 0.0), (320.0, 0.0), (320.0, 160.0), (0.0, 160.0))


def plate(upper: int = 0, lower: int = 0) -> np.ndarray:
    """A plate whose upper and lower half have these lights."""
    return np.repeat(np.array([upper, lower], dtype=np.uint8), 80)[:, None, None] * np.ones((1, 320, 3), dtype=np.uint8)


def spelled(text: str, logit: float) -> np.ndarray:
    """Logits of one line that spells a text: columns x characters."""
    line = np.zeros((STRIP_COLUMNS // 4, 37), dtype=np.float32)
    line[:, 0] = logit
    for at, character in enumerate(text):
        line[2 * at, [0, ALPHABET.index(character) + 1]] = 0, logit
    return line


def teller(upper_line: str, lower_line: str = "", logit: float = 12.0) -> StateTeller:
    """The smallest network of the teller's shape: a strip as light as can be says these two lines surely, a dark one nothing."""
    onnxruntime = pytest.importorskip("onnxruntime")
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    dark = np.stack([spelled("", 20.0)] * 2)[None]
    light = np.stack([spelled(upper_line, logit), spelled(lower_line, logit if lower_line else 20.0)])[None]
    nodes = [
        node("ReduceMean", ["plates"], ["mean"], axes=[1, 2, 3], keepdims=1),
        node("Mul", ["mean", "whole"], ["light"]),
        node("Mul", ["light", "difference"], ["more"]),
        node("Add", ["more", "dark"], ["logits"]),
    ]
    constants = {"whole": np.array(1 / 255, dtype=np.float32), "difference": light - dark, "dark": dark}
    graph = onnx.helper.make_graph(
        nodes,
        "state",
        [info("plates", onnx.TensorProto.FLOAT, ["n", 1, STRIP_ROWS, STRIP_COLUMNS])],
        [info("logits", onnx.TensorProto.FLOAT, ["n", 2, STRIP_COLUMNS // 4, 37])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    raw = made.SerializeToString()
    return StateTeller(onnxruntime.InferenceSession(raw, session_options(1), providers=["CPUExecutionProvider"]))


def test_the_states_are_the_fifty_and_the_district():
    assert len(STATES) == 51
    assert list(STATES) == sorted(STATES)
    assert {each for each in STATES if each not in ISSUERS} == set()


@pytest.mark.parametrize(("word", "state"), [("ALASKA", "AK"), ("CALIFORNIA", "CA"), ("WYOMING", "WY"), ("LANDOFLINCOLN", "IL")])
@pytest.mark.parametrize("where", [(255, 0), (0, 255)])
def test_a_state_is_told_by_its_word_above_or_below_the_serial(word, state, where):
    told, sure = teller(word).tell(plate(*where), PLATE)
    assert told == state
    assert TOLD <= sure <= 1


def test_a_word_in_the_second_line_of_a_strip_counts_too():
    assert teller("SAMPLE", "VERMONT").tell(plate(255), PLATE)[0] == "VT"


@pytest.mark.parametrize(("read", "state"), [("WESTVIRGINIA", "WV"), ("MAYMONTANA05", "MT"), ("NEWMEXICOUSA", "NM")])
def test_the_longer_word_explains_more(read, state):
    assert teller(read).tell(plate(255), PLATE)[0] == state


@pytest.mark.parametrize(("read", "longer"), [("ARKANSAS", "AR"), ("WASHINGTONDC", "DC")])
def test_of_a_word_and_one_two_letters_longer_the_shorter_is_never_told(read, longer, monkeypatch):
    asked = teller(read)
    assert asked.tell(plate(255), PLATE)[0] in {None, longer}
    monkeypatch.setattr(state_room, "TOLD", 0.5)
    assert asked.tell(plate(255), PLATE)[0] == longer


@pytest.mark.parametrize("name", ["IOWA", "OHIO", "UTAH", "TEXAS", "IDAHO", "MAINE"])
def test_a_short_name_alone_is_not_enough(name):
    assert teller(name).tell(plate(255), PLATE) == (None, None)


def test_a_short_name_is_told_with_its_motto():
    assert teller("OHIO", "BIRTHPLACEOFAVIATION").tell(plate(255), PLATE)[0] == "OH"


@pytest.mark.parametrize("read", ["ONTARIO", "SAMPLE", "TOYOTA", "VETERAN", "UTBX", "QUEENSLAND", ""])
def test_a_word_of_no_state_tells_none(read):
    assert teller(read).tell(plate(255, 255), PLATE) == (None, None)


def test_words_of_two_states_tell_neither():
    assert teller("OREGON", "NEVADA").tell(plate(255), PLATE) == (None, None)


def test_two_words_of_one_state_are_surer_than_one():
    one = teller("MONTANA").tell(plate(255), PLATE)[1]
    two = teller("MONTANA", "TREASURESTATE").tell(plate(255), PLATE)[1]
    assert two > one


def test_a_state_is_told_from_its_threshold_on_and_not_below(monkeypatch):
    asked = teller("VERMONT")
    _, sure = asked.tell(plate(255), PLATE)
    monkeypatch.setattr(state_room, "TOLD", sure + 1e-6)
    assert asked.tell(plate(255), PLATE) == (None, None)


@pytest.mark.parametrize(("wide", "told"), [(NARROWEST_PIXELS - 1, None), (NARROWEST_PIXELS + 1, "VT")])
def test_a_plate_that_is_too_narrow_is_not_asked_about(wide, told):
    narrow = ((0.0, 0.0), (wide, 0.0), (wide, 40.0), (0.0, 40.0))
    assert teller("VERMONT").tell(plate(255, 255), narrow)[0] == told


def test_the_network_that_ships_tells_no_state_of_a_blank_plate():
    pytest.importorskip("onnxruntime")
    for light in (0, 128, 255):
        assert open_engine()._teller.tell(plate(light, light), PLATE) == (None, None)


@pytest.mark.parametrize(("name", "state"), [("NEBRASKA", "NE"), ("Delaware", "DE"), ("MICHIGAN", "MI"), ("MONTREAL", None)])
def test_the_network_that_ships_reads_a_name_that_is_clear(name, state):
    pytest.importorskip("onnxruntime")
    from PIL import Image, ImageDraw, ImageFont

    sheet = Image.new("RGB", (320, 160), (244, 244, 240))
    pen = ImageDraw.Draw(sheet)
    pen.text((160, 8), name, fill=(20, 30, 90), font=ImageFont.load_default(26), anchor="mt")
    pen.text((160, 48), "ABC 123", fill=(20, 30, 90), font=ImageFont.load_default(72), anchor="mt")
    assert open_engine()._teller.tell(np.asarray(sheet), PLATE)[0] == state


def test_the_lower_third_is_looked_at_only_where_the_upper_one_does_not_settle_it(monkeypatch):
    looked = []
    asked = teller("MONTANA", "TREASURESTATE")
    whole = asked._heard
    monkeypatch.setattr(asked, "_heard", lambda pixels, corners, third: looked.append(third) or whole(pixels, corners, third))
    assert asked.tell(plate(255, 0), PLATE)[0] == "MT"
    assert looked == [state_room.UPPER]
    looked.clear()
    assert asked.tell(plate(0, 255), PLATE)[0] == "MT"
    assert looked == [state_room.UPPER, state_room.LOWER]
    looked.clear()
    monkeypatch.setattr(state_room, "SETTLED", 1.1)
    assert asked.tell(plate(255, 0), PLATE)[0] == "MT"
    assert looked == [state_room.UPPER, state_room.LOWER]


@pytest.mark.parametrize(("wide", "thirds", "state"), [(169.0, 1, None), (171.0, 2, "MT")])
def test_of_a_small_plate_that_says_nothing_above_the_lower_third_is_not_looked_at(wide, thirds, state, monkeypatch):
    looked = []
    asked = teller("MONTANA", "TREASURESTATE")
    whole = asked._heard
    monkeypatch.setattr(asked, "_heard", lambda pixels, corners, third: looked.append(third) or whole(pixels, corners, third))
    small = ((0.0, 0.0), (wide, 0.0), (wide, 160.0), (0.0, 160.0))
    assert asked.tell(plate(0, 255), small)[0] == state
    assert len(looked) == thirds


def test_of_a_small_plate_that_says_a_little_above_the_lower_third_is_looked_at_too(monkeypatch):
    asked = teller("OHIO")
    monkeypatch.setattr(state_room, "HARDLY", 1e-9)
    looked = []
    whole = asked._heard
    monkeypatch.setattr(asked, "_heard", lambda pixels, corners, third: looked.append(third) or whole(pixels, corners, third))
    asked.tell(plate(255, 0), ((0.0, 0.0), (160.0, 0.0), (160.0, 160.0), (0.0, 160.0)))
    assert looked == [state_room.UPPER, state_room.LOWER]
