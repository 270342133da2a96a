from __future__ import annotations

import random

from scraper.sitemodel.learn import SmallestKeys

KEYS = [f"{n * n * 7919 % 2**64:016x}" for n in range(1, 200)]


def test_the_smallest_keys_are_drawn_in_any_order():
    for seed in range(3):
        draw = SmallestKeys(size=10)
        for key in random.Random(seed).sample(KEYS, len(KEYS)):
            draw.offer(key)
        assert {key for key in KEYS if key in draw} == set(sorted(KEYS)[:10])


def test_a_key_offered_again_takes_no_other_place():
    draw = SmallestKeys(size=2)
    for key in ("01", "01", "02", "03"):
        draw.offer(key)
    assert len(draw) == 2
    assert "02" in draw
    assert "03" not in draw
