"""The template of 2020-2026 (PORTALS.md), element by element as the saved pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.demo.markup import Chrome, Part, attribute, entities, escape, quoted
from scraper.demo.pages import body, icons
from scraper.demo.pages import furniture as part
from scraper.demo.pages.body import bottom, footer
from scraper.demo.pages.furniture import STILL, Churn
from scraper.demo.pages.head import ADS, assets, json_ld, metas

if TYPE_CHECKING:
    from scraper.demo.sections import Section
    from scraper.demo.story import Headline, Story

_DAYS = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")
_ADVERTS = (
    """<ins class="982a9496" data-key="d20c57abf92512e64c4066d5ac8242ec"></ins>
<script async src="https://ads.example/ba298f04.js"></script>
""",
    """<div class="gliaplayer-container" data-slot="portal_desktop"></div>
<script src="https://player.example/player/portal_desktop" async></script>
""",
)
_NOSCRIPT = """
<!-- Google Tag Manager (noscript) Netlink -->
<noscript><iframe src="https://tags.example/ns.html?id=GTM-0000000"
height="0" width="0" style="display:none;visibility:hidden"></iframe></noscript>
<!-- End Google Tag Manager (noscript) -->"""
_MAIL = "javascript:location.href='mailto:?SUBJECT='+document.title+'&BODY='+escape(location.href);"


def printed_time(head: Headline) -> str:
    """Return the time as the page prints it: Thứ Bảy, 12/07/2025 15:13."""
    day = head.published.weekday()
    name = "Chủ Nhật" if day == 6 else f"Thứ {_DAYS[day]}"  # noqa: PLR2004
    return f"{name}, {head.published:%d/%m/%Y %H:%M}"


class Current:
    """The template with the chrome of *stock*, prepared once."""

    def __init__(self, stock: part.Stock) -> None:
        self.base = stock.base
        self._head = Chrome(assets())
        self._top = Chrome(
            part.toolbar() + part.navigation(stock.tops) + part.topic_bar(stock.topics)
        )
        self._tops = {top.id: top for top in stock.tops}
        self._share = Chrome(_share_icons())
        self._sticky = Chrome(_sticky_icons())
        self._twitter = Chrome(_twitter_icons())
        self._below = Chrome(_below())
        self._bars = {top.id: Chrome(part.sub_bar(top)) for top in stock.tops}
        self._boxes = Chrome(
            part.media_boxes(stock.films, stock.photos)
            + '\n</div>\n</div>\n<div class="right-bar">\n'
            + part.advert("Web-Cate-01", "cot-phai-01")
            + part.news_box("tin đọc nhiều nhất", stock.latest[5:10])
            + part.news_box("tin mới nhất", stock.latest[:5])
        )
        self._same = {
            number: Chrome(part.news_box("tin cùng chuyên mục", items))
            for number, items in stock.same.items()
        }
        self._end = Chrome(
            "\n</div>\n</div>"
            + bottom(stock.adverts)
            + "\n</div>"
            + footer(stock.tops)
            + ADS
        )

    def render(
        self, story: Story, related: list[Headline], churn: Churn = STILL
    ) -> list[Part]:
        """Return the page of *story*; *related* are linked under its lead and end."""
        head = story.headline
        top = self._tops[head.section.top]
        return [
            metas(head, self.base).encode(),
            self._head,
            json_ld(story, self.base, top).encode(),
            self._top,
            b'\n<div class="detail-content w1040">\n',
            self._bars[top.id],
            self._heading(head, churn.counter).encode(),
            self._share,
            self._lead(head, related[:-1]).encode(),
            self._sticky,
            self._tweet(head).encode(),
            self._twitter,
            self._body(story, related[-1:]).encode(),
            self._below,
            self._boxes,
            self._same[top.id],
            churn.boxes.encode(),
            self._end,
        ]

    def _heading(self, head: Headline, counter: str) -> str:
        section = head.page_section
        return f"""<div class="detail-content_wrapper">
    <div class="detail-left">
        <div class="breadcrumb">
        </div>
        <h1 class="detail-title">
            {escape(head.title)}
        </h1>
        <div class="action-link">
            <div class="date">
                <span class="txt">
                    {printed_time(head)}</span>&nbsp;|&nbsp;
                <h4 class="cate">
                    <a href="{section_path(section)}" title="{section.name}"><strong>{section.name}</strong></a>
                </h4>{counter}
            </div>
            <div class="link">
                <div class="likeshare" style="margin-top: 8px; margin-right: 10px;">
                    {self._like(head)}
                </div>"""

    def _like(self, head: Headline) -> str:
        return (
            f'<div class="fb-like" data-href="{self.base}{head.path}" data-width="" '
            'data-layout="button_count" data-action="like" data-size="small" '
            'data-share="true"></div>'
        )

    def _lead(self, head: Headline, related: list[Headline]) -> str:
        return f"""
                <a href="{print_path(head)}" rel="nofollow" target="_blank">
                    {icons.PRINT}
                </a>
            </div>
        </div>
        <div class="content">
            <h2 class="sapo">
                {escape(head.lead)}
            </h2>
{_concern(related)}
            <div class="content_wrapper">
                <div id="plhMain_NewsDetail1_divSharelink" class="share share-sticky">"""

    def _tweet(self, head: Headline) -> str:
        return f"""
                    <a href="https://social.example/intent/tweet?source=webclient&text={self.base}{head.path}" rel="nofollow">
                        """

    def _body(self, story: Story, teaser: list[Headline]) -> str:
        head = story.headline
        first, second = _halves(story)
        return f"""
                    <a href="{print_path(head)}" rel="nofollow" target="_blank">
                        {icons.PRINT}
                    </a>
                </div>
                <div class="boxdetail">
                    <div class="contents">
                        <div id="divfirst">{first}</div>{_ADVERTS[head.n % 2]}{_NOSCRIPT}<div id="divend">
{second}
</div>
                    </div>
                    {_author(story)}
                    {_widget(teaser)}
                </div>
            </div>
            <div class="likeshare" style="margin: 8px 0; border-bottom:dotted 1px #d1d1d1; border-top:dotted 1px #d1d1d1; padding:10px 0; line-height:40px;">
                Chia sẻ: <div style="margin-top:10px;display:inline;"> {self._like(head)}</div>
            </div>
            {_tags(head)}
            <iframe src="https://comments.example/Comment.aspx?n={head.stamp}" frameborder="0" scrolling="no" width="100%" height="238px" id="ifComment"></iframe>"""


def section_path(section: Section) -> str:
    return section.path if section.id else f"/{section.slug}.htm"


def print_path(head: Headline) -> str:
    return f"/{head.slug}-n{head.stamp}.htm"


def _halves(story: Story) -> tuple[str, str]:
    """Return the body before and after the advert in its middle."""
    head, blocks = story.headline, story.blocks

    def picture(text: str, k: int) -> str:
        return body.figure(head, text, k)

    if head.shape == "split":
        runs = body.split(blocks, encode=entities, picture=picture)
    else:
        runs = body.render(
            blocks, encode=entities, heading="<h3>{}</h3>", picture=picture
        )
    half = (len(runs) + 1) // 2
    first, second = "\n\n".join(runs[:half]), "\n\n".join(runs[half:])
    return body.dress(first, head), second


def _concern(related: list[Headline]) -> str:
    items = "".join(
        f"""
                <li class="item">
                    <h4>
                        <a href="{item.path}" title="{quoted(item.title)}">
                            {escape(item.title)}
                        </a>
                    </h4>
                </li>"""
        for item in related
    )
    return f'            <ul id="plhMain_NewsDetail1_divRelation" class="list-concern">{items}\n            </ul>'


def _author(story: Story) -> str:
    byline = story.byline
    italic = f"<i>{byline.italic}</i>" if byline.italic else ""
    return f"""<div class="author">
                        <strong>{byline.strong}</strong>{italic}
                    </div>"""


def _widget(teaser: list[Headline]) -> str:
    return "".join(
        f"""<div class="widget">
                        <a href="{item.path}" title="{quoted(item.title)}" class="widget_thumb">
                            <img src="{part.image_of(item, 260)}" alt="{attribute(item.title)}" />
                        </a>
                        <div class="widget_info">
                            <a href="{item.path}" class="info-title">
                                {escape(item.title)}
                            </a>
                            <p class="des">{escape(item.lead)}</p>
                        </div>
                    </div>"""
        for item in teaser
    )


def _tags(head: Headline) -> str:
    links = " ".join(
        f'<li><a href="{body.tag_path(tag)}" title="{tag}"><strong> {tag},</strong></a></li>'
        for tag in head.tags
    )
    return f"""<div id="plhMain_NewsDetail1_divTags" class="keysword">
                <span class="kewsword-txt">Từ khóa: </span>
                <ul>
                    {links}
                </ul>
            </div>"""


def _share_icons() -> str:
    return f"""
                <a href="javascript:void(0)" rel="nofollow" onclick="return shareFace();">
                    {icons.FACEBOOK}
                </a>
                <a href="#">
                    {icons.ZALO}
                </a>
                <a href="{_MAIL}" rel="nofollow" target="_blank">
                    {icons.MAIL}
                </a>"""


def _sticky_icons() -> str:
    return f"""
                    <a href="/">
                        {icons.HOME}
                    </a>
                    <a href="javascript:void(0)" rel="nofollow" onclick="return shareFace();">
                        {icons.FACEBOOK}
                    </a>
                    <a href="javascript:void(0)" rel="nofollow">
                        {icons.ZALO}
                    </a>"""


def _twitter_icons() -> str:
    return f"""{icons.TWITTER}
                    </a>
                    <a href="{_MAIL}" rel="nofollow">
                        {icons.MAIL}
                    </a>"""


def _below() -> str:
    slots = ("Web-Detail-01", "Web-Detail-02")
    adverts = "".join(
        f'\n            <div class="btt-bottom pt10"><div class="btt-center">\n{part.advert(s, s.lower())}\n            </div></div>'
        for s in slots
    )
    return f'{adverts}\n            <div class="btt-bottom pt10">\n            </div>'
