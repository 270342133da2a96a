from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.storage import Address, AddressKind, Outcome, Result, Visit, Wanted

NOON = datetime(2025, 7, 11, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
JOB = "bao"


def story(n: int, **fields) -> Address:
    told = {"time": NOON - n * HOUR, "dated": True}
    return Address(f"https://example.vn/tin-{n}.htm", **told | fields)


def source(kind=AddressKind.FEED, name="tin.rss", **fields) -> Address:
    return Address(f"https://example.vn/{name}", kind, **fields)


class Crawl:
    """One run after the other over one store."""

    def __init__(self, store) -> None:
        self.jobs = store.jobs
        self.at = self.began = NOON
        self.run = self.jobs.begin(JOB, NOON)

    def later(self, *, minutes: float = 0, **span) -> None:
        """End this run and begin another one after *span*."""
        self.jobs.end(self.run, self.at, "")
        self.at = self.began = self.at + timedelta(minutes=minutes, **span)
        self.run = self.jobs.begin(JOB, self.at)

    def add(self, *addresses: Address) -> int:
        return len(self.jobs.add(JOB, addresses, at=self.at))

    def lease(self, limit: int = 10, **narrower):
        at = {"run": self.run, "began": self.began, "at": self.at}
        return self.jobs.lease(JOB, Wanted(**at, limit=limit, **narrower))

    def urls(self, **wanted) -> list[str]:
        return [each.address.url.rpartition("/")[2] for each in self.lease(**wanted)]

    def settle(self, lease, result=Result.READ, **told):
        visit = Visit(position=lease.position, at=self.at, result=result, **told)
        (settled,) = self.jobs.settle(JOB, [visit], run=self.run, at=self.at)
        return settled

    def visit_all(self, result=Result.READ, **told):
        return [self.settle(each, result, **told) for each in self.lease()]


@pytest.fixture
def crawl(store) -> Crawl:
    return Crawl(store)


def test_sources_come_first_then_the_newest_articles(crawl) -> None:
    assert crawl.add(story(3), story(1), source(), story(2)) == 4
    assert crawl.urls(limit=3) == ["tin.rss", "tin-1.htm", "tin-2.htm"]
    assert crawl.urls() == ["tin-3.htm"]
    assert crawl.urls() == []


def test_an_address_is_known_once_whatever_lists_it(crawl) -> None:
    assert crawl.add(story(1), story(1)) == 1
    assert crawl.add(story(1), story(2)) == 1
    assert len(crawl.lease()) == 2


def test_two_jobs_know_the_same_address_each_for_itself(crawl) -> None:
    crawl.add(story(1))
    assert crawl.jobs.add("other", [story(1)], at=NOON) == [story(1).url]


def test_what_was_leased_and_never_settled_is_leased_by_the_next_run(crawl) -> None:
    crawl.add(story(1))
    assert crawl.urls() == ["tin-1.htm"]
    assert crawl.urls() == []
    crawl.later(minutes=1)
    assert crawl.urls() == ["tin-1.htm"]


def test_an_article_and_its_visit_are_stored_together(crawl, store, make) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    assert crawl.settle(lease, article=make(1)).outcome is Outcome.NEW
    assert store.load(make(1).url) == make(1)
    crawl.later(minutes=10)
    assert crawl.urls() == []


def test_a_visit_whose_article_cannot_be_stored_changes_nothing(crawl, store) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    with pytest.raises(AttributeError):
        crawl.settle(lease, article=object(), links=(story(2),))
    crawl.later(minutes=1)
    assert crawl.urls() == ["tin-1.htm"]


@pytest.mark.slow
def test_articles_are_seen_again_at_half_a_day_a_day_and_two_days(crawl, make) -> None:
    crawl.add(story(0))
    seen = []
    for _ in range(24 * 40):
        for lease in crawl.lease():
            seen.append((crawl.at - NOON) / HOUR)
            crawl.settle(lease, article=make(1, published_at=NOON))
        crawl.later(hours=1)
    assert seen[:4] == [0, 12, 23, 47]
    assert seen[4:] in ([], [7 * 24, 30 * 24])


def test_what_has_changed_before_is_seen_at_a_week_and_a_month(crawl, make) -> None:
    crawl.add(story(0), story(1), story(2))
    for hours in (0, 12, 12, 24, 5 * 24):
        crawl.later(hours=hours)
        leased = crawl.lease()
        for lease in leased:
            article = make(lease.position, f"Bản {hours}.", published_at=NOON)
            crawl.settle(lease, article=article)
    assert len(leased) == 3


def test_what_the_server_said_is_there_at_the_next_visit(crawl, make) -> None:
    crawl.add(story(0))
    (lease,) = crawl.lease()
    assert (lease.visited_at, lease.etag) == (None, "")
    told = {"etag": '"1"', "last_modified": "Fri", "content_hash": "ab"}
    crawl.settle(lease, article=make(1, published_at=NOON), **told)
    crawl.later(hours=12)
    (again,) = crawl.lease()
    assert again.visited_at == NOON
    assert (again.etag, again.last_modified, again.content_hash) == ('"1"', "Fri", "ab")
    crawl.settle(again, Result.UNCHANGED)
    crawl.later(hours=12)
    assert crawl.lease()[0].etag == '"1"'


def test_links_of_a_source_are_stored_with_its_visit(crawl) -> None:
    crawl.add(source())
    (lease,) = crawl.lease()
    links = (story(1), story(2), story(1))
    assert len(crawl.settle(lease, links=links).new_links) == 2
    assert crawl.urls() == ["tin-1.htm", "tin-2.htm"]


@pytest.mark.parametrize(
    ("section", "silent"), [("", [9, 14, 15, 15]), ("muc", [9, 14, 21, 33])]
)
def test_a_source_is_asked_as_often_as_it_brings_something(
    crawl, section, silent
) -> None:
    crawl.add(source(section=section))
    waits, last, number = [], NOON, 0
    for minute in range(150):
        for lease in crawl.lease():
            if lease.address.kind is not AddressKind.FEED:
                crawl.settle(lease, Result.DROPPED)
                continue
            waits.append((crawl.at - last) / timedelta(minutes=1))
            last = crawl.at
            number += 1
            links = (story(100 + number),) if minute > 90 else ()
            crawl.settle(lease, links=links)
        crawl.later(minutes=1)
    assert waits[:9] == [0, 1, 1, 3, 5, *silent]
    assert waits[-3:] == [1, 1, 1]


def test_days_and_later_pages_are_visited_once_until_a_walk_comes_again(crawl) -> None:
    later = source(AddressKind.SECTION, "muc/trang-2.htm", page=2)
    crawl.add(source(AddressKind.DAY, "d11.htm"), later)
    crawl.visit_all()
    crawl.later(days=3)
    assert crawl.urls() == []
    crawl.add(later)
    assert crawl.urls() == ["trang-2.htm"]


@pytest.mark.slow
def test_a_failed_article_is_tried_again_later_each_time_and_given_up(crawl) -> None:
    crawl.add(story(0))
    tried = []
    for minute in range(0, 60 * 24 * 8, 10):
        for lease in crawl.lease():
            tried.append(minute)
            crawl.settle(lease, Result.FAILED, reason="http_503")
        crawl.later(minutes=10)
    assert tried == [0, 10, 30, 70, 150, 310, 630, 1270, 2550]


def test_a_source_that_fails_wakes_the_others(crawl) -> None:
    section = source(AddressKind.SECTION, "muc.htm", section="muc")
    crawl.add(source(), section)
    crawl.visit_all()
    crawl.later(minutes=10)
    (feed,) = crawl.lease()
    crawl.settle(feed, Result.GONE)
    crawl.later(minutes=1)
    assert crawl.urls() == ["muc.htm"]


def test_a_source_that_woke_is_asked_ever_less_while_it_brings_nothing(crawl) -> None:
    section = source(AddressKind.SECTION, "muc.htm", section="muc")
    crawl.add(source(), section)
    crawl.visit_all()
    crawl.later(minutes=10)
    (feed,) = crawl.lease()
    crawl.settle(feed, Result.GONE)
    asked = []
    for minute in range(40):
        for lease in crawl.lease(sections=("muc",)):
            asked.append(minute)
            crawl.settle(lease)
        crawl.later(minutes=1)
    assert asked == [0, 5, 14, 28]


def test_a_source_that_is_gone_is_asked_by_each_run_then_each_hour(crawl) -> None:
    crawl.add(source())
    asked = []
    for minute in range(0, 300, 10):
        for lease in crawl.lease():
            asked.append(minute)
            crawl.settle(lease, Result.GONE)
        crawl.later(minutes=10)
    assert asked == [*range(0, 121, 10), 180, 240]


def test_what_lists_every_section_comes_before_the_sections(crawl) -> None:
    crawl.add(source(section="muc"), source(AddressKind.SECTION, "index.htm"))
    assert crawl.urls() == ["index.htm", "tin.rss"]


def test_nothing_older_comes_before_a_part_of_a_sitemap_is_read(crawl) -> None:
    parts = (
        source(AddressKind.SITEMAP, f"{n}.xml", page=2, changed=NOON - n * 10 * HOUR)
        for n in (1, 2)
    )
    crawl.add(*parts, story(1), story(11))
    assert crawl.urls() == ["tin-1.htm", "1.xml"]


def test_an_article_that_is_gone_is_asked_for_once_more(crawl, store, make) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    crawl.settle(lease, article=make(1, published_at=NOON))
    crawl.later(hours=12)
    (lease,) = crawl.lease()
    crawl.settle(lease, Result.GONE)
    assert store.load(make(1).url).gone_at == crawl.at
    crawl.later(days=1)
    (lease,) = crawl.lease()
    crawl.settle(lease, Result.GONE)
    crawl.later(days=9)
    assert crawl.urls() == []


def test_what_is_no_article_is_not_asked_for_again(crawl) -> None:
    crawl.add(story(1))
    crawl.visit_all(Result.DROPPED, reason="not_an_article/listing")
    crawl.later(days=9)
    assert crawl.urls() == []


def test_what_the_store_has_is_not_new_to_a_frontier_that_begins(crawl, store, make):
    store.save([make(1), make(2)])
    mirrored = replace(story(2), url="https://mirror.vn/tin-2.htm", alias=make(2).url)
    assert crawl.add(story(1), mirrored, story(3)) == 1
    crawl.visit_all(Result.DROPPED)
    crawl.later(hours=12)
    assert crawl.urls() == ["tin-1.htm", "tin-2.htm"]


@pytest.fixture
def announcing(crawl, make):
    """Return what visits story 1, then lets the sitemap announce changes of it."""
    crawl.add(source(AddressKind.SITEMAP, "sitemap.xml"), story(1))
    sitemap, article = crawl.lease()
    crawl.settle(sitemap, links=(story(1, changed=NOON - HOUR),))
    crawl.settle(article, article=make(1))

    def announce(at) -> list[str]:
        crawl.settle(sitemap, links=(story(1, changed=at),))
        return [each for each in crawl.lease() if each.position == article.position]

    return announce


def test_an_announced_change_is_looked_at_at_once(crawl, announcing) -> None:
    crawl.later(minutes=30)
    assert announcing(NOON - HOUR) == []
    assert len(announcing(NOON + HOUR / 4)) == 1


def test_a_sitemap_is_believed_as_long_as_it_proves_true(crawl, announcing, make):
    seen = []
    for number in range(14):
        crawl.later(minutes=30)
        leases = announcing(crawl.at)
        seen.append(len(leases))
        words = f"Bản {number}." if number < 3 else "Bản cuối."
        for lease in leases:
            crawl.settle(lease, article=make(1, words))
    assert seen == [1] * 9 + [0] * 5


def test_an_address_that_moved_is_visited_where_it_is_now(crawl, make) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    moved = "https://example.vn/muc-moi/tin-1.htm"
    crawl.settle(lease, article=make(1, url=moved, published_at=NOON), moved_to=moved)
    crawl.later(hours=12)
    assert crawl.urls() == ["tin-1.htm"]
    crawl.later(hours=12)
    (again,) = crawl.lease()
    assert again.address.url == moved


def test_a_move_to_a_known_address_merges_the_two(crawl, make) -> None:
    crawl.add(story(1), story(2))
    one, two = crawl.lease()
    crawl.settle(one, article=make(2, published_at=NOON), moved_to=two.address.url)
    crawl.settle(two, article=make(2, published_at=NOON))
    crawl.later(hours=12)
    assert crawl.urls() == ["tin-2.htm"]


def test_a_run_may_be_narrowed_to_sections_and_days(crawl) -> None:
    crawl.add(
        story(1, section="thoi-su"),
        story(30, section="thoi-su"),
        story(2, section="the-gioi"),
        source(AddressKind.SECTION, "thoi-su.htm", section="thoi-su"),
        source(),
    )
    day = {"first": NOON - 24 * HOUR, "last": NOON - HOUR / 2}
    assert crawl.urls(sections=("thoi-su",), **day) == ["thoi-su.htm", "tin-1.htm"]
    assert crawl.urls(first=NOON - 24 * HOUR) == ["tin.rss", "tin-2.htm"]


def test_a_walk_over_many_addresses_goes_chunk_by_chunk(crawl) -> None:
    stories = [story(n) for n in range(1200)]
    assert crawl.add(*stories) == 1200
    assert crawl.add(*stories, story(1200)) == 1


def test_addresses_that_utf8_cannot_hold_are_kept(crawl) -> None:
    crawl.add(Address("https://example.vn/\ud800.htm"))
    assert crawl.urls() == ["?.htm"]


def test_further_pages_follow_where_a_link_was_new(crawl) -> None:
    crawl.add(source(AddressKind.SECTION, "muc.htm"))
    (lease,) = crawl.lease()
    further = source(AddressKind.SECTION, "muc/trang-2.htm", page=2)
    crawl.settle(lease, links=(story(1),), further=further)
    assert crawl.urls() == ["trang-2.htm", "tin-1.htm"]
    crawl.later(days=1)
    (lease,) = crawl.lease(kinds=frozenset({AddressKind.SECTION}), limit=1)
    crawl.settle(lease, links=(story(1),), further=replace(further, url="x", page=3))
    assert "x" not in crawl.urls()


def test_a_job_may_be_forgotten_and_begun_anew(crawl, store, make) -> None:
    store.save([make(1)])
    assert crawl.add(story(1)) == 0
    crawl.jobs.forget(JOB)
    assert crawl.jobs.add(JOB, [story(1)], at=NOON, anew=True) == [story(1).url]


MOVED = "https://example.vn/muc-moi/tin-1.htm"


def test_an_article_that_moved_keeps_its_history_under_its_new_address(
    crawl, store, make
) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    crawl.settle(lease, article=make(1, "Bản một.", published_at=NOON))
    crawl.later(hours=12)
    (lease,) = crawl.lease()
    now = make(1, "Bản hai.", url=MOVED, published_at=NOON)
    assert crawl.settle(lease, article=now, moved_to=MOVED).outcome is Outcome.REVISED
    assert store.count() == 1
    assert [old.text for old in store.history(MOVED)] == ["Bản một.", "Bản hai."]
    assert store.load(story(1).url).url == MOVED


def test_a_duplicate_at_the_new_address_is_merged_with_the_old_one_at_once(
    crawl, store, make
) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    crawl.settle(lease, article=make(1, published_at=NOON))
    crawl.later(minutes=10)
    crawl.add(replace(story(1), url=MOVED))
    (new,) = crawl.lease()
    now = make(1, url=MOVED, published_at=NOON)
    assert crawl.settle(new, article=now).outcome is Outcome.NEW
    (old,) = crawl.lease()
    assert old.address.url == story(1).url
    crawl.settle(old, article=now, moved_to=MOVED)
    assert store.count() == 1
    assert store.load(story(1).url).canonical_url == MOVED
    assert [hit.article.url for hit in store.search("bài viết")] == [MOVED]


def test_articles_of_one_moment_with_other_words_are_no_twins(crawl, make) -> None:
    crawl.add(story(1))
    (lease,) = crawl.lease()
    crawl.settle(lease, article=make(1, published_at=NOON))
    crawl.add(story(2))
    (lease,) = crawl.lease()
    crawl.settle(lease, article=make(2, "Khác hẳn.", published_at=NOON))
    assert crawl.urls() == []


def test_a_source_that_fails_is_asked_by_every_run_for_an_hour_then_each_hour(crawl):
    crawl.add(source())
    tried = []
    for minute in range(0, 60 * 8, 10):
        for lease in crawl.lease():
            tried.append(minute)
            crawl.settle(lease, Result.FAILED, reason="http_503")
        crawl.later(minutes=10)
    assert tried[:13] == list(range(0, 130, 10))
    assert tried[13:] == [180, 240, 300, 360, 420]


def test_what_was_taken_for_an_article_is_visited_as_the_source_that_it_is(
    crawl,
) -> None:
    crawl.add(story(1), story(2))
    first, second = crawl.lease()
    crawl.settle(first, Result.DROPPED, reason="listing")
    crawl.settle(second, Result.GONE, reason="http_404")
    listed = source(AddressKind.SECTION, "tin-1.htm", section="Kinh tế")
    crawl.add(listed, source(AddressKind.SECTION, "tin-2.htm", section="Kinh tế"))
    (again,) = crawl.lease()
    assert (again.address, again.visited_at) == (listed, None)


def test_what_visits_gave_is_remembered(crawl) -> None:
    crawl.add(story(1), story(2), source(AddressKind.SECTION, "muc"), source())
    results = [Result.READ, Result.READ, Result.READ, Result.DROPPED]
    for lease, result in zip(crawl.lease(), results, strict=True):
        crawl.settle(lease, result)
    told = crawl.jobs.list_outcomes(JOB, 10)
    assert [(url.rpartition("/")[2], kind.value, good) for url, kind, good in told] == [
        ("tin-1.htm", "article", True),
        ("tin-2.htm", "article", False),
        ("muc", "section", True),
    ]
    assert len(crawl.jobs.list_outcomes(JOB, 1)) == 2
