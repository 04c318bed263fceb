"""The answer on paper."""

from __future__ import annotations

from platewarden.server.complaints.papers import answer_pdf


def test_it_is_a_tagged_pdf_whatever_the_words_hold():
    facts = {
        "department": "Highland Park Police Department",
        "number": "C-00001",
        "came": "11/20/2026",
        "sent": "11/28/2026",
        "about": "a wrong stop",
        "outcome": "Founded",
        "complainant": "June #Ellery",
        "contact": "12 Elm Place",
        "answer": "#panic() We are sorry, $x$.",
        "decided_by": "1001 Dana Whitfield",
        "decided": "11/28/2026",
    }
    made = answer_pdf(facts)
    assert made.startswith(b"%PDF-")
    assert b"/MarkInfo" in made
