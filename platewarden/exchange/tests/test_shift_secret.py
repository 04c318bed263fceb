import pytest

from platewarden.exchange.shift_secret import VERIFIER_BYTES, asks_for_key, make_verifier, must_be_verifier, secret_fits
from platewarden.policy.refusal import Malformed


def test_the_secret_fits_its_verifier_and_no_other_does():
    verifier = make_verifier("gravel lantern 42")
    assert len(verifier) == VERIFIER_BYTES
    assert secret_fits("gravel lantern 42", verifier)
    assert not secret_fits("gravel lantern 43", verifier)
    assert not secret_fits("", verifier)


def test_two_verifiers_of_one_secret_differ():
    assert make_verifier("a") != make_verifier("a")


def test_the_same_letters_typed_on_another_keyboard_fit():
    assert secret_fits("cafe\u0301", make_verifier("caf\u00e9"))


def test_it_refuses_an_empty_secret():
    with pytest.raises(Malformed):
        make_verifier("")


@pytest.mark.parametrize("verifier", [b"", bytes(49), b"\x03" + bytes(48), b"\x01" + bytes(47)])
def test_it_refuses_a_verifier_of_another_version(verifier):
    with pytest.raises(Malformed):
        secret_fits("a", verifier)
    with pytest.raises(Malformed):
        must_be_verifier(verifier)


KEY = bytes(range(16))


def test_a_verifier_with_a_key_takes_both_and_nothing_less():
    verifier = make_verifier("gravel lantern 42", KEY)
    assert asks_for_key(verifier)
    assert secret_fits("gravel lantern 42", verifier, KEY)
    assert not secret_fits("gravel lantern 42", verifier)
    assert not secret_fits("gravel lantern 42", verifier, bytes(16))
    assert not secret_fits("gravel lantern 43", verifier, KEY)
    assert not secret_fits("", verifier, KEY)


def test_the_key_of_a_verifier_that_asks_for_none_does_not_count():
    verifier = make_verifier("gravel lantern 42")
    assert not asks_for_key(verifier)
    assert secret_fits("gravel lantern 42", verifier, KEY)


def test_a_key_of_another_length_is_refused():
    with pytest.raises(Malformed):
        make_verifier("a", b"short")
