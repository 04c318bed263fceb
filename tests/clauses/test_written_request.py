"""A release is asked for in writing: agency, person, intended purpose."""

from __future__ import annotations

import pytest

from platewarden.policy.clauses import Clause
from platewarden.policy.refusal import Refused
from platewarden.server.release.models import ReleaseRequest
from platewarden.server.release.testing import received


@pytest.mark.parametrize("missing", ["agency", "requester", "purpose"])
def test_without_agency_person_or_purpose_it_is_no_request(office, missing):
    with pytest.raises(Refused) as refused:
        received(office, **{missing: ""})
    assert refused.value.clause == Clause.WRITTEN_REQUEST
    assert not ReleaseRequest.objects.exists()


def test_without_a_letter_it_is_no_request(office):
    with pytest.raises(Refused) as refused:
        received(office, letter=b"")
    assert refused.value.clause == Clause.WRITTEN_REQUEST
