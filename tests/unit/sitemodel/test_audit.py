from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.reading import difference, read
from scraper.sitemodel import is_audited
from scraper.sitemodel.model import is_trusted, with_audits
from tests.unit.sitemodel.kit import changed, model_of, rich, rich_pages, sentences

MODEL = model_of(rich_pages(6))
MATURE = replace(MODEL, audited=20, agreed=20)
ADDRESSES = [f"https://bao.example/tin/{n}.html" for n in range(4000)]


def at(url, told=None):
    return replace(told or rich(9), url=url)


def audited(model):
    return {url for url in ADDRESSES if is_audited(at(url), model)}


def told_by(wanted, model):
    """Return the first address that is audited, or that is not."""
    return next(url for url in ADDRESSES if is_audited(at(url), model) is wanted)


def test_one_page_in_five_is_audited_while_a_model_is_young_then_one_in_a_hundred():
    assert 0.15 < len(audited(MODEL)) / len(ADDRESSES) < 0.25
    assert 0.005 < len(audited(MATURE)) / len(ADDRESSES) < 0.02
    assert audited(MATURE) < audited(MODEL)


def test_what_a_page_says_does_not_matter_to_whether_it_is_audited():
    for url in ADDRESSES[:100]:
        assert is_audited(at(url), MODEL) is is_audited(at(url, rich(4)), MODEL)


def test_pages_without_an_address_are_told_apart_by_their_bytes():
    nameless = {is_audited(at("", rich(n)), MODEL) for n in range(60)}
    assert nameless == {True, False}


def test_an_audited_page_on_which_both_ways_agree_is_read_fast():
    extraction = read(at(told_by(True, MODEL)), MODEL).extraction
    assert (extraction.method, extraction.audit) == ("fast", "agreed")
    assert extraction.agreement == 1.0


def test_a_page_that_is_not_audited_says_nothing_of_it():
    extraction = read(at(told_by(False, MODEL)), MODEL).extraction
    assert (extraction.method, extraction.audit) == ("fast", "")
    assert extraction.agreement is None


@pytest.fixture
def odd():
    """A page on which the ways differ: more of its text stands elsewhere."""
    text = "".join(f"<p>{each}</p>" for each in sentences(30))
    return changed(
        rich(9), ('<div class="river">', f'<div>{text}</div><div class="river">')
    )


def test_of_two_articles_that_differ_the_careful_one_is_taken(odd):
    page = at(told_by(True, MODEL), odd)
    article = read(page, MODEL)
    assert (article.extraction.method, article.extraction.audit) == (
        "careful",
        "differed",
    )
    assert article.extraction.not_fast == ""
    assert difference(article, read(page, MODEL, full=True)) == []
    assert sentences(30)[0] in article.text
    assert article.ledger


def test_without_an_audit_the_difference_is_not_seen(odd):
    assert sentences(30)[0] not in read(at(told_by(False, MODEL), odd), MODEL).text


def test_audits_make_another_version_and_are_added_up():
    once = with_audits(MODEL, 3, 2)
    assert (once.audited, once.agreed) == (3, 2)
    assert with_audits(once, 4, 4) == replace(MODEL, audited=7, agreed=6)
    assert once.version != MODEL.version


def test_the_last_two_hundred_audits_count():
    old = replace(MODEL, audited=200, agreed=200)
    assert with_audits(old, 100, 0) == replace(MODEL, audited=200, agreed=133)
    assert not is_trusted(with_audits(old, 30, 0))


@pytest.mark.parametrize(
    ("audited", "agreed", "trusted"),
    [
        (0, 0, True),
        (1, 0, True),
        (5, 4, True),
        (2, 0, False),
        (5, 3, False),
        (20, 18, True),
        (20, 17, False),
    ],
)
def test_a_model_is_trusted_until_two_audits_and_a_tenth_say_otherwise(
    audited, agreed, trusted
):
    assert is_trusted(replace(MODEL, audited=audited, agreed=agreed)) is trusted
