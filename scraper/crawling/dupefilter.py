"""Which requests were made already, in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.dupefilters import RFPDupeFilter

from scraper.seen import Seen

if TYPE_CHECKING:
    from scrapy import Request


class CompactDupeFilter(RFPDupeFilter):
    """Scrapy's filter in a sixth of the memory; with a JOBDIR it is Scrapy's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  Scrapy's
        super().__init__(*args, **kwargs)
        self._seen = Seen()

    def request_seen(self, request: Request) -> bool:
        if self.file:
            return super().request_seen(request)
        key = self.fingerprinter.fingerprint(request)
        was_seen = key in self._seen
        self._seen.add(key)
        return was_seen
