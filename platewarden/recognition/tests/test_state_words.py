from platewarden.recognition.state import plainly
from platewarden.recognition.state_words import WORDS


def test_no_word_is_said_by_two_states_nor_short():
    words = [(plainly(word), state) for state, said in WORDS.items() for word in said]
    assert len({word for word, _ in words}) == len(words)
    assert min(len(word) for word, _ in words) >= 4


def test_no_states_name_stands_in_anothers_word_unless_that_explains_more():
    for state, said in WORDS.items():
        name = plainly(said[0])
        for other, words in WORDS.items():
            for word in map(plainly, words):
                assert other == state or name not in word or len(word) > len(name)
