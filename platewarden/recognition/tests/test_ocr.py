import numpy as np
import pytest

from platewarden.recognition.decode import ALPHABET, NEGLIGIBLE
from platewarden.recognition.ocr import COLUMNS, ROWS, SHIFTS, CharacterReader, moved
from platewarden.recognition.weights import session_options

onnx = pytest.importorskip("onnx", reason="the extra platewarden[test] is not installed")

STEPS = 40
WHOLE = ((0.0, 0.0), (160.0, 0.0), (160.0, 48.0), (0.0, 48.0))
WHITE = np.full((ROWS, COLUMNS, 3), 255, dtype=np.uint8)
BLACK = np.zeros_like(WHITE)


def written(*lines, sure=0.999) -> np.ndarray:
    """Logits of two lines: each character in a column of its own, `sure` or with the characters it may be, as {"B": 0.6, "8": 0.4}."""
    chances = np.full((2, STEPS, len(ALPHABET) + 1), 1e-9, dtype=np.float64)
    chances[:, :, 0] = 1.0
    for line, characters in zip(chances, lines, strict=True):
        for place, character in enumerate(characters):
            row, ways = line[1 + 3 * place], {character: sure} if isinstance(character, str) else character
            row[0] = max(1.0 - sum(ways.values()), 1e-9)
            for each, chance in ways.items():
                row[ALPHABET.index(each) + 1] = chance
    return np.log(chances)[None].astype(np.float32)


class Counted:
    """A session of the runtime that counts its runs and keeps what it was shown."""

    def __init__(self, session) -> None:
        self.session, self.shown = session, []

    def get_inputs(self):
        return self.session.get_inputs()

    def run(self, outputs, inputs):
        self.shown.append(inputs["plates"])
        return self.session.run(outputs, inputs)


def network(black, white) -> Counted:
    """The smallest network of the reader's shape: a black plate has one pair of lines, a white one another."""
    onnxruntime = pytest.importorskip("onnxruntime")
    node, info = onnx.helper.make_node, onnx.helper.make_tensor_value_info
    nodes = [
        node("ReduceMean", ["plates"], ["mean"], axes=[1, 2, 3], keepdims=1),
        node("Div", ["mean", "most"], ["light"]),
        node("Mul", ["light", "change"], ["changed"]),
        node("Add", ["changed", "black"], ["logits"]),
    ]
    constants = {"most": np.array(255, dtype=np.float32), "black": black, "change": white - black}
    graph = onnx.helper.make_graph(
        nodes,
        "reader",
        [info("plates", onnx.TensorProto.FLOAT, ["n", 1, ROWS, COLUMNS])],
        [info("logits", onnx.TensorProto.FLOAT, ["n", 2, STEPS, len(ALPHABET) + 1])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    return Counted(onnxruntime.InferenceSession(made.SerializeToString(), session_options(1), providers=["CPUExecutionProvider"]))


def spelled(lines):
    """What a network reads that sees these lines everywhere."""
    (found,) = CharacterReader(network(lines, lines)).look(WHITE, [WHOLE])
    return found


def test_all_places_are_looked_at_in_one_run_and_each_gets_its_own_spelling():
    picture = np.concatenate([BLACK, WHITE], axis=1)
    session = network(written("7ABC123", ""), written("XY", ""))
    right = tuple((x + 160.0, y) for x, y in WHOLE)
    quarter = ((20.0, 10.0), (60.0, 10.0), (60.0, 30.0), (20.0, 30.0))
    found = CharacterReader(session).look(picture, [quarter, right, quarter])
    assert [each.text for each in found] == ["7ABC123", "XY", "7ABC123"]
    assert [each.shape for each in session.shown] == [(3, 1, ROWS, COLUMNS)]
    assert session.shown[0].max() == 255  # eight bits as they are: the network brings them to its own scale


def test_without_places_the_network_is_not_run():
    session = network(written("A", ""), written("A", ""))
    assert CharacterReader(session).look(WHITE, []) == []
    assert session.shown == []


def test_a_second_line_is_part_of_the_text():
    found = spelled(written("B7", "1234"))
    assert found.text == "B71234"
    assert [each.text for each in found.characters] == list("B71234")
    assert found.confidence == pytest.approx(0.999**6, abs=1e-3)


def test_an_empty_second_line_adds_nothing():
    found = spelled(written("7ABC123", ""))
    assert (found.text, found.candidates) == ("7ABC123", ())
    assert found.confidence == pytest.approx(0.999**7, abs=1e-3)


def test_an_empty_plate_spells_nothing():
    found = spelled(written("", ""))
    assert (found.text, found.characters, found.candidates) == ("", (), ())


def test_a_first_line_may_be_the_empty_one():
    assert spelled(written("", "1234")).text == "1234"


def test_whether_there_is_a_second_line_counts_in_the_confidence():
    doubtful = spelled(written("AB12", [{"7": 0.4}]))
    assert doubtful.text == "AB12"
    assert doubtful.confidence == pytest.approx(0.6, abs=0.01)
    assert [(each.text, round(each.confidence, 1)) for each in doubtful.candidates] == [("AB127", 0.4)]


def test_that_there_is_no_second_line_is_a_candidate_where_one_is_read():
    doubtful = spelled(written("AB12", [{"7": 0.6}]))
    assert doubtful.text == "AB127"
    assert [(each.text, round(each.confidence, 1)) for each in doubtful.candidates] == [("AB12", 0.4)]


def test_candidates_of_both_lines_are_paired_and_the_likeliest_come_first():
    found = spelled(written([{"B": 0.7, "8": 0.3}], [{"0": 0.8, "O": 0.2}]))
    assert found.text == "B0"
    assert found.confidence == pytest.approx(0.56, abs=0.01)
    assert [(each.text, round(each.confidence, 2)) for each in found.candidates] == [("80", 0.24), ("BO", 0.14), ("8O", 0.06)]


def test_one_text_parted_in_two_ways_is_one_text_with_both_probabilities():
    found = spelled(written(["A", {"7": 0.5}], [{"7": 0.5}]))
    told = {found.text: found.confidence} | {each.text: each.confidence for each in found.candidates}
    assert told == pytest.approx({"A7": 0.5, "A": 0.25, "A77": 0.25}, abs=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_text_and_candidates_together_never_exceed_certainty(seed):
    chance = np.random.default_rng(seed)
    found = spelled(chance.normal(0, 3, (1, 2, STEPS, len(ALPHABET) + 1)).astype(np.float32))
    assert found.confidence + sum(each.confidence for each in found.candidates) <= 1.0 + 1e-9
    assert "".join(each.text for each in found.characters) == found.text
    sure = [each.confidence for each in found.candidates]
    assert sure == sorted(sure, reverse=True)
    assert all(NEGLIGIBLE <= each <= 1.0 for each in sure)
    assert all(each.text and each.text != found.text for each in found.candidates)


def test_a_logit_of_any_size_is_a_probability():
    found = spelled(written("A1", "") * 1e4)
    assert (found.text, found.confidence) == ("A1", 1.0)


def test_looking_again_is_one_run_over_as_many_moved_crops_as_there_are_shifts():
    session = network(written("A1", ""), written("A1", ""))
    again = CharacterReader(session).look_again(
        np.concatenate([BLACK, WHITE, BLACK], axis=1), ((160, 0), (320, 0), (320, 48), (160, 48))
    )
    assert [each.text for each in again] == ["A1"] * len(SHIFTS)
    (crops,) = session.shown
    assert len({crop.tobytes() for crop in crops}) == len(crops) == len(SHIFTS)


def test_corners_move_along_the_plates_own_sides_and_grow_around_its_middle():
    flat = ((0.0, 0.0), (100.0, 0.0), (100.0, 20.0), (0.0, 20.0))
    assert moved(flat, (0.1, -0.5), 1.0) == ((10.0, -10.0), (110.0, -10.0), (110.0, 10.0), (10.0, 10.0))
    assert moved(flat, (0.0, 0.0), 1.1) == tuple(
        pytest.approx(c) for c in ((-5.0, -1.0), (105.0, -1.0), (105.0, 21.0), (-5.0, 21.0))
    )
    upright = tuple((-y, x) for x, y in flat)  # a quarter turn
    assert moved(upright, (0.1, 0.0), 1.0) == ((0.0, 10.0), (0.0, 110.0), (-20.0, 110.0), (-20.0, 10.0))
