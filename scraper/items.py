"""The records that travel from the page to the store.

The fields of :class:`Article` are defined here and nowhere else: the JSON Schema, the
columns of CSV, Parquet and SQLite, the views of the store and what is counted of
articles are derived from them. The flat JSON of :meth:`Article.to_dict` has the same
names, with times as ISO 8601 text and lists for tuples, and adds ``schema_version``,
``id``, ``text`` and ``captions``; links are there only if they are asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from scraper.body import Block, BlockKind, Image, Link, link_fields
from scraper.errors import ConfigurationError
from scraper.urls import declared_url

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "CIRCUMSTANCES",
    "EXPECTED",
    "HINTED",
    "MOMENTS",
    "SCHEMA_VERSION",
    "TEXT_BREAK",
    "Article",
    "Block",
    "BlockKind",
    "Extraction",
    "Hint",
    "Image",
    "Kind",
    "LedgerEntry",
    "Link",
    "Page",
    "id_of",
]

SCHEMA_VERSION = 1
TEXT_BREAK = "\n\n"
"""What stands between two parts of an article's text."""
_SHOWN = 80
"""Characters of a URL and of a title in a repr()."""


def _shorten(text: str) -> str:
    """Return *text* for a repr(), cut with an ellipsis."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


class Kind(StrEnum):
    """What a page is; only the first four carry an article's text."""

    ARTICLE = "article"
    LIVE = "live"
    GALLERY = "gallery"
    VIDEO = "video"
    LISTING = "listing"
    BLOCKED = "blocked"
    OTHER = "other"

    @property
    def has_text(self) -> bool:
        return self in _WITH_TEXT


_WITH_TEXT = frozenset({Kind.ARTICLE, Kind.LIVE, Kind.GALLERY, Kind.VIDEO})


def id_of(canonical_url: str) -> str:
    """Return the id of the article whose identity is *canonical_url*.

    It is the same under http and https: sites serve both, or move from one to the other.
    """
    if canonical_url.startswith("http:"):
        canonical_url = f"https:{canonical_url.removeprefix('http:')}"
    return hashlib.sha256(canonical_url.encode()).hexdigest()[:16]


HINTED = ("title", "authors", "published_at", "section", "tags")
"""Fields that a hint may be for."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Where *field*, one of HINTED, sits on the pages of one site: a CSS selector.

    It applies to pages from *since* to *until*, both inclusive, if they are given. Raises
    ConfigurationError for another field and for an invalid selector.
    """

    field: str
    place: str
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        from lxml.cssselect import CSSSelector, SelectorError

        if self.field not in HINTED:
            known = ", ".join(HINTED)
            raise ConfigurationError(f"no hint for {self.field}; there are {known}")
        try:
            CSSSelector(self.place)
        except SelectorError as error:
            raise ConfigurationError(
                f"hint for {self.field}: {self.place!r} is not a CSS selector ({error})"
            ) from error

    def holds_on(self, day: date | None) -> bool:
        """Return True if it applies to a page of *day*, or to an undated page for None."""
        if day is None:
            return self.since is None and self.until is None
        return not (
            (self.since and day < self.since) or (self.until and day > self.until)
        )


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """One fetched or saved page.

    If *url* is "", the page takes the one that its HTML declares, if any: every entry
    point, from a file to a crawl, sees the same page. *content_type* and *encoding* are
    those of the HTTP header, None without; *fetched_at* is aware. *hints* are those of the
    site's spider.
    """

    url: str
    body: bytes
    content_type: str | None = None
    encoding: str | None = None
    status: int = 200
    fetched_at: datetime | None = None
    hints: tuple[Hint, ...] = ()

    def __post_init__(self) -> None:
        if not self.url:
            object.__setattr__(self, "url", declared_url(self.body))

    def __repr__(self) -> str:
        """Return one line of bounded length, without the body."""
        return f"<Page {_shorten(self.url)!r} ({len(self.body)} bytes)>"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one visible block: *rule* kept it or dropped it.

    *evidence* describes what a site model has seen; "" for rules that use only the page.
    *probability* (0-1) is that of being body, None if the labeller was not used; *weighed*
    are the features with the largest weight in it, with what each adds to the log-odds, if
    :func:`scraper.reading.read` was asked for them.
    """

    text: str
    rule: str
    kept: bool
    path: str
    evidence: str = ""
    probability: float | None = None
    weighed: tuple[tuple[str, float], ...] = ()


def _about(
    *,
    expected: bool = False,
    circumstance: bool = False,
    detail: bool = False,
    **schema: object,
) -> dict[str, Any]:
    """Return the metadata of a field of a record.

    *expected*: the page of an article can be expected to state it, so it is counted.
    *circumstance*: it says how the article was fetched and read, not what it says.
    *detail*: it has no column in the view ``articles``. *schema* is what the JSON Schema
    says beyond the type of the field.
    """
    flags = {"expected": expected, "circumstance": circumstance, "detail": detail}
    return {**flags, "schema": schema}


_SHARE = _about(minimum=0, maximum=1)
_COUNTS = _about(additionalProperties={"type": "integer", "minimum": 1})


@dataclass(frozen=True, slots=True)
class Extraction:
    """How an article was found.

    *confidence* (0-1) is the labeller's probability that the text is right, 1 on the fast
    path; *dropped* counts dropped blocks by rule. *model_limited* says why the model was not
    fully applied: ``drops_too_much``, only the page itself counted; ``unknown_template``,
    only what the whole site repeats counted; else "". *method* is careful (full extraction)
    or fast; *not_fast* says why the fast path of the model was not taken; *audit* is agreed
    or differed if the page was read both ways, and *agreement* the share (0-1) of the words
    of both texts that are in the other one too. *parts* counts the joined pages. *doubt*
    says why the page may not be an article: ``undated`` if an exploration stored it although
    nothing on it states a date; else "". *date_doubt* says why the day of publication may be
    wrong: ``update``, the headline shows that of a change; ``order``, day and month may be
    swapped; ``guess``, it is declared as a change, or is not in the article; else "".
    """

    method: str = "careful"
    model_version: str = ""
    confidence: float = field(default=0.0, metadata=_SHARE)
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict, metadata=_COUNTS)
    model_limited: str = ""
    not_fast: str = ""
    audit: str = ""
    agreement: float | None = field(default=None, metadata=_SHARE)
    parts: int = field(default=1, metadata=_about(minimum=1))
    doubt: str = ""
    date_doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Article:
    """The record made from one page."""

    url: str = field(metadata=_about(circumstance=True))
    """URL as fetched."""
    canonical_url: str
    """Its normalised identity; the key of the store."""
    site: str
    """Registrable domain."""
    kind: Kind
    """What the page is."""
    title: str = ""
    """Headline, without the site's name."""
    lead: str = field(default="", metadata=_about(expected=True))
    """Standfirst (sapo) as the page shows it, else its description, else ""."""
    lead_source: str = field(
        default="", metadata=_about(detail=True, enum=["page", "meta", "json_ld", ""])
    )
    """Where the lead was found; "" if there is none."""
    lead_links: tuple[Link, ...] = field(default=(), metadata=_about(detail=True))
    """Links of the lead."""
    blocks: tuple[Block, ...] = field(default=(), metadata=_about(detail=True))
    """The body."""
    images: tuple[Image, ...] = ()
    """Pictures, each with its caption as printed and its credit."""
    byline: str = field(default="", metadata=_about(expected=True))
    """Credit line as printed."""
    authors: tuple[str, ...] = field(default=(), metadata=_about(expected=True))
    """People in the byline."""
    agency: str = ""
    """Wire service in the byline."""
    published_at: datetime | None = field(default=None, metadata=_about(expected=True))
    """Aware time of publication."""
    published_source: str = field(default="", metadata=_about(detail=True))
    """Where that was found."""
    modified_at: datetime | None = None
    """Aware time of the last change that the page states."""
    modified_source: str = field(default="", metadata=_about(detail=True))
    """Where that was found."""
    section: str = field(default="", metadata=_about(expected=True))
    """Section that the page names."""
    breadcrumbs: tuple[str, ...] = ()
    """Path in the site."""
    tags: tuple[str, ...] = field(default=(), metadata=_about(expected=True))
    """Keywords."""
    language: str = ""
    """ISO 639-1 code, or ""."""
    paywalled: bool = False
    """True if the page says that the text is cut for non-subscribers."""
    content_fingerprint: str = field(
        default="", metadata=_about(detail=True, pattern="^[0-9a-f]{16}$|^$")
    )
    """Equal for equal words of the text."""
    extraction: Extraction = field(
        default_factory=Extraction, metadata=_about(circumstance=True, detail=True)
    )
    """How the article was found."""
    fetched_at: datetime | None = field(
        default=None, metadata=_about(circumstance=True)
    )
    """Aware time of the visit."""
    archive: str = field(default="", metadata=_about(circumstance=True))
    """Where the raw page is kept; "" if it is not."""
    revision: int = field(default=1, metadata=_about(circumstance=True, minimum=1))
    """1 for the first text seen at this URL."""
    gone_at: datetime | None = None
    """When the page was found taken down; None while it stands."""
    ledger: tuple[LedgerEntry, ...] = field(default=(), metadata=_about(detail=True))
    """What became of each visible block; not in the JSON."""

    def __repr__(self) -> str:
        """Return one line of bounded length: id, URL, title and the number of words."""
        url, title = _shorten(self.url), _shorten(self.title)
        return f"<Article {self.id} {url!r} {title!r} ({len(self.text.split())} words)>"

    @property
    def id(self) -> str:
        """16 hex digits of the SHA-256 of the canonical URL, under https."""
        return id_of(self.canonical_url)

    @property
    def states_date(self) -> bool:
        """True if a date was read, not guessed, from the page, its URL or a listing."""
        doubt, source = self.extraction.date_doubt, self.published_source
        is_guess = doubt == "guess" or source == "htmldate"
        return self.published_at is not None and not is_guess

    @property
    def fault(self) -> str:
        """Why it is not stored: it is not an article, or incomplete; "" if it is stored."""
        if not self.kind.has_text:
            return f"not_an_article/{self.kind}"
        if not self.title.strip():
            return "no_title"
        return "" if self.text.strip() else "no_text"

    @property
    def shown_lead(self) -> str:
        """The lead if the page shows it, "" if it is only declared."""
        return "" if self.lead_source in _DECLARED else self.lead

    @property
    def text(self) -> str:
        """The shown lead, then every block but captions and embeds, by blank lines."""
        return TEXT_BREAK.join(part for _, part in self.text_parts())

    def text_parts(self) -> Iterator[tuple[BlockKind, str]]:
        """Yield what :attr:`text` is made of, in its order; the lead is a paragraph."""
        if self.shown_lead:
            yield BlockKind.PARAGRAPH, self.shown_lead
        for block in self.blocks:
            if part := block.part:
                yield block.kind, part

    @property
    def captions(self) -> tuple[str, ...]:
        """The texts of its caption blocks."""
        return tuple(b.text for b in self.blocks if b.kind is BlockKind.CAPTION)

    def to_dict(self, *, links: bool = False, images: bool = False) -> dict[str, Any]:
        """Return the flat JSON object of :func:`scraper.schema.article_schema`.

        With *links* the lead and each block have theirs, with *images* each block those
        that stand at it.
        """
        record: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "id": self.id}
        fields = self.to_fields()
        lead_links = fields.pop("lead_links", [])
        for name, value in fields.items():
            record[name] = value
            if name == "lead_source":
                record |= {"lead_links": lead_links} if links else {}
                record |= {"text": self.text, "captions": list(self.captions)}
        for block in record["blocks"]:
            kept = block.pop("links", [])
            if links:
                block["links"] = kept
        if images:
            _carry_images(record["blocks"], record["images"])
        return record

    def to_text(self) -> str:
        """Return it as ``tinsach extract --format text`` prints it."""
        return self._rendered("text")

    def to_markdown(self, *, links: bool = False, images: bool = False) -> str:
        """Return it as CommonMark, tables as GitHub has them.

        *links* and *images* are left out unless they are asked for.
        """
        return self._rendered("markdown", links=links, images=images)

    def to_html(self, *, links: bool = False, images: bool = False) -> str:
        """Return it as a whole HTML page, everything from the article escaped.

        *links* and *images* are left out unless they are asked for; a browser that shows
        the page loads the images from their site.
        """
        return self._rendered("html", links=links, images=images)

    def _rendered(self, fmt: str, **extras: bool) -> str:
        from scraper.exports import Extras, render

        return render(self, fmt, Extras(**extras))

    def to_fields(self) -> dict[str, Any]:
        """Return the part of :meth:`to_dict` that :meth:`from_dict` needs.

        Nothing derived is in it; links are only if there are any.
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS}
        for name in MOMENTS:
            values[name] = values[name] and values[name].isoformat()
        for name in _LISTS:
            values[name] = list(values[name])
        values["kind"] = self.kind.value
        if lead_links := link_fields(self.lead, self.lead_links):
            values["lead_links"] = lead_links
        values["blocks"] = [block.to_fields() for block in self.blocks]
        values["images"] = [image.to_fields() for image in self.images]
        found = self.extraction  # asdict() copies deeply: half the time of all this
        values["extraction"] = {n: getattr(found, n) for n in _OF_EXTRACTION}
        return values

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """Return the article that :meth:`to_dict` wrote as *record*.

        Raises KeyError or ValueError if a field is missing or malformed.
        """
        values = {name: record[name] for name in _FIELDS}
        for name in MOMENTS:
            values[name] = values[name] and datetime.fromisoformat(values[name])
        for name in _LISTS:
            values[name] = tuple(values[name])
        values["kind"] = Kind(values["kind"])
        links = record.get("lead_links", ())
        values["lead_links"] = tuple(Link(**link) for link in links)
        values["blocks"] = tuple(map(Block.from_fields, values["blocks"]))
        values["images"] = tuple(Image(**image) for image in values["images"])
        values["extraction"] = Extraction(**values["extraction"])
        return cls(**values)


def _carry_images(blocks: list[dict[str, Any]], images: list[dict[str, Any]]) -> None:
    """Add to each of *blocks* the *images* at its position, to the last those after it."""
    for block in blocks:
        block["images"] = []
    for image in images if blocks else ():
        blocks[min(image["position"], len(blocks) - 1)]["images"].append(dict(image))


_DECLARED = frozenset({"meta", "json_ld"})
_SPARE = frozenset({"ledger", "lead_links"})
"""Fields that not every record has."""
_FIELDS = tuple(each.name for each in fields(Article) if each.name not in _SPARE)
_OF_EXTRACTION = tuple(each.name for each in fields(Extraction))
_LISTS = tuple(each.name for each in fields(Article) if each.type == "tuple[str, ...]")
MOMENTS = tuple(each.name for each in fields(Article) if each.type == "datetime | None")
"""Fields that hold a time."""
EXPECTED = tuple(each.name for each in fields(Article) if each.metadata.get("expected"))
"""Fields that the page of an article can be expected to state."""
CIRCUMSTANCES = frozenset(
    each.name for each in fields(Article) if each.metadata.get("circumstance")
)
"""Fields that say how an article was fetched and read, not what it says."""
