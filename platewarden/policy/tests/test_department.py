"""The department's file: what it says, and every way of writing it badly, each refused by name."""

from __future__ import annotations

import dataclasses
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.clauses import Clause
from platewarden.policy.department import Department, load_department, with_figures, with_schedule
from platewarden.policy.refusal import Malformed, Refusal

TEXT = (resources.files("platewarden.policy") / "departments" / "highland_park.toml").read_text("utf-8")


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_the_template_is_whole():
    department = load_department()
    assert department == load_department(text=TEXT)
    assert department.number_of(Clause.TRAINING_BEFORE_USE) == "427.4(d)"
    assert department.supervisor_title == "Administration Administrative Supervisor"
    assert department.time_zone.key == "America/Chicago"
    assert department.retention_days["overview_pictures"] < department.retention_days["reads"]
    assert (department.notice_days, department.booking_days, department.booking_ends_hold) == (7, 30, False)
    assert department.text == TEXT


def test_another_department_has_other_numbers_for_the_same_clauses():
    other = load_department(text=TEXT.replace('"427.', '"463.'))
    assert other.number_of(Clause.TRAINING_BEFORE_USE) == "463.4(d)"


def test_a_refusal_is_said_with_the_departments_number():
    refusal = Refusal(Clause.VERIFY_BEFORE_ENFORCEMENT, "Verify it first.")
    assert load_department().say(refusal) == "427.4(f): Verify it first."


def test_an_edition_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_department().stale_after_hours = 48  # type: ignore[misc]


@pytest.mark.parametrize(
    ("purpose", "reference", "fits"),
    [
        ("routine-patrol", "2A-1123", True),
        ("routine-patrol", "", False),
        ("routine-patrol", "26-004117", False),
        ("criminal-investigation", "26-004117", True),
        ("criminal-investigation", "26-004117 and more", False),
        ("criminal-investigation", "26-004117\n", False),
        ("criminal-investigation", "my neighbour", False),
        ("department-action", "AA-26-031", True),
        ("department-action", "XA-26-031", False),
    ],
)
def test_a_purpose_carries_the_number_that_it_asks_for(purpose, reference, fits):
    refusal = load_department().purposes[purpose].may_carry(reference)
    assert (refusal is None) == fits
    if refusal:
        assert refusal.clause is Clause.LEGITIMATE_PURPOSE
        assert "such as" in refusal.because


@given(st.text(max_size=200))
def test_a_reference_of_any_length_is_answered_and_never_printed_whole(reference):
    refusal = load_department().purposes["criminal-investigation"].may_carry(reference)
    assert refusal is None or reference[:41] not in refusal.because or len(reference) <= 40


KEYS = [line.partition(" = ")[0] for line in TEXT.splitlines() if " = " in line and not line.startswith("#")]
TABLES = [line.strip("[]") for line in TEXT.splitlines() if line.startswith("[")]


@pytest.mark.parametrize("number", range(len(KEYS)), ids=lambda number: f"{number}-{KEYS[number]}")
def test_a_line_that_is_missing_is_named(number):
    lines = TEXT.splitlines()
    of_keys = [place for place, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    del lines[of_keys[number]]
    with pytest.raises(Malformed, match=KEYS[number]):
        load_department(text="\n".join(lines))


@pytest.mark.parametrize("table", [table for table in TABLES if "." not in table])
def test_a_table_that_is_missing_is_named(table):
    lines, kept, skipping = TEXT.splitlines(), [], False
    for line in lines:
        if line.startswith("["):
            skipping = line.strip("[]") == table
        if not skipping:
            kept.append(line)
    with pytest.raises(Malformed, match=table):
        load_department(text="\n".join(kept))


@pytest.mark.parametrize("table", TABLES)
def test_a_key_that_nobody_knows_is_named(table):
    with pytest.raises(Malformed, match="surprise"):
        load_department(text=changed((f"[{table}]", f'[{table}]\nsurprise = "here"')))


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ((('"America/Chicago"', '"Atlantis/Center"'),), "time_zone"),
        ((("minutes = 15", 'minutes = "fifteen"'),), "minutes is not a whole number"),
        ((("minutes = 15", "minutes = true"),), "minutes is not a whole number"),
        ((("bolo_longest_days = 30", "bolo_longest_days = 30.5"),), "bolo_longest_days is not a whole number"),
        ((('name = "Highland Park Police Department"', "name = 427"),), "name is not a text"),
        ((('acts = ["hotlists.bolo"]', 'acts = "hotlists.bolo"'),), "acts is not a list"),
        ((('acts = ["hotlists.bolo"]', "acts = [427]"),), "acts holds something that is no text"),
        ((('number = "shift"', 'number = "lucky"'),), "number is “lucky”"),
        ((('shape = "[0-9]{1,2}[A-Z]-[0-9]{4}"', 'shape = "[0-9"'),), "purposes.routine-patrol"),
        ((('clause = "patrol-and-investigation"', 'clause = "because-i-want-to"'),), "because-i-want-to"),
        ((("[department]", "[department"),), "not valid TOML"),
        ((("minutes = 15", "minutes = 15\nminutes = 16"),), "not valid TOML"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(pairs, said):
    with pytest.raises(Malformed) as refused:
        load_department(text=changed(*pairs))
    assert said in refused.value.message
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "pair",
    [
        ("minutes = 15", "minutes = 0"),
        ("minutes = 15", "minutes = -15"),
        ("shift_hours = 12", "shift_hours = 0"),
        ("reads = 30", "reads = 0"),
        ("pictures = 30", "pictures = -1"),
        ("stale_after_hours = 24", "stale_after_hours = 0"),
        ("bolo_longest_days = 30", "bolo_longest_days = 0"),
        ("shrink_refused_percent = 50", "shrink_refused_percent = 0"),
        ("shrink_refused_percent = 50", "shrink_refused_percent = 101"),
        ("malformed_refused_percent = 1", "malformed_refused_percent = 101"),
        ("urgent_minutes = 10", "urgent_minutes = 0"),
    ],
)
def test_a_figure_out_of_reach_is_refused_by_name(pair):
    key = pair[0].partition(" = ")[0]
    with pytest.raises(Malformed, match=key):
        load_department(text=changed(pair))


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_refused_by_its_name(tmp_path, content):
    path = tmp_path / "our_department.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Malformed, match=r"our_department\.toml cannot be read"):
        load_department(path)


def test_a_department_reads_its_own_file(tmp_path):
    path = tmp_path / "springfield.toml"
    path.write_text(changed(('short_name = "Highland Park PD"', 'short_name = "Springfield PD"')), "utf-8")
    department = load_department(path)
    assert isinstance(department, Department)
    assert department.short_name == "Springfield PD"


def test_the_example_of_every_purpose_fits_its_own_shape():
    for purpose in load_department().purposes.values():
        assert purpose.may_carry(purpose.example) is None


def test_an_example_that_does_not_fit_its_shape_is_refused():
    with pytest.raises(Malformed, match="example"):
        load_department(text=changed(('example = "2A-1123"', 'example = "any"')))


@pytest.mark.parametrize(("kind", "days"), [("overview_pictures", 31), ("pictures", 31), ("reads", 31), ("alerts", 29)])
def test_a_picture_is_never_kept_longer_than_its_read_nor_a_read_longer_than_its_alert(kind, days):
    with pytest.raises(Malformed, match="is longer than"):
        with_schedule(TEXT, {kind: days})


def test_a_schedule_is_changed_in_its_own_lines_only():
    changed = with_schedule(TEXT, {"overview_pictures": 7, "search_terms": 400})
    before, after = load_department(text=TEXT).retention_days, load_department(text=changed).retention_days
    assert after == {**before, "overview_pictures": 7, "search_terms": 400}
    differ = [(was, now) for was, now in zip(TEXT.splitlines(), changed.splitlines(), strict=True) if was != now]
    assert differ == [("overview_pictures = 14", "overview_pictures = 7"), ("search_terms = 365", "search_terms = 400")]


@pytest.mark.parametrize("text", [TEXT.replace("[retention_days]", "[other]"), TEXT.replace("pictures = 30", "images = 30")])
def test_a_schedule_that_is_not_there_is_not_changed(text):
    with pytest.raises(Malformed):
        with_schedule(text, {"pictures": 20})


@pytest.mark.parametrize(
    ("table", "figures"),
    [("retention_days", {"search_terms": 43}), ("audits", {"audit_every_days": 352}), ("audits", {"audit_sign_days": 336})],
)
def test_what_was_asked_is_kept_until_the_audit_of_its_period_is_to_be_signed(table, figures):
    with pytest.raises(Malformed, match="Keep them longer, or audit more often"):
        with_figures(TEXT, table, figures)


def test_just_long_enough_is_long_enough():
    assert load_department(text=with_schedule(TEXT, {"search_terms": 44})).retention_days["search_terms"] == 44
