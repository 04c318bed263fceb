"""A cookie opens one shift's screen, and a form's token is its cookie's own."""

from uuid import UUID

from platewarden.unit.screen.session import AT_MOST, Sessions

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_a_cookie_is_good_for_the_shift_it_was_bound_to_and_no_other():
    sessions = Sessions()
    cookie = sessions.bind(ONE)
    assert sessions.is_bound(cookie, ONE)
    assert not sessions.is_bound(cookie, OTHER)
    assert not sessions.is_bound(cookie, None)
    assert not sessions.is_bound(sessions.new(), ONE)
    sessions.bind(OTHER)
    assert not sessions.is_bound(cookie, ONE), "the next shift forgets those of the last"


def test_a_token_fits_its_own_cookie_in_this_process_only():
    sessions, other = Sessions(), Sessions()
    cookie = sessions.new()
    assert sessions.fits(cookie, sessions.token(cookie))
    assert not sessions.fits(sessions.new(), sessions.token(cookie))
    assert not sessions.fits(cookie, other.token(cookie))
    assert not sessions.fits(cookie, "")
    assert not sessions.fits(cookie, "é")


def test_there_is_an_end_to_sessions():
    sessions = Sessions()
    cookies = [sessions.bind(ONE) for _ in range(AT_MOST + 1)]
    assert [sessions.is_bound(each, ONE) for each in cookies] == [False] + [True] * AT_MOST
