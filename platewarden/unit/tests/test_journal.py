"""The journal goes up as numbered pages, and no line twice."""

from uuid import UUID

import pytest

from platewarden.unit.testing import NOON, Office, car_12, serving


@pytest.fixture
def car(tmp_path):
    office = Office()
    with serving(office), car_12(tmp_path, office) as car:
        yield car


def test_lines_go_up_in_order_by_member_date_and_time(car):
    car.journal.write("shift.sign_on", at=NOON, member="4417", about=UUID(int=1))
    car.journal.write("alert.shown", at=NOON, member="4417", about=UUID(int=2))
    assert car.journal.close_page(at=NOON) == 2
    assert car.journal.close_page(at=NOON) == 0
    car.journal.write("shift.refused", at=NOON, member=None)
    assert car.transfer.round()
    pages = car.office.pages
    assert sorted(pages) == [1, 2]
    assert [(line.act, line.member, line.about, line.at) for line in pages[1].lines] == [
        ("shift.sign_on", "4417", UUID(int=1), NOON),
        ("alert.shown", "4417", UUID(int=2), NOON),
    ]
    assert [(line.act, line.member, line.about) for line in pages[2].lines] == [("shift.refused", None, None)]
    assert car.spool.rows("select * from journal_line") == []
    assert car.spool.counts().unsent == 0
