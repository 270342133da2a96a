"""The replica portal knows the truth of its articles; reading gives it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scraper.demo import Portal
from scraper.demo.pages import plain
from scraper.demo.site import Site
from scraper.items import Kind, Page
from scraper.reading import read

WORLDS = [
    (0, datetime.fromisoformat("2026-03-02T09:00:00+07:00")),
    (7, datetime.fromisoformat("2025-07-12T00:30:00+07:00")),
    (11, datetime.fromisoformat("2024-02-29T23:57:00+07:00")),
]
SIZE = 120
TEMPLATES = {"current", "cms", "older"}
TAIL = (
    "Chia sẻ:",
    "Chú thích ảnh",
    "Các đơn vị thông tin của TTXVN",
    "doanh nghiệp - Sản phẩm - Dịch vụ",
    "Rao vặt",
    "Thông cáo báo chí",
)


@pytest.fixture(
    scope="module",
    params=[WORLDS[0], *(pytest.param(w, marks=pytest.mark.slow) for w in WORLDS[1:])],
    ids=[f"seed{seed}" for seed, _ in WORLDS],
)
def told(request):
    """Each article as the portal knows it, with what was read off its page."""
    seed, now = request.param
    portal = Portal(SIZE, seed=seed, base="https://baotintuc.example", now=now)
    site = Site(portal)
    return [(truth, read_page(site, truth.url, now)) for truth in portal.truths()]


def read_page(site, url, now):
    answer = site.answer(url.removeprefix(site.portal.base))
    body = b"".join(plain(answer.parts))
    fetched_at = now + timedelta(minutes=1)
    return read(Page(url, body, answer.content_type, fetched_at=fetched_at))


def as_truth(article):
    return {
        "url": article.canonical_url,
        "kind": article.kind.value,
        "title": article.title,
        "lead": article.lead,
        "blocks": tuple((block.kind.value, block.text) for block in article.blocks),
        "text": article.text,
        "captions": article.captions,
        "byline": article.byline,
        "authors": article.authors,
        "agency": article.agency,
        "published_at": article.published_at and article.published_at.isoformat(),
        "section": article.section,
        "tags": article.tags,
    }


def test_every_template_is_among_the_pages(told):
    assert {truth.template for truth, _ in told} == TEMPLATES


def test_every_field_of_every_article_is_as_the_portal_knows_it(told):
    differences = [
        f"{truth.template} {truth.url} {field}: {found!r}, not {getattr(truth, field)!r}"
        for truth, article in told
        for field, found in as_truth(article).items()
        if found != getattr(truth, field)
    ]
    assert not differences, "\n".join(differences[:5])


def test_no_string_of_the_tail_begins_a_line_of_any_text(told):
    lines = [line for _, article in told for line in article.text.splitlines()]
    assert not [line for line in lines if line.startswith(TAIL)]


def test_every_picture_of_a_caption_is_found_with_its_caption(told):
    for _, article in told:
        captioned = [image for image in article.images if image.caption]
        assert tuple(image.caption for image in captioned) == article.captions
        assert all(image.url for image in captioned)


@pytest.mark.parametrize("path", ["/", "/thoi-su-472ct0.htm", "/anh.htm"])
def test_a_section_page_is_a_listing_without_text(path):
    seed, now = WORLDS[0]
    base = "https://baotintuc.example"
    site = Site(Portal(SIZE, seed=seed, base=base, now=now))
    article = read_page(site, base + path, now)
    assert (article.kind, article.text) == (Kind.LISTING, "")
