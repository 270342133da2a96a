"""ETag and Last-Modified change exactly when what is shown changes."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.unit.living.conftest import START
from worlds.living import Kind

SECOND = timedelta(seconds=1)
NEWEST = "/tin-moi-nhat.rss"
MAP = "/sitemaps/news-2026-03.xml"


def of(world, kind):
    return [event for event in world.events() if event.kind is kind]


def is_known(asked, path, then, now):
    """Tell whether what was read *then* is still good *now*, by tag and by time alike."""
    first = asked.get(path, then)
    tag, time = first.headers["ETag"], first.headers["Last-Modified"]
    by_tag = asked.get(path, now, if_none_match=tag)
    by_time = asked.get(path, now, if_modified_since=time)
    assert by_tag.status == by_time.status
    if by_tag.status == 304:
        assert by_tag.body == by_time.body == b""
        assert by_tag.headers["ETag"] == tag
    return by_tag.status == 304


def has_validators(asked, path, at):
    return "ETag" in asked.get(path, at).headers


def test_an_article_is_known_until_its_edit(asked):
    world = asked.world
    edits = [
        e for e in of(world, Kind.EDIT) if not world.dates.is_down(world.times[e.n])
    ]
    (redesign,) = of(world, Kind.REDESIGN)
    tagged = [e for e in edits[::9] if has_validators(asked, e.address, e.time)]
    assert len(tagged) > 50
    for edit in tagged:
        before = edit.time - SECOND
        changes = [e.time for e in edits if e.n == edit.n] + [redesign.time]
        earlier = [time for time in changes if time < edit.time]
        assert is_known(
            asked, edit.address, max([world.times[edit.n], *earlier]), before
        )
        assert not is_known(asked, edit.address, before, edit.time)
        reply = asked.get(edit.address, edit.time)
        assert parsedate_to_datetime(reply.headers["Last-Modified"]) == edit.time


def test_an_article_is_known_until_the_redesign_and_again_after_it(asked):
    (event,) = of(asked.world, Kind.REDESIGN)
    touched = {e.n for e in asked.world.events()}
    numbers = [n for n in range(0, 4000, 97) if n not in touched]
    paths = [asked.world.headline(n).path for n in numbers]
    for path in [p for p in paths if has_validators(asked, p, event.time)]:
        assert is_known(asked, path, START + timedelta(days=11), event.time - SECOND)
        assert not is_known(asked, path, event.time - SECOND, event.time)
        assert is_known(asked, path, event.time, asked.world.end)


def test_a_page_with_a_tag_is_the_same_as_long_as_its_tag(asked):
    (rename,) = of(asked.world, Kind.RENAME)
    for n in range(0, 400, 17):
        path, time = asked.world.headline(n).path, asked.world.times[n]
        pages = {}
        for hours in (0, 1, 5, 26, 60, 100):
            reply = asked.get(path, time + timedelta(hours=hours))
            if reply.status == 200 and "ETag" in reply.headers:
                assert time + timedelta(hours=hours) < rename.time
                known = pages.setdefault(reply.headers["ETag"], reply.body)
                assert known == reply.body


@pytest.mark.parametrize(
    ("path", "minutes"),
    [
        ("/", 1),
        (NEWEST, 1),
        (MAP, 1),
        ("/the-gioi-130ct0.htm", 3),
        ("/the-gioi.rss", 3),
    ],
)
def test_a_list_has_a_new_tag_exactly_when_it_shows_something_else(
    asked, path, minutes
):
    at, seen = START + timedelta(days=1, hours=8), set()
    for _ in range(120):
        at += timedelta(minutes=minutes)
        reply = asked.get(path, at)
        seen.add((reply.headers["ETag"], reply.body))
    tags, bodies = ({pair[k] for pair in seen} for k in (0, 1))
    assert len(tags) == len(bodies) == len(seen)
    assert 10 < len(seen) < 110


def test_a_list_is_known_until_it_changes(asked):
    for event in of(asked.world, Kind.TAKEDOWN)[:5] + of(asked.world, Kind.MOVE)[:5]:
        assert not is_known(asked, MAP, event.time - SECOND, event.time)
        section = asked.world.section_of(event.n, event.time - SECOND)
        path = asked.world.dates.sections(event.time).by_id[section.top].path
        if event.time - asked.world.times[event.n] < timedelta(hours=6):
            assert not is_known(asked, path, event.time - SECOND, event.time)
    night = of(asked.world, Kind.QUIET_NIGHT)[0]
    late = night.until - SECOND
    for path in ("/", MAP, "/the-gioi-130ct0.htm", "/the-gioi.rss", "/sitemap.xml"):
        assert is_known(asked, path, night.time, late)


def test_an_edit_that_is_not_announced_leaves_the_map_known(asked):
    for edit in of(asked.world, Kind.EDIT)[:200:8]:
        published = edit.time in asked.world.times
        if not published:
            known = is_known(asked, MAP, edit.time - SECOND, edit.time)
            assert known == (not edit.announced)


def test_a_quarter_of_the_pages_has_no_validators_and_always_changes(asked):
    at = START + timedelta(days=2, hours=12)
    paths = [asked.world.headline(n).path for n in range(400)]
    bare = [p for p in paths if not has_validators(asked, p, at)]
    assert 70 < len(bare) < 130
    for path in bare[:20]:
        reply = asked.get(path, at)
        if reply.status == 200:
            assert "Last-Modified" not in reply.headers
            assert "lượt xem" in reply.body.decode()
            later = asked.get(path, at + timedelta(minutes=5), if_none_match="*")
            assert (later.status, later.body == reply.body) == (200, False)


def test_no_page_with_a_tag_has_a_counter(asked):
    at = START + timedelta(days=2, hours=12)
    for n in range(60):
        reply = asked.get(asked.world.headline(n).path, at)
        if "ETag" in reply.headers:
            assert "lượt xem" not in reply.body.decode()


def test_the_server_tells_the_time_of_its_world(asked):
    at = START + timedelta(days=3, hours=1, seconds=5)
    assert parsedate_to_datetime(asked.get("/", at).headers["Date"]) == at


def test_a_page_of_the_menu_alone_has_no_validators(asked):
    assert not has_validators(asked, "/rss.htm", START)
