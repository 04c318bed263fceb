"""What one says is shown under a line in the ledger, and not to whom it is about."""

from __future__ import annotations

import pytest

from platewarden.policy.refusal import Refused
from platewarden.server.complaints.decide import decide
from platewarden.server.complaints.models import ComplaintOutcome
from platewarden.server.complaints.on_file import access_to_paper, complaints, paper
from platewarden.server.complaints.rules import Links
from platewarden.server.complaints.testing import WORDS, complained
from platewarden.server.people.testing import AUDITOR, OPERATOR, SUPERVISOR
from platewarden.server.release.testing import LETTER
from platewarden.server.retention.testing import request_of


def test_it_is_shown_under_a_line_in_the_ledger(office):
    said = paper(access_to_paper(request_of(office, AUDITOR), complained(office, letter=LETTER)))
    assert (said.complainant, said.words, said.letter, said.answer) == ("June Ellery", WORDS, LETTER, "")
    assert ("complaints.look", AUDITOR) in office.ledger()


def test_whom_it_is_about_and_an_operator_are_refused(office):
    made = complained(office, links=Links(members=(office.member(SUPERVISOR),)))
    for number in (SUPERVISOR, OPERATOR):
        with pytest.raises(Refused):
            access_to_paper(request_of(office, number), made)


def test_the_undecided_stand_first(office):
    first, second, third = complained(office), complained(office), complained(office)
    for each in (second, first):
        decide(request_of(office, SUPERVISOR), each, ComplaintOutcome.UNFOUNDED, because="of another town", answer="It was not us.")
    assert list(complaints()) == [third, first, second]
