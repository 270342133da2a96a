"""Digests, samples and models as they are kept."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from scraper.errors import ConfigurationError
from scraper.sitemodel import PageDigest, Sample, SiteModel
from tests.unit.sitemodel.kit import PROMOTION, digests, model_of, page, pages

PROMOTED = f"<p>{PROMOTION}</p>"


def test_a_digest_survives_its_json():
    (digest,) = digests([page(1, inside=PROMOTED)])
    assert PageDigest.from_json(digest.to_json()) == digest


def test_a_digest_says_what_became_of_each_block():
    (digest,) = digests([page(1)])
    fates = {block.start: block.fate.value for block in digest.blocks}
    assert fates["Trang chủ"] == "outside"
    assert list(fates.values()).count("body") == 6
    assert "title" in fates.values()


def test_a_digest_knows_where_tags_and_day_are_printed():
    told = page(1, after="<p><a href='/t/1'>mùa lũ</a> <a href='/t/2'>Sa Pa</a></p>")
    head = (
        "<meta property='article:tag' content='mùa lũ'>"
        "<meta property='article:tag' content='Sa Pa'>"
        "<meta property='article:published_time' content='2025-07-12T15:13:00+07:00'>"
    )
    body = told.body.decode().replace("</head>", f"{head}</head>")
    body = body.replace("</h1>", "</h1><div class='on'>12/07/2025 15:13</div>")
    (digest,) = digests([replace(told, body=body.encode())])
    fates = {block.start: block.fate.value for block in digest.blocks}
    assert fates["mùa lũ Sa Pa"] == "tags"
    assert fates["12/07/2025 15:13"] == "date"


def test_a_sample_is_bounded_and_knows_no_order():
    told = digests(pages(12))
    kept = []
    for seed in range(4):
        shuffled = told.copy()
        random.Random(seed).shuffle(shuffled)
        kept.append([digest.key for digest in Sample(shuffled, size=5)])
    assert kept[0] == sorted(digest.key for digest in told)[:5]
    assert all(keys == kept[0] for keys in kept)


def test_a_sample_says_beforehand_what_it_wants():
    first, *others = sorted(digests(pages(6)), key=lambda digest: digest.key)
    sample = Sample(others[:3], size=3)
    assert sample.wants(first.key)
    assert sample.wants(others[1].key)
    assert not sample.wants(others[-1].key)
    assert not sample.add(others[-1])
    assert sample.add(first)
    assert len(sample) == 3


def test_of_two_texts_at_one_address_the_same_one_stays_whatever_the_order():
    one, other = digests([page(1), replace(page(2), url=page(1).url)])
    assert list(Sample([one, other])) == list(Sample([other, one]))


def test_a_model_survives_its_json():
    model = model_of(pages(4, inside=PROMOTED))
    again = SiteModel.from_json(model.to_json())
    assert again == model
    assert again.version == model.version


def test_an_edited_model_is_another_version():
    model = model_of(pages(4, inside=PROMOTED))
    record = json.loads(model.to_json())
    record["repeated"].clear()
    del record["version"]
    assert SiteModel.from_json(json.dumps(record)).version != model.version


def test_a_model_that_is_not_what_its_version_says_is_refused():
    text = model_of(pages(4, inside=PROMOTED)).to_json()
    changed = text.replace('"pages": 4', '"pages": 5', 1)
    assert changed != text
    with pytest.raises(ConfigurationError, match=r'damaged.*remove the line "version"'):
        SiteModel.from_json(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"format": 1}',
        '{"format": 1, "site": "x", "pages": "y"}',
    ],
)
def test_what_is_no_model_is_refused(text):
    with pytest.raises(ConfigurationError, match="no site model"):
        SiteModel.from_json(text)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (lambda r: r["templates"][0]["paths"].update(p={"keep": "no"}), "kept|keep"),
        (lambda r: r["repeated"].update(k={"start": 1, "pages": 2}), "start is 1"),
        (lambda r: r.update(pages="3"), "pages is '3'"),
        (lambda r: r["labels"].update(x=None), "x is None"),
        (lambda r: r.update(colour="red"), "colour"),
        (lambda r: r["templates"][0].pop("body"), "body"),
    ],
)
def test_an_edit_that_makes_no_sense_is_named(broken, named):
    record = json.loads(model_of(pages(3)).to_json())
    broken(record)
    with pytest.raises(ConfigurationError, match=named):
        SiteModel.from_json(json.dumps(record))


def test_a_model_of_another_format_is_refused():
    record = json.loads(model_of(pages(2)).to_json()) | {"format": 99}
    with pytest.raises(ConfigurationError, match="another format"):
        SiteModel.from_json(json.dumps(record))
