"""Pages of the portal, made from templates, with their chrome compressed once."""

from __future__ import annotations

import base64
import json
import random
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import cache
from itertools import count, groupby
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context

from scraper.demo.lexicon import PHOTOS, SECTIONS, Section, children

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.demo.portal import Extra, Stock
    from scraper.demo.story import Block, Byline, Headline, Story


_NAMED = (
    'nbsp=\xa0 amp=& lt=< gt=> quot=" ldquo=“ rdquo=” Agrave=À Aacute=Á Acirc=Â Atilde=Ã '
    "Egrave=È Eacute=É Ecirc=Ê Igrave=Ì Iacute=Í Ograve=Ò Oacute=Ó Ocirc=Ô Otilde=Õ "
    "Ugrave=Ù Uacute=Ú Yacute=Ý agrave=à aacute=á acirc=â atilde=ã egrave=è eacute=é "
    "ecirc=ê igrave=ì iacute=í ograve=ò oacute=ó ocirc=ô otilde=õ ugrave=ù uacute=ú yacute=ý"
)
_ENTITIES = {ord(pair[-1]): f"&{pair[:-2]};" for pair in _NAMED.split(" ")}
_NUMERIC = {code: f"&#{code};" for code in range(0xA0, 0x100)} | {
    ord(mark): name
    for mark, name in zip('&<>"', ("&amp;", "&lt;", "&gt;", "&quot;"), strict=True)
}


class _Words(dict[str, str]):
    """Words with entities, each translated once; forgotten when they are too many."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        self[word] = encoded = word.translate(_ENTITIES)
        return encoded


_WORDS_KEPT = 50_000
_WORDS = _Words()


def entities(text: str) -> str:
    """Return *text* as the portal's editor writes bodies: Latin-1 letters by name."""
    return " ".join(map(_WORDS.__getitem__, text.split(" ")))


def attribute(text: str) -> str:
    """Return *text* as the portal writes alt: Latin-1 letters by number."""
    return text.translate(_NUMERIC)


def escape(text: str) -> str:
    """Return *text* for element content, letters and quotes as they are."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """Return *text* for a double-quoted attribute, letters as they are."""
    return escape(text).replace('"', "&quot;")


class Chrome:
    """Bytes that stand on many pages: compressed once, joined to any gzip stream.

    ``packed`` is raw DEFLATE (RFC 1951) that ends on a byte boundary and refers to
    nothing before it, so that blocks can be put one after another.
    """

    __slots__ = ("_shift", "_start", "packed", "plain")

    def __init__(self, html: str) -> None:
        self.plain = html.encode()
        self.packed = deflate(self.plain, level=6)
        self._start = zlib.crc32(self.plain)
        bits = [zlib.crc32(self.plain, 1 << bit) ^ self._start for bit in range(32)]
        self._shift = [_combinations(bits[i : i + 8]) for i in (0, 8, 16, 24)]

    def crc(self, before: int) -> int:
        """Return the CRC-32 of bytes whose CRC-32 is *before*, followed by these.

        CRC-32 is linear in its start value: the share of each byte of it was tabled.
        """
        a, b, c, d = self._shift
        return (
            self._start
            ^ a[before & 255]
            ^ b[before >> 8 & 255]
            ^ c[before >> 16 & 255]
            ^ d[before >> 24]
        )


Part = bytes | Chrome


def deflate(data: bytes, level: int = 1) -> bytes:
    """Return *data* as raw DEFLATE blocks without a last one."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def plain(parts: Sequence[Part]) -> list[bytes]:
    return [part if isinstance(part, bytes) else part.plain for part in parts]


def gzipped(parts: Sequence[Part]) -> list[bytes]:
    """Return one gzip stream (RFC 1952) of *parts*, chrome taken as it is packed."""
    crc = size = 0
    out = [b"\x1f\x8b\x08\0\0\0\0\0\0\x03"]
    for part in parts:
        if isinstance(part, bytes):
            crc, data, packed = zlib.crc32(part, crc), part, deflate(part)
        else:
            crc, data, packed = part.crc(crc), part.plain, part.packed
        out.append(packed)
        size += len(data)
    trailer = crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    return [*out, b"\x03\0", trailer]


def _combinations(bits: Sequence[int]) -> list[int]:
    """Return the exclusive or of every choice of eight *bits*, by its number."""
    table = [0]
    for bit in bits:
        table += [value ^ bit for value in table]
    return table


@dataclass(frozen=True)
class Churn:
    """A counter and two lists as they stand at one moment; the default shows none."""

    views: int = 0
    read: Sequence[Headline] = ()
    latest: Sequence[Headline] = ()


STILL = Churn()
PER_PAGE = 20


@dataclass(frozen=True)
class Leaf:
    """One page of a list: *page* of *pages*, ``{stem}/trang-<n>.htm`` the others."""

    title: str
    stem: str
    items: Sequence[Headline | Extra]
    focus: Sequence[Headline] = ()
    top: Section | None = None
    page: int = 1
    pages: int = 1


DECOMPOSED_EVERY = 31
"""One article in so many is served in NFD (PORTALS.md: one page is)."""


class Templates:
    """The templates with the chrome of *stock*; holds nothing that grows."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self._tops = {top.id: top for top in stock.tops}
        self._known = _GLOBALS | {"stock": stock}
        self._macros = _template("chrome.html").make_module({"stock": stock})
        self._chrome: dict[str, Chrome] = {}

    def article(
        self, story: Story, related: list[Headline], churn: Churn = STILL
    ) -> list[Part]:
        """Return the page of *story* in the template that its headline names."""
        if story.headline.n % DECOMPOSED_EVERY == 7:  # noqa: PLR2004
            story = decomposed(story)
        return self._of_story(
            f"{story.headline.template}.html",
            story,
            related=related,
            top=self._tops[story.headline.section.top],
            counter=self._macro("counter", churn) if churn.views else "",
            live_boxes=self._macro("live_boxes", churn) if churn.views else "",
        )

    def printed(self, story: Story) -> list[Part]:
        return self._of_story("printed.html", story)

    def listing(self, leaf: Leaf) -> list[Part]:
        return self.render("listing.html", leaf=leaf)

    def _of_story(self, name: str, story: Story, **more: object) -> list[Part]:
        head = story.headline
        stated = {
            "url": self.stock.base + head.path,
            "time": head.published.isoformat(),
            "changed": story.modified.isoformat(),
        }
        return self.render(name, story=story, head=head, **stated, **more)

    def render(self, name: str, **context: object) -> list[Part]:
        """Return the page that the template *name* makes of *context*.

        ``⟦bar 128⟧`` in it stands for what the macro *bar* of chrome.html gives for
        section 128.
        """
        template = _template(name)
        known = Context(
            template.environment, self._known | context, name, template.blocks
        )
        opening, *pieces = "".join(template.root_render_func(known)).split("⟦")
        parts: list[Part] = [opening.encode()]
        for piece in pieces:
            named, _, following = piece.partition("⟧")
            parts.append(self._piece(named))
            if following:
                parts.append(following.encode())
        return parts

    def _piece(self, named: str) -> Chrome:
        """Return the chrome of the macro *named*; one of a section is "bar 128"."""
        if named not in self._chrome:
            name, _, section = named.partition(" ")
            given = [self._tops[int(section)]] if section else []
            self._chrome[named] = Chrome(self._macro(name, *given))
        return self._chrome[named]

    def _macro(self, name: str, *given: object) -> str:
        return str(getattr(self._macros, name)(*given))


def decomposed(story: Story) -> Story:
    """Return *story* in NFD: the same letters, the marks apart."""

    def apart(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    head = story.headline
    tags = tuple(map(apart, head.tags))
    head = replace(head, title=apart(head.title), lead=apart(head.lead), tags=tags)
    blocks = tuple(block._replace(text=apart(block.text)) for block in story.blocks)
    return replace(story, headline=head, blocks=blocks)


class _Environment(Environment):
    """Templates read attributes of records only: without Jinja's search for items."""

    getattr = staticmethod(getattr)  # type: ignore[assignment]


@cache
def _environment() -> Environment:
    loaded = _Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=False,
        auto_reload=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    loaded.filters |= {**_ENCODINGS, **_FILTERS}
    loaded.globals |= _GLOBALS
    return loaded


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


_ENCODINGS: dict[str, Callable[[str], str]] = {
    "named": entities,
    "numbered": attribute,
    "quoted": quoted,
    "text": escape,
}
CDN = "https://cdnthumb.example"
ALT = "Chú thích ảnh"
"""The portal's alt text of every picture; never a caption."""
_DAYS = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy")


def image_of(item: Headline | Extra, width: int) -> str:
    name = item.path.rpartition("/")[2].partition(".")[0]
    month = f"{item.published.year}/{item.published.month:02}"
    return f"{CDN}/ha_w/{width}/Upload/{month}/{name[-24:]}-0.jpg"


def _photos(head: Headline) -> str:
    """Return how the URLs of the pictures in the body begin."""
    return f"{CDN}/Upload/files/{head.published.year}/{head.stamp}"


def printed_time(head: Headline) -> str:
    """Return the time as the page prints it: Thứ Bảy, 12/07/2025 15:13."""
    day = head.published.weekday()
    name = "Chủ Nhật" if day == 6 else f"Thứ {_DAYS[day]}"  # noqa: PLR2004
    return f"{name}, {head.published:%d/%m/%Y %H:%M}"


def section_path(section: Section) -> str:
    return f"/{section.slug}.htm" if section is PHOTOS else section.path


def print_path(head: Headline) -> str:
    return f"/{head.slug}-n{head.stamp}.htm"


def tag_path(tag: str) -> str:
    return f"/tags/{escape(tag.lower()).replace(' ', '+')}.htm"


def quoteless(text: str) -> str:
    """Return *text* as the portal writes metas and JSON, which quotes would break."""
    return text.replace('"', "'")


def people(byline: Byline) -> list[dict[str, str]]:
    """Return the authors of *byline* as JSON-LD has them, the agency if it has none."""
    names = byline.authors or (byline.agency,)
    return [{"@type": "Person", "name": name} for name in names]


Encode = Callable[[str], str]
_WRAPPED = {
    "paragraph": "<p>{}</p>",
    "answer": "<p>{}</p>",
    "question": "<p><strong>{}</strong></p>",
    "quote": "<blockquote>\n<p>{}</p>\n</blockquote>",
}
_BREAK = "<br>\n<br>\n"


def body_of(
    story: Story, encoding: str, heading: str, figures: Sequence[str]
) -> list[str]:
    """Return the HTML of each run of the blocks of *story*; a list is one run.

    *encoding* names a filter, *heading* is a pattern with one ``{}``; *figures* are those
    of pictures, which take turns.
    """
    encode = _ENCODINGS[encoding]
    shots = count()
    photos = _photos(story.headline)

    def picture(text: str) -> str:
        k = next(shots)
        return figures[k % len(figures)].format(
            src=f"{photos}-{k}.jpg",
            caption=encode(text),
            space="&nbsp;" if text.endswith(".") else "",
        )

    if story.headline.shape == "split":
        return _split(story.blocks, encode, picture)
    wrapped = _WRAPPED | {"heading": heading}
    out: list[str] = []
    for kind, run in groupby(story.blocks, key=lambda block: block.kind):
        if kind == "list_item":
            out.append(_list(run, encode))
        elif kind == "caption":
            out += (picture(block.text) for block in run)
        elif kind == "table":
            out += (_table(block.text, encode) for block in run)
        else:
            out += (wrapped[kind].format(encode(block.text)) for block in run)
    return out


def _split(blocks: Sequence[Block], encode: Encode, picture: Encode) -> list[str]:
    """Return a body whose paragraphs are two ``p`` with breaks inside them."""
    shots = [picture(block.text) for block in blocks if block.kind == "caption"]
    texts = [encode(block.text) for block in blocks if block.kind != "caption"]
    half = (len(texts) + 1) // 2
    halves = [f"<p>{_BREAK.join(part)}</p>" for part in (texts[:half], texts[half:])]
    return shots + halves


def _table(text: str, encode: Encode) -> str:
    rows = "\n".join(
        "<tr>"
        + "".join(f"<td>{encode(cell)}</td>" for cell in row.split("\t"))
        + "</tr>"
        for row in text.split("\n")
    )
    return f'<table border="1" cellpadding="1" cellspacing="1" style="width:100%">\n<tbody>\n{rows}\n</tbody>\n</table>'


def _list(blocks: Iterable[Block], encode: Encode) -> str:
    rows = "\n".join(f"\t<li>{encode(block.text)}</li>" for block in blocks)
    return f"<ul>\n{rows}\n</ul>"


def dress(html: str, head: Headline) -> str:
    """Return *html* with what editors add: a link, a stress, a hard space."""
    place = entities(head.tags[0])
    if head.n % 3 == 0:
        link = f'<a href="{tag_path(head.tags[0])}">{place}</a>'
        return html.replace(f" {place} ", f" {link} ", 1)
    if head.n % 3 == 1:
        return html.replace(f" {place} ", f" <em>{place}</em> ", 1)
    return html.replace(" v&agrave; ", "&nbsp;v&agrave; ", 1)


_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'


def picture_icon(weight: int) -> str:
    """Return an icon of about *weight* bytes that hardly compress.

    Most of a page's weight is pictures in base64 inside vector icons.
    """
    noise = random.Random(weight).randbytes(weight * 3 // 4)  # noqa: S311  no secret
    data = base64.b64encode(noise).decode()
    return (
        f'{_SVG}<image preserveAspectRatio="xMidYMid slice" width="24" height="24" '
        f'xlink:href="data:image/png;base64,{data}"/></svg>'
    )


def line_icon(weight: int) -> str:
    """Return an icon drawn as a path."""
    chance = random.Random(weight)  # noqa: S311  no secret
    points = "".join(
        f"l{chance.uniform(-9, 9):.3f},{chance.uniform(-9, 9):.3f}"
        for _ in range(weight // 13)
    )
    return f'{_SVG}<path d="M12,12{points}z"/></svg>'


ICONS = SimpleNamespace(
    facebook=picture_icon(18_600),
    zalo=picture_icon(32_300),
    twitter=picture_icon(47_500),
    large=picture_icon(35_000),
    mail=line_icon(461),
    print=line_icon(437),
    home=line_icon(364),
)
_GLOBALS: dict[str, Any] = {
    "alt": ALT,
    "cdn": CDN,
    "children": children,
    "icons": ICONS,
    "range": range,
    "section_ids": ",".join(map(str, SECTIONS)),
}
_FILTERS: dict[str, Callable[..., Any]] = {
    "body": body_of,
    "dressed": dress,
    "image": image_of,
    "json": lambda value: json.dumps(value, ensure_ascii=False),
    "line_icon": line_icon,
    "mail_time": format_datetime,
    "one_line": lambda text: text.replace("\n", ""),
    "people": people,
    "print_path": print_path,
    "printed_time": printed_time,
    "quoteless": quoteless,
    "section_path": section_path,
    "summary": lambda lead: quoted(quoteless(lead).partition(". ")[0]),
    "tag_path": tag_path,
}
