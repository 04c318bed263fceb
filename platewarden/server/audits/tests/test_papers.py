"""The papers: tagged, and without a plate, a member's finding or a count that is left out."""

from __future__ import annotations

from platewarden.server.audits.papers import training_pdf, yearly_pdf
from platewarden.server.audits.testing import ODD, audit_of, judged, look_for
from platewarden.server.audits.views import training_facts, yearly_facts
from platewarden.server.clock import now
from platewarden.server.people.testing import OPERATOR
from platewarden.server.people.training import today


def test_the_yearly_report_is_tagged_and_names_no_member_and_no_plate(office):
    look_for(office, OPERATOR, "AB12345")
    made = audit_of(office)
    judged(office, made.sheets.get(), ODD)
    facts = yearly_facts(today(made.due_at).year, "1090 Ada Brandt")
    assert not any(word in str(facts) for word in ("AB12345", "Rosa Vega", ODD.finding, "26-004117"))
    assert facts["rows"][0]["cells"][2] == "fewer than 5"
    pdf = yearly_pdf(facts)
    assert pdf.startswith(b"%PDF-")
    assert b"/MarkInfo" in pdf
    assert yearly_pdf(yearly_facts(1999, "1090 Ada Brandt")).startswith(b"%PDF-")


def test_the_certificate_of_training_says_who_is_not_trained(office):
    facts = training_facts("1090 Ada Brandt")
    assert facts["trained"] < facts["members"]
    assert {"none", "ended"} <= {each["until"].split(" ")[0] for each in facts["rows"]}
    assert facts["made_on"] == f"{today(now()):%m/%d/%Y}"
    assert b"/MarkInfo" in training_pdf(facts)
