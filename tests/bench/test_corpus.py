"""The articles of the benchmarks of the store: the same in every run, all different."""

from __future__ import annotations

from statistics import mean

from bench.corpus.articles import SIZE, iter_articles
from bench.corpus.queries import QUERIES


def test_articles_are_the_same_wherever_a_run_begins():
    assert list(iter_articles(0, 30))[20:] == list(iter_articles(20, 30))


def test_addresses_are_all_different_and_times_ascend_across_portals():
    made = list(iter_articles(SIZE - 200, SIZE + 200))
    assert len({article.canonical_url for article in made}) == 400
    times = [article.published_at for article in made]
    assert times == sorted(times)


def test_texts_are_of_several_hundred_words_half_of_them_different():
    texts = [article.text.split() for article in iter_articles(0, 200)]
    assert mean(map(len, texts)) > 350
    assert mean(len(set(text)) for text in texts) > 200


def test_there_are_twenty_queries():
    assert len(set(QUERIES)) == 20
