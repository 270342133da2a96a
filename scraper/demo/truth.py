"""What is true of a served article: the gold of tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.demo.story import Story


@dataclass(frozen=True, slots=True)
class Truth:
    """One article, all text in NFC with single spaces.

    *blocks* are (kind, text) in the order of the page, kinds named as in
    ``scraper.items.BlockKind``; a table's cells are joined by tabs, its rows by
    newlines. *text* is the lead and every block but captions, joined by a blank line.
    *published_at* is ISO 8601 with +07:00, to the minute as the page's metas say.
    *modified_at* is what the page states, right or not. *kind* is article or gallery; *template* is current, cms, older or
    renewed.
    """

    url: str
    title: str
    lead: str
    blocks: tuple[tuple[str, str], ...]
    text: str
    captions: tuple[str, ...]
    byline: str
    authors: tuple[str, ...]
    agency: str
    published_at: str
    modified_at: str
    section: str
    tags: tuple[str, ...]
    kind: str
    template: str


def truth_of(story: Story, base: str) -> Truth:
    """Return the truth of *story*, served below *base*."""
    head, byline = story.headline, story.byline
    body = [text for kind, text in story.blocks if kind != "caption"]
    return Truth(
        url=base + head.path,
        title=head.title,
        lead=head.lead,
        blocks=tuple((kind, text) for kind, text in story.blocks),
        text="\n\n".join([head.lead, *body]),
        captions=tuple(text for kind, text in story.blocks if kind == "caption"),
        byline=byline.printed,
        authors=byline.authors,
        agency=byline.agency,
        published_at=head.published.isoformat(),
        modified_at=story.modified.isoformat(),
        section=head.page_section.name,
        tags=head.tags,
        kind="gallery" if head.shape == "gallery" else "article",
        template=head.template,
    )
