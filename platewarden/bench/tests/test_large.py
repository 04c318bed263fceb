"""An office of the size of a city: its plates are of the layouts, each once. Filled and searched it is in test_search."""

import random
import re

from platewarden.bench.large import _plates


def test_plates_are_of_the_layouts_each_once():
    made = _plates(random.Random(1), 500)
    assert len(set(made)) == 500
    assert all(re.fullmatch(r"[A-Z]{2,3}\d{3,5}|\d{3}[A-Z]{3}|\d[A-Z]{3}\d{3}|[A-Z]\d{6}", each) for each in made)
