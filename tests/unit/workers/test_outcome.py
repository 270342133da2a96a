from __future__ import annotations

from scraper.errors import ExtractionError
from scraper.items import Page
from scraper.workers.crew import not_given

PAGE = Page("https://example.org/a", b"")


def test_a_page_that_no_worker_could_be_given_is_a_harmful_failure():
    failure = not_given(PAGE, AttributeError("no such task"))
    assert failure.harmful
    assert failure.error is ExtractionError
    assert "no worker could be given it: AttributeError(" in failure.message
