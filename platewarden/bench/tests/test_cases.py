"""Made-up hit-and-runs: a small run tells every figure; what misses its mark fails the run."""

import json
from dataclasses import replace

from platewarden.bench import cases as module
from platewarden.bench.cases import Figures, cases, main

GOOD = Figures(
    cases=200,
    plates_around=100,
    witnesses_who_erred=50,
    first_percent=80.0,
    first_five_percent=95.0,
    stars_first_percent=50.0,
    stars_first_five_percent=66.0,
    ms_a_case=1.0,
)


def test_a_small_run_tells_every_figure(capsys):
    main(["--cases", "4", "--reads", "600", "--json"])
    told = json.loads(capsys.readouterr().out)
    figures = {each["name"]: each for each in told["figures"]}
    assert figures["cases"]["value"] == 4
    assert figures["first_percent"]["baseline_value"] is not None


def test_the_culprit_was_read_around_every_case_and_the_same_number_makes_the_same_cases():
    made, again = cases(3, 600, 9), cases(3, 600, 9)
    assert made == again
    assert all(any(each.car.plate == case.culprit for each in case.around) for case in made)


def test_what_misses_its_mark_fails_the_run(monkeypatch, capsys):
    for figures, status in ((GOOD, 0), (replace(GOOD, first_percent=79.9), 1), (replace(GOOD, first_five_percent=94.9), 1)):
        monkeypatch.setattr(module, "measure", lambda *_, figures=figures: figures)
        assert main([]) == status
    capsys.readouterr()
