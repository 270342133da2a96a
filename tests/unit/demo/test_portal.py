from __future__ import annotations

import tracemalloc
import unicodedata
from datetime import date, datetime

import pytest

from scraper.demo import Portal
from scraper.demo.lexicon import SECTIONS, TOP
from tests.unit.demo.conftest import NOW


def test_an_article_is_the_same_in_every_portal_of_the_same_seed(portal):
    again = Portal(250, seed=3, base=portal.base, now=NOW)
    assert [again.truth(n) for n in (249, 7, 0)] == [
        portal.truth(n) for n in (249, 7, 0)
    ]


def test_another_seed_tells_other_news(portal):
    other = Portal(250, seed=4, base=portal.base, now=NOW)
    assert not {t.text for t in other.truths()} & {t.text for t in portal.truths()}


def test_articles_share_few_runs_of_words(portal):
    def runs(n):
        words = portal.truth(n).text.lower().split()
        return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}

    told = [runs(n) for n in range(120)]
    closest = max(len(a & b) / len(a | b) for k, a in enumerate(told) for b in told[:k])
    assert closest < 0.35


def test_every_address_is_found_again(portal):
    assert all(portal.find(portal.headline(n).path) == n for n in range(len(portal)))


@pytest.mark.parametrize(
    "path",
    [
        "/thoi-su/khong-co-bai-nay-20260302085500000.htm",
        "/thoi-su/ngay-sai-20261399085500000.htm",
        "/khong-co-bai-nay-post3000000.html",
        "/khong-co-bai-nay-post999999999.html",
        "/",
    ],
)
def test_an_address_without_an_article_is_not_found(portal, path):
    assert portal.find(path) is None


def test_addresses_carry_the_time_of_publication_newest_first(portal):
    heads = [portal.headline(n) for n in range(len(portal))]
    stamps = [h.stamp for h in heads if h.template != "cms"]
    assert stamps == sorted(stamps, reverse=True)
    for head in heads:
        if head.template != "cms":
            minute = datetime.strptime(head.stamp[:12] + "+0700", "%Y%m%d%H%M%z")
            late = head.published - minute
            assert 0 <= late.total_seconds() <= 60
            assert minute.date() == head.published.date()


def test_times_are_minutes_of_vietnam_none_after_now(portal):
    for n in (0, 1, 249):
        moment = datetime.fromisoformat(portal.truth(n).published_at)
        assert moment <= NOW
        assert portal.truth(n).published_at.endswith(":00+07:00")


def test_a_portal_that_grows_keeps_its_addresses_and_its_words():
    small, large = Portal(60, now=NOW), Portal(70, now=NOW)
    for n in range(60):
        assert large.truth(n).url == small.truth(n).url
        assert large.truth(n).text == small.truth(n).text


def test_thirty_articles_have_every_template():
    small = Portal(30, now=NOW)
    assert {t.template for t in small.truths()} == {"current", "cms", "older"}


def test_four_bodies_in_27_are_split_by_breaks(portal):
    shapes = [portal.headline(n).shape for n in range(27)]
    assert shapes.count("split") == 4


def test_sections_list_each_article_once(portal):
    listed = [h.n for top in TOP for h in portal.listed(top, 0, 250)]
    assert sorted(listed) == list(range(250))
    assert sum(portal.count(top) for top in TOP) == 250


def test_a_sub_section_lists_only_its_own(portal):
    law = SECTIONS[579]
    assert {h.section for h in portal.listed(law, 0, 250)} == {law}


def test_days_hold_every_article_once(portal):
    days = [date(2026, 3, 2), date(2026, 3, 1)]
    numbers = [n for day in days for n in portal.on_day(day)]
    assert numbers == list(range(250))
    for day in days:
        assert {portal.published(n).date() for n in portal.on_day(day)} == {day}


def test_related_articles_are_others(portal):
    for n in (0, 17, 249):
        related = [head.n for head in portal.related(n)]
        assert n not in related
        assert 3 <= len(related) == len(set(related))


def test_the_truth_is_clean(portal):
    for truth in portal.truths():
        texts = [truth.title, truth.lead, truth.byline, *truth.tags]
        texts += [part for _, text in truth.blocks for part in text.split("\n")]
        for text in texts:
            assert text.strip()
            assert unicodedata.is_normalized("NFC", text)
            assert "  " not in text
            assert not set("{}|") & set(text)
            assert text == text.strip()


def test_the_text_is_the_lead_and_every_block_but_captions(portal):
    for truth in portal.truths():
        body = [text for kind, text in truth.blocks if kind != "caption"]
        assert truth.text == "\n\n".join([truth.lead, *body])
        assert truth.captions == tuple(t for k, t in truth.blocks if k == "caption")


def test_every_kind_of_block_is_told(portal):
    kinds = {kind for truth in portal.truths() for kind, _ in truth.blocks}
    assert kinds == {
        "paragraph",
        "heading",
        "quote",
        "list_item",
        "table",
        "caption",
        "question",
        "answer",
    }


def test_questions_end_in_a_question_mark_and_answers_follow(portal):
    for truth in portal.truths():
        kinds = [kind for kind, _ in truth.blocks]
        for k, (kind, text) in enumerate(truth.blocks):
            assert (kind == "question") <= text.endswith("?")
            assert (kind == "question") <= (
                kinds[min(k + 1, len(kinds) - 1)] == "answer"
            )


def test_photo_stories_are_mostly_captions(portal):
    galleries = [t for t in portal.truths() if t.kind == "gallery"]
    assert galleries
    for truth in galleries:
        assert truth.section == "Ảnh"
        assert len(truth.captions) > len(truth.blocks) / 2


def test_bodies_have_three_to_twenty_paragraphs_or_more_when_interviews(portal):
    for n in range(len(portal)):
        truth = portal.truth(n)
        if portal.headline(n).shape in {"news", "split", "feature"}:
            assert 3 <= sum(kind == "paragraph" for kind, _ in truth.blocks) <= 20


@pytest.mark.parametrize("size", [-1, 250_001])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(ValueError, match="size is"):
        Portal(size)


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="without an offset"):
        Portal(1, now=datetime(2026, 3, 2))  # noqa: DTZ001


@pytest.mark.parametrize("n", [-1, 250])
def test_an_article_out_of_range_is_an_index_error(portal, n):
    with pytest.raises(IndexError, match="250 articles"):
        portal.truth(n)


def test_the_largest_portal_is_made_at_once():
    tracemalloc.start()
    largest = Portal(250_000, now=NOW)
    assert largest.truth(249_999).template == "older"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000  # bytes: no article is written before it is asked for
