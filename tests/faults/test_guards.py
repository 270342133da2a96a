"""Every guard is known, and where it stands; ``python -m bench guards`` takes them out."""

from __future__ import annotations

import pytest

from worlds.faults.catalogue import FAULTS
from worlds.faults.guards import GUARDS, UPSTREAM
from worlds.hazards.catalogue import HAZARDS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_guard_of_a_fault_is_known(fault) -> None:
    ours = {guard.name for guard in GUARDS} | {hazard.guard for hazard in HAZARDS}
    assert fault.guard in ours or fault.guard.partition(":")[0] in UPSTREAM


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_can_be_taken_out(guard, project) -> None:
    assert guard.rows
    assert guard.edits or guard.settings
    for file, old, _ in guard.edits:
        assert (project / file).read_text("utf-8").count(old) == 1


def test_a_guard_is_taken_out_of_a_copy(tmp_path, project) -> None:
    guard = next(guard for guard in GUARDS if guard.edits)
    guard.take_out(project, tmp_path / "copy")
    file, old, new = guard.edits[0]
    assert old in (project / file).read_text("utf-8")
    assert new in (tmp_path / "copy" / file).read_text("utf-8")
