"""What changes on the page of an article while the article does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.demo.pages.furniture import news_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.demo.story import Headline


@dataclass(frozen=True)
class Churn:
    """A counter and two lists as they stand at one moment; the default shows none."""

    views: int = 0
    read: Sequence[Headline] = ()
    latest: Sequence[Headline] = ()

    @property
    def counter(self) -> str:
        if not self.views:
            return ""
        return f'<span class="views">{self.views:,} lượt xem</span>'.replace(",", ".")

    @property
    def boxes(self) -> str:
        if not self.views:
            return ""
        read = news_box("đọc nhiều trong giờ", self.read)
        return read + news_box("vừa đăng", self.latest)


STILL = Churn()
