"""Proofs of lines, for whoever has no ledger."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import Tampered, Unavailable
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.proof import is_sealed, newest_sealed, prove
from platewarden.server.ledger.write import OFFICE, record
from platewarden.server.people.testing import SUPERVISOR
from platewarden.transparency.tree import inclusion_holds, leaf_hash


def leaves(office):
    return [leaf for (leaf,) in office.ask_owner("select leaf_id from office.ledger_sealed order by tree_index")]


def test_each_line_is_proved_under_the_newest_checkpoint(office):
    office.browser(SUPERVISOR)
    office.seal()
    found = leaves(office)
    proofs = prove(found[::3])
    assert proofs.size == len(found)
    assert [line.leaf_id for line in proofs.lines] == found[::3]
    for line in proofs.lines:
        assert inclusion_holds(leaf_hash(line.body.encode()), line.index, proofs.size, line.path, proofs.root)


def test_a_line_that_is_not_sealed_is_not_proved(office):
    unsealed = record(Act.ACCESS_SIGN_OUT, by=OFFICE)
    assert not is_sealed(unsealed)
    with pytest.raises(Unavailable, match="not sealed yet"):
        prove([unsealed])
    office.seal()
    assert is_sealed(unsealed)
    assert prove([unsealed]).lines


def test_the_newest_sealed_line_of_an_act_is_found(office):
    assert newest_sealed(Act.PROOF_DAY) is None
    first = record(Act.PROOF_DAY, by=OFFICE)
    assert newest_sealed(Act.PROOF_DAY) is None
    office.seal()
    record(Act.PROOF_DAY, by=OFFICE)
    assert newest_sealed(Act.PROOF_DAY) == first
    assert prove([first]).lines


def test_a_ledger_that_was_altered_proves_nothing(office):
    office.seal()
    with office.database.connect("postgres") as root:
        root.execute("alter table office.ledger_leaf disable trigger all")
        root.execute(
            "update office.ledger_leaf set leaf_hash = sha256('other') where leaf_id = (select min(leaf_id) from office.ledger_leaf)"
        )
    with pytest.raises(Tampered, match="does not answer"):
        prove(leaves(office)[-1:])
