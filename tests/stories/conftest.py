"""A department for the stories in a browser: set up once in a run, and copied for each of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from platewarden.demo import visitor
from platewarden.demo.story import Department, Stage, opened, own_folder, set_up_department


@pytest.fixture(scope="session")
def department() -> Iterator[Department]:
    with own_folder() as folder:
        yield set_up_department(folder, None, lambda *_: None)


@pytest.fixture
def at(department: Department) -> Iterator[Stage]:
    """The department as it was set up, with its pages open. Its offices know nothing of each other's codes."""
    with own_folder() as folder:
        subprocess.run(["cp", "-a", f"{department.folder}/.", str(folder)], check=True)
        visitor.given.clear()
        photos = folder / department.photos.name
        own = replace(department, folder=folder, photos=photos, wanted_photo=photos / department.wanted_photo.name)
        with opened(own, lambda *_: None) as stage:
            yield stage
