from __future__ import annotations

from scraper.extraction import trafilatura_text


def test_words_said_a_thousand_times_are_tried_a_bounded_number_of_times(monkeypatch):
    tried = []
    whole = trafilatura_text._Output._is_at
    monkeypatch.setattr(
        trafilatura_text._Output,
        "_is_at",
        lambda self, *at: tried.append(at) or whole(self, *at),
    )
    output = trafilatura_text._Output([["ha"] * 5000])
    assert output.find(["ha"] * 12 + ["ho"], 2500) == -1
    assert len(tried) == 2 * trafilatura_text._MOST_TRIED
