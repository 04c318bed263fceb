import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.refusal import Malformed, Tampered, Unknown
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.note import NoteSigner, parse_note, sign_note
from platewarden.transparency.tree import EMPTY_ROOT

LOG = NoteSigner("example.org/log", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESS = NoteSigner("example.org/witness", Ed25519PrivateKey.from_private_bytes(b"w" * 32))
CHECKPOINT = Checkpoint("example.org/log", 5, EMPTY_ROOT)

# The example of c2sp.org/tlog-checkpoint.
C2SP = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""


def test_the_published_example_is_one():
    text, signatures = parse_note(C2SP)
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root == base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert checkpoint.text == text
    assert [(each.name, each.key_id.hex(), len(each.signature)) for each in signatures] == [(checkpoint.origin, "033de0ae", 64)]


def test_a_signed_checkpoint_comes_back():
    note = CHECKPOINT.signed(LOG, WITNESS)
    assert Checkpoint.of_note(note, LOG.verifier) == CHECKPOINT
    assert Checkpoint.of_note(note, LOG.verifier, WITNESS.verifier) == CHECKPOINT
    assert Checkpoint.opened(note, LOG.verifier) == CHECKPOINT


@given(st.integers(0, 2**60), st.binary(min_size=32, max_size=32))
def test_any_tree_has_one_spelling(size, root):
    checkpoint = Checkpoint("example.org/log", size, root)
    assert Checkpoint.parse(checkpoint.text) == checkpoint


ROOT = base64.b64encode(EMPTY_ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n5\n",
        f"a\n5\n{ROOT}",
        f"a\n05\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n+5\n{ROOT}\n",
        f"a\n5 \n{ROOT}\n",
        f"a\n٥\n{ROOT}\n",
        f"a\n{'9' * 5000}\n{ROOT}\n",
        f"\n5\n{ROOT}\n",
        f"a b\n5\n{ROOT}\n",
        f"a\n5\n{ROOT[:-4]}\n",
        f"a\n5\n{ROOT[:-2]}V=\n",
        "a\n5\n***\n",
        f"a\n5\n{ROOT}\nmore\n",
        f"a\n5\n{ROOT}\n\n",
    ],
)
def test_it_refuses_what_is_no_checkpoint(text):
    with pytest.raises(Malformed) as refused:
        Checkpoint.parse(text)
    assert refused.value.message.endswith(".")
    if text.endswith("\n"):
        assert Checkpoint.opened(sign_note(text, LOG), LOG.verifier) is None


def test_it_refuses_a_checkpoint_of_another_log():
    with pytest.raises(Malformed):
        Checkpoint.of_note(Checkpoint("example.org/other", 5, EMPTY_ROOT).signed(LOG), LOG.verifier)


def test_it_refuses_a_checkpoint_that_only_a_witness_signed():
    with pytest.raises(Malformed):
        Checkpoint.of_note(CHECKPOINT.signed(WITNESS), LOG.verifier, WITNESS.verifier)
    with pytest.raises(Unknown):
        Checkpoint.of_note(CHECKPOINT.signed(WITNESS), LOG.verifier)
    assert Checkpoint.opened(CHECKPOINT.signed(WITNESS), LOG.verifier) is None


def test_it_refuses_a_changed_checkpoint():
    changed = CHECKPOINT.signed(LOG).replace("\n5\n", "\n6\n")
    with pytest.raises(Tampered):
        Checkpoint.of_note(changed, LOG.verifier)
    assert Checkpoint.opened(changed, LOG.verifier) is None


def test_it_refuses_a_tree_that_is_none():
    with pytest.raises(Malformed):
        Checkpoint("example.org/log", -1, EMPTY_ROOT)
    with pytest.raises(Malformed):
        Checkpoint("example.org/log", 0, b"")
