"""Every hazard can be taken out, and stands in the documentation."""

from __future__ import annotations

import pytest

from worlds.hazards.catalogue import HAZARDS
from worlds.hazards.table import written


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.guard)
def test_the_guard_of_a_hazard_can_be_taken_out(hazard, project) -> None:
    assert hazard.edits
    for file, old, _ in hazard.edits:
        assert (project / file).read_text("utf-8").count(old) == 1
    assert (project / hazard.test.partition("::")[0]).exists()


def test_guards_have_names_of_their_own() -> None:
    names = [hazard.guard for hazard in HAZARDS]
    assert len(names) == len(set(names))


def test_the_documentation_has_every_hazard(project) -> None:
    page = (project / "docs" / "reliability.md").read_text("utf-8")
    assert page == written(page), "run python -m worlds.hazards"
