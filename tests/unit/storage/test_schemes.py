"""http and https are two addresses of one article."""

from __future__ import annotations

from dataclasses import replace

from scraper.storage import Outcome, open_store
from tests.unit.cli.kit import make_article

SECURE = "https://bao.example/tin-1.htm"
PLAIN = "http://bao.example/tin-1.htm"


def test_an_article_under_the_other_scheme_is_the_same_one(tmp_path) -> None:
    plain = make_article(1, url=PLAIN, canonical_url=PLAIN)
    secure = replace(plain, url=SECURE, canonical_url=SECURE)
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        assert store.save([plain]) == [Outcome.NEW]
        assert store.known([SECURE, PLAIN]) == {SECURE, PLAIN}
        assert store.save([secure]) != [Outcome.NEW]
        assert store.known([SECURE, PLAIN]) == {SECURE, PLAIN}
        assert [each.canonical_url for each in store.iter_articles()] == [SECURE]
        assert store.load(PLAIN) == store.load(SECURE)
