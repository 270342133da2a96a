"""A short sample of what ``python -m bench fuzz`` does at length."""

from __future__ import annotations

import pytest

from worlds.fuzz.mutate import mutate
from worlds.fuzz.targets import TARGETS, run

SHORT, LONG = 400, 4000
"""Inputs over all targets, by their shares."""


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_raises_what_nobody_reckons_with(
    name: str, *, at_length: bool
) -> None:
    target = TARGETS[name]
    seeds = target.seeds()
    inputs = LONG if at_length else SHORT
    for number in range(inputs * target.share // 1000):
        run(target, mutate(seeds, number, target.longest))
