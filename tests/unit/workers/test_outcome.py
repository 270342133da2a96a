from __future__ import annotations

from scraper.errors import ExtractionError
from scraper.items import Page
from scraper.workers.pool import not_sent

PAGE = Page("https://example.org/a", b"")


def test_a_page_that_no_worker_could_be_given_is_a_harmful_failure():
    failure = not_sent(PAGE, AttributeError("no such task"))
    assert failure.harmful
    assert failure.error is ExtractionError
    assert "it could not be sent to a worker: AttributeError(" in failure.message
