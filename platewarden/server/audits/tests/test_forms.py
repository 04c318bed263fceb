"""Forms: what is missing is said at its field."""

from __future__ import annotations

from platewarden.policy.department import load_department
from platewarden.server.audits.forms import FIGURES, JudgeForm, PlanForm
from platewarden.server.audits.models import CaseAnswer, SheetJudgement

GIVEN = {
    "case_exists": "none asked",
    "purpose_fits": "yes",
    "right_person": "no",
    "judgement": "finding",
    "finding": "another shift's car",
}


def test_a_judgement_becomes_a_verdict():
    form = JudgeForm(GIVEN | {"needs_answer": "on"})
    assert form.is_valid()
    verdict = form.verdict()
    assert (verdict.case_exists, verdict.purpose_fits, verdict.right_person) == (CaseAnswer.NONE_ASKED, True, False)
    assert (verdict.judgement, verdict.needs_answer) == (SheetJudgement.FINDING, True)


def test_a_finding_without_words_and_a_made_up_answer_are_refused():
    form = JudgeForm(GIVEN | {"finding": " ", "purpose_fits": "perhaps"})
    assert set(form.errors) == {"finding", "purpose_fits"}


def test_every_figure_of_the_policy_has_its_words():
    figures = load_department().audits
    assert set(FIGURES) == set(figures)
    form = PlanForm(figures | {"because": "the board asked", "audit_every_days": 0}, figures=figures)
    assert set(form.errors) == {"audit_every_days"}
