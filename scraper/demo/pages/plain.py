"""Small pages: print versions, videos, advertorials, the index of feeds, not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.demo.markup import Chrome, Part, escape, quoted
from scraper.demo.pages import furniture as part
from scraper.demo.pages.body import bottom, footer
from scraper.demo.pages.head import ADS, assets

if TYPE_CHECKING:
    from scraper.demo.pages.furniture import Extra
    from scraper.demo.story import Story

_PITCH = (
    "Chương trình kéo dài đến hết tháng, áp dụng tại mọi điểm giao dịch của {brand}.",
    "Khách hàng đăng ký sớm được tặng thêm một phần quà và tư vấn miễn phí.",
    "Chi tiết xin liên hệ tổng đài của {brand} để được hướng dẫn.",
)


class Plain:
    """A page of the portal's chrome around a short content."""

    def __init__(self, stock: part.Stock) -> None:
        self.base = stock.base
        self._top = Chrome(
            f'{assets()}\n</head>\n<body>\n<form id="form1">\n'
            + part.toolbar()
            + part.navigation(stock.tops)
            + part.topic_bar(stock.topics)
            + '\n<div class="detail-content w1040">\n'
        )
        self._end = Chrome(
            "\n</div>" + bottom(stock.adverts) + footer(stock.tops) + ADS
        )

    def frame(self, title: str, content: str, kind: str = "website") -> list[Part]:
        """Return a page of *content*, which is HTML; *kind* is its ``og:type``."""
        head = (
            '<!DOCTYPE html>\n<html lang="vi">\n<head><meta http-equiv="Content-Type" '
            f'content="text/html; charset=utf-8" /><title>{escape(title)} | baotintuc.vn'
            f'</title><meta property="og:type" content="{kind}" />'
            f'<meta property="og:title" content="{quoted(title)}" />'
        )
        return [head.encode(), self._top, content.encode(), self._end]

    def advertorial(self, item: Extra) -> list[Part]:
        brand = item.title.partition(" ưu đãi")[0].partition(" khai trương")[0]
        pitch = "\n".join(f"<p>{line.format(brand=brand)}</p>" for line in _PITCH)
        return self.frame(
            item.title,
            f'<h1 class="detail-title">{item.title}</h1>\n'
            f'<div class="content"><h2 class="sapo">{item.title}.</h2>\n'
            f'<div class="boxdetail"><div class="contents">{pitch}</div></div></div>',
            "article",
        )

    def video(self, item: Extra) -> list[Part]:
        return self.frame(
            item.title,
            f'<h1 class="detail-title">{item.title}</h1>\n'
            f'<div class="video-player"><video src="https://video.example{item.path}.mp4"'
            " controls></video></div>\n"
            f'<p class="des">Mời quý vị theo dõi: {item.title}.</p>',
            "video.other",
        )


def printed(story: Story, base: str) -> list[Part]:
    """Return the print version: the text alone, not to be indexed."""
    head = story.headline
    lines = "\n".join(f"<p>{escape(block.text)}</p>" for block in story.blocks)
    return [
        f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><meta name="robots" content="noindex, nofollow">
<title>{escape(head.title)}</title><link rel="canonical" href="{base}{head.path}"></head>
<body onload="window.print()"><h1>{escape(head.title)}</h1><p><b>{escape(head.lead)}</b></p>
{lines}
<p>{story.byline.printed}</p></body></html>""".encode()
    ]
