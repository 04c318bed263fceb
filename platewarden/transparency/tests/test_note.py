import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.refusal import Malformed, Tampered, Unknown
from platewarden.transparency.note import NoteSigner, NoteVerifier, cosign, open_note, parse_note, sign_note

# The example that Go's golang.org/x/mod/sumdb/note publishes; its private key is public.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

LOG = NoteSigner("example.org/log", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESS = NoteSigner("example.org/witness", Ed25519PrivateKey.from_private_bytes(b"w" * 32))
TEXT = "one\n\ntwo\n"


def test_gos_own_example_opens_and_is_signed_alike():
    verifier = NoteVerifier.parse(GO_KEY)
    assert str(verifier) == GO_KEY
    assert open_note(GO_NOTE, verifier) == (GO_TEXT, (verifier,))
    signer = NoteSigner("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))
    assert signer.verifier == verifier
    assert sign_note(GO_TEXT, signer) == GO_NOTE


def test_a_note_says_which_of_the_known_signed_it():
    note = sign_note(TEXT, LOG, WITNESS)
    assert open_note(note, LOG.verifier, WITNESS.verifier) == (TEXT, (LOG.verifier, WITNESS.verifier))
    assert open_note(note, WITNESS.verifier) == (TEXT, (WITNESS.verifier,))
    assert cosign(sign_note(TEXT, LOG), WITNESS) == note


def test_it_refuses_a_note_that_nobody_known_signed():
    with pytest.raises(Unknown):
        open_note(sign_note(TEXT, LOG), WITNESS.verifier)
    with pytest.raises(Unknown):
        open_note(sign_note(TEXT, LOG))


def test_a_key_of_the_same_name_is_another_key():
    other = NoteSigner(LOG.name, WITNESS.private)
    with pytest.raises(Unknown):
        open_note(sign_note(TEXT, other), LOG.verifier)
    assert open_note(sign_note(TEXT, other, LOG), LOG.verifier)[1] == (LOG.verifier,)


def test_it_refuses_a_note_whose_text_was_changed():
    with pytest.raises(Tampered):
        open_note(sign_note(TEXT, LOG).replace("two", "ten"), LOG.verifier)


def test_one_bad_line_of_a_known_key_refuses_the_whole_note():
    good, bad = sign_note(TEXT, LOG), sign_note("three\n", LOG)
    with pytest.raises(Tampered):
        open_note(good + bad.split("\n\n")[1], LOG.verifier)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "one",
        "one\n",
        "one\n\n",
        "one\n\n\n",
        "one\n\n- a AAAAAAAA\n",
        "one\n\n— a\n",
        "one\n\n— a AAAA\n",
        "one\n\n— a+b AAAAAAAA\n",
        "one\n\n—  AAAAAAAA\n",
        "one\n\n— a AAAAAAB=\n",
        "one\n\n— a AAAAAAAA",
        "one\r\n\n— a AAAAAAAA\n",
        "one\x00\n\n— a AAAAAAAA\n",
        "one\n\n" + "— a AAAAAAAA\n" * 101,
    ],
)
def test_it_refuses_what_is_no_note(note):
    with pytest.raises(Malformed) as refused:
        parse_note(note)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("text", ["", "one", "one\r\n", "a\tb\n", "\ud800\n"])
def test_it_refuses_to_sign_what_is_no_text(text):
    with pytest.raises(Malformed):
        sign_note(text, LOG)


def test_it_refuses_a_note_without_a_signer():
    with pytest.raises(Malformed):
        sign_note(TEXT)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\n", "\ud800"])
def test_it_refuses_a_name_that_no_key_has(name):
    with pytest.raises(Malformed):
        NoteSigner(name, LOG.private)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a",
        "a+b",
        "a+00000000+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_KEY[:-4],
        GO_KEY.replace("+AR", "+AQ"),
        GO_KEY.replace("+AR", "+BB"),
    ],
)
def test_it_refuses_what_is_no_verifier_key(written):
    with pytest.raises(Malformed):
        NoteVerifier.parse(written)


@given(st.text(max_size=80))
def test_any_text_is_refused(text):
    for note in (text, "one\n\n— " + text):
        with pytest.raises((Malformed, Unknown)):
            open_note(note, LOG.verifier)


def test_a_changed_character_anywhere_is_refused():
    note = sign_note(TEXT, LOG)
    for at in range(len(note)):
        changed = note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :]
        with pytest.raises((Malformed, Tampered, Unknown)):
            open_note(changed, LOG.verifier)


@given(st.lists(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
def test_a_text_with_empty_lines_comes_back(lines):
    text = "\n".join(lines) + "\n"
    assert open_note(sign_note(text, LOG), LOG.verifier)[0] == text
