from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scraper.seen import Seen


@given(st.lists(st.text(max_size=3)))
def test_what_was_added_is_seen_and_nothing_else(things):
    seen, known = Seen(), set()
    for thing in things:
        assert (thing in seen) == (thing in known)
        seen.add(thing)
        known.add(thing)
    assert len(seen) == len(known)


def test_many_things_are_remembered_in_little_memory():
    seen = Seen()
    for n in range(20_000):
        seen.add(f"address {n}")
    assert len(seen) == 20_000
    assert all(f"address {n}" in seen for n in range(20_000))
    assert not any(f"other {n}" in seen for n in range(20_000))
    assert seen._slots.itemsize * len(seen._slots) <= 24 * len(seen)


def test_keys_that_meet_in_one_slot_are_told_apart():
    seen = Seen()
    for n in (1, 1025, 2049):
        seen.add(n)
    assert [n in seen for n in (1, 1025, 2049, 3073)] == [True, True, True, False]
