"""The pages: an audit from its list to its signature, by keyboard and form alone."""

from __future__ import annotations

from datetime import date

from platewarden.server.audits.models import Audit, Sheet
from platewarden.server.audits.report import COLUMNS, AuditRow
from platewarden.server.audits.testing import ODD, audit_of, fall_due, judged, look_for
from platewarden.server.audits.views import bars
from platewarden.server.people.editions import department
from platewarden.server.people.testing import AUDITOR, DESIGNEE, LAPSED, OPERATOR, SUPERVISOR

IN_ORDER = {"case_exists": "yes", "purpose_fits": "yes", "right_person": "yes", "judgement": "in order"}


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


def test_an_audit_is_judged_and_signed_through_the_pages(office):
    look_for(office, OPERATOR, "AB12345", "AB12346")
    made = audit_of(office)
    ada = office.browser(AUDITOR)
    page = text(ada.get("/audits/"))
    assert made.number in page
    assert "Open" in page
    for position in (1, 2):
        at = f"/audits/{made.pk}/{position}/"
        assert "AB1234" not in text(ada.get(at))
        assert "AB1234" in text(ada.post(at + "show/"))
        page = text(ada.post(at + "judge/", IN_ORDER, follow=True))
    assert "2 of 2 judged" in page
    page = text(ada.post(f"/audits/{made.pk}/sign/", {"words": "two looks, both in order"}, follow=True))
    assert "is signed off in your name" in page
    assert Audit.objects.get().signed_by_number == AUDITOR


def test_a_finding_goes_to_the_member_and_back(office):
    look_for(office, OPERATOR, "AB12345")
    sheet = judged(office, audit_of(office).sheets.get(), ODD)
    rosa, ada = office.browser(OPERATOR), office.browser(AUDITOR)
    page = text(rosa.get("/audits/mine/"))
    assert ODD.finding in page
    assert "to answer" in page  # the badge
    assert "in a few words" in text(rosa.post(f"/audits/mine/{sheet.pk}/", {"words": "no"}), 422)
    assert "Your answer is on the sheet" in text(rosa.post(f"/audits/mine/{sheet.pk}/", {"words": "I mistyped it"}, follow=True))
    at = f"/audits/{sheet.audit_id}/{sheet.position}/"
    assert "I mistyped it" in text(ada.get(at))
    assert "The finding is closed" in text(ada.post(at + "close/", {"words": "the year was wrong"}, follow=True))
    assert Sheet.objects.get().closed_at


def test_nobody_sees_or_answers_what_is_asked_of_another(office):
    look_for(office, OPERATOR, "AB12345")
    sheet = judged(office, audit_of(office).sheets.get(), ODD)
    luis = office.browser(DESIGNEE)
    assert "Nothing is asked of you" in text(luis.get("/audits/mine/"))
    assert luis.post(f"/audits/mine/{sheet.pk}/", {"words": "not mine at all"}).status_code == 404


def test_who_is_not_trained_any_more_still_answers(office):
    assert "Nothing is asked of you" in text(office.browser(LAPSED).get("/audits/mine/"))


def test_managers_see_states_and_no_sheet_and_others_nothing(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    judged(office, made.sheets.get(), ODD)
    dana = office.browser(SUPERVISOR)
    for page in (text(dana.get("/audits/")), text(dana.get(f"/audits/{made.pk}/"))):
        assert ODD.finding not in page
    assert dana.get(f"/audits/{made.pk}/1/").status_code == 403
    assert dana.post(f"/audits/{made.pk}/1/show/").status_code == 403
    rosa = office.browser(OPERATOR)
    for address in ("/audits/", f"/audits/{made.pk}/", "/audits/plan/"):
        assert rosa.get(address).status_code == 403


def test_a_wrong_judgement_stands_at_its_field_and_nothing_is_written(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    ada, at = office.browser(AUDITOR), f"/audits/{made.pk}/1/"
    ada.post(at + "show/")
    assert "Choose an answer" in text(ada.post(at + "judge/", {}), 422)
    assert "Say in a few words what you found" in text(ada.post(at + "judge/", IN_ORDER | {"judgement": "finding"}), 422)
    assert "is a finding. Say so" in text(ada.post(at + "judge/", IN_ORDER | {"case_exists": "no"}), 422)
    assert Sheet.objects.get().judged_at is None
    ada.post(at + "judge/", IN_ORDER)
    assert "in a few words" in text(ada.post(f"/audits/{made.pk}/sign/", {"words": ""}), 422)


def test_late_and_overdue_are_said(office):
    fall_due(office, days=31)
    assert "was due on" in text(office.browser(SUPERVISOR).get("/audits/"))
    audit_of(office)
    office.ask_owner("update office.audits_audit set sign_by = clock_timestamp() - interval '1 s' returning 1")
    page = text(office.browser(SUPERVISOR).get("/audits/"))
    assert "1 audit is late" in page


def test_the_plan_is_changed_by_two_through_the_page(office):
    dana, ada = office.browser(SUPERVISOR), office.browser(AUDITOR)
    figures = department().audits | {"audit_every_days": 14}
    assert "waits for a second member" in text(dana.post("/audits/plan/", figures | {"because": "the board asked"}, follow=True))
    assert "Nothing changes" in text(ada.post("/audits/plan/", department().audits | {"because": "the board asked"}), 422)
    assert "edition 2" in text(ada.post("/audits/plan/1/sign/", follow=True))
    assert ada.post("/audits/plan/1/refuse/").status_code == 409


def test_what_is_not_there_is_not_found(office):
    ada = office.browser(AUDITOR)
    for address in ("/audits/9/", "/audits/9/1/"):
        assert ada.get(address).status_code == 404


def test_the_year_its_papers_and_the_certificate_are_for_managers_and_auditors(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    judged(office, made.sheets.get(), ODD)
    year = made.due_at.year
    dana = office.browser(SUPERVISOR)
    page = text(dana.get(f"/audits/report/{year}/"))
    assert "fewer than 5" in page
    assert ODD.finding not in page
    assert "No audit was due in this year" in text(dana.get("/audits/report/2019/"))
    assert dana.get("/audits/report/1/").status_code == 404
    assert dana.get(f"/audits/report/{year}.pdf").content.startswith(b"%PDF-")
    assert dana.get("/audits/training.pdf").content.startswith(b"%PDF-")
    table = dana.get(f"/audits/report/{year}.csv")
    assert made.number in table.content.decode()
    assert table["Content-Disposition"] == f'attachment; filename="audits-{year}.csv"'
    for address in (f"report/{year}/", f"report/{year}.pdf", f"report/{year}.csv", "training.pdf"):
        assert office.browser(OPERATOR).get(f"/audits/{address}").status_code == 403


def test_the_plot_shows_no_small_share_as_it_is():
    day = date(2026, 6, 1)
    counts = dict.fromkeys((name for name, _ in COLUMNS), 0)
    rows = [
        AuditRow(f"A-{n}", day, day, day, None, is_late=False, counts=counts | {"drawn": 30, "findings": n})
        for n in (0, 1, 4, 5, 30)
    ]
    heights = [bar.height for bar in bars(rows)]
    assert heights == [0, 25, 25, 25, 150]
    assert bars([]) == []
