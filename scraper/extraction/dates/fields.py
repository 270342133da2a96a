"""The fields of a page's head that state its dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.extraction.metadata import Declared

PUBLISHED = (
    *("article:published_time", "datepublished", "og:published_time", "pubdate"),
    *("og:article:published_time", "article:published:time", "article:published"),
    *("pub_date", "publishdate", "publish-date", "publish_date", "publication_date"),
    *(
        "date_published",
        "published_date",
        "published",
        "publishtime",
        "article_date_original",
        "date",
        "dc.date",
    ),
    *("dc.date.issued", "dc.date.created", "dcterms.date", "dcterms.issued"),
    *("dcterms.created", "citation_publication_date", "citation_online_date"),
    *("sailthru.date", "parsely-pub-date", "article.published", "datecreated"),
    "cxenseparse:recs:publishtime",
)
MODIFIED = (
    *("article:modified_time", "datemodified", "og:updated_time", "lastmod"),
    *("last-modified", "dcterms.modified", "og:article:modified_time"),
    *("article:modified:time", "article:modified", "dc.date.modified", "modified"),
)


def declared_texts(declared: Declared, names: tuple[str, ...]) -> list[str]:
    """Return what is declared as any of *names*, in their order."""
    values = declared.values
    return [text for name in names if name in values for text in declared.all(name)]
