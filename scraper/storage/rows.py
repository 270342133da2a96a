"""An article as the columns of its rows, and back.

Title and text are plain columns; the text holds every word of the body once. ``blocks``
is a JSON list that cuts the text into the blocks it was joined from: a number is the
length of a paragraph, an object has the ``length`` and everything else in which a block
differs from a bare paragraph; a block that adds nothing to the text has no length.
``lead_length`` is the length of the lead at the beginning of the text, 0 if it is not
there. ``fields`` is a JSON object of every other field with a value other than the
default; a new field of the record, or of a block, needs no change here. A time is stored
in UTC to the second; ``fields`` holds the rest of its ISO 8601 text, from the fraction of
the second on.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

import sqlalchemy as sa

from scraper.items import (
    CIRCUMSTANCES,
    MOMENTS,
    TEXT_BREAK,
    Article,
    Block,
    BlockKind,
    Image,
    Kind,
)
from scraper.storage.tables import (
    articles,
    as_text,
    details,
    in_utc,
    models,
    revisions,
    runs,
    samples,
    stored_article,
    texts,
    to_second,
)
from scraper.text import folded_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_BETWEEN = "\x1f"
_NOTHING = "\0"
"""A character that no stored text contains."""


class Row(Protocol):
    """Columns by their names: a mapping, or a row of SQLAlchemy as one."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401


def _names(*tables: sa.Table, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    left_out = {"checksum", *but}
    names = (column.name for table in tables for column in table.c)
    return tuple(dict.fromkeys(name for name in names if name not in left_out))


ARTICLE = _names(articles, texts, details, but=("id",))
"""What the checksum of an article covers; its id is a hash of its URL."""
REVISION = _names(revisions)
RUN = _names(runs, but=("position", "seen_at"))
"""*seen_at* changes with each batch of a run; after its end it is *ended_at*."""
MODEL = _names(models, but=("position", "pinned"))
SAMPLE = _names(samples)


def checksum(row: Row, names: Iterable[str]) -> int:
    """Return the checksum of the columns *names* of *row*, 32 bits with a sign."""
    values = map(row.__getitem__, names)
    # Most values are texts, and it is computed for each article saved or read.
    said = _BETWEEN.join([v if type(v) is str else _said(v) for v in values])
    return crc32(said.encode("utf-8", "surrogatepass")) - (1 << 31)


def is_sound(row: Row, names: Iterable[str]) -> bool:
    """Return True if *row* is as it was written."""
    found: bool = row["checksum"] == checksum(row, names)
    return found


def _said(value: Any) -> str:  # noqa: ANN401  any value of a column
    if isinstance(value, str):
        return value
    if value is None:
        return _NOTHING
    return in_utc(value).isoformat() if isinstance(value, datetime) else repr(value)


class DamagedRow(ValueError):  # noqa: N818  what it is, not what is raised
    """A row is not as it was written."""


_OWN = frozenset({"position", "id", "section_folded", "change", "recency", "checksum"})
"""Columns that only the store has."""

STORED = tuple(
    {c.name: c for table in (details, texts, articles) for c in table.c}.values()
)
"""The columns of an article in the tables of newest revisions."""
WHOLE = sa.select(*STORED).select_from(stored_article)
"""The select of newest revisions, with the columns STORED."""
PAST = tuple(revisions.c)
"""The columns of a previous revision."""

_COLUMNS = frozenset(column.name for column in STORED) - _OWN
_TIMES = tuple(name for name in MOMENTS if name in _COLUMNS)
_PLAIN = tuple(
    name
    for name in Article.__dataclass_fields__
    if name in _COLUMNS and name not in (*_TIMES, "blocks")
)
_CIRCUMSTANCES = CIRCUMSTANCES | {"confidence"}
_NEW = Article(
    url="",
    canonical_url="",
    site="",
    kind=Kind.ARTICLE,
    blocks=(Block(BlockKind.PARAGRAPH, ""),),
    images=(Image(""),),
).to_fields()
_NEW_BLOCK, _NEW_IMAGE = _NEW.pop("blocks")[0], _NEW.pop("images")[0]

_LOST = ""
"""The reference of an article whose archive record was lost; without a record the field
is missing."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_columns(article: Article) -> dict[str, Any]:
    """Return the columns of *article*, without those that only the store has.

    A lone surrogate becomes "?".
    """
    columns = _to_columns(article)
    if not _is_storable("".join(v for v in columns.values() if isinstance(v, str))):
        columns = _to_columns(Article.from_dict(_storable(article.to_fields())))
    return columns


def to_row(
    article: Article, columns: Row, position: int, recency: int, change: int
) -> dict[str, Any]:
    """Return the rows of *article* as one, with the columns that only the store has."""
    own = {
        "position": position,
        "id": article.id,
        "section_folded": folded_words(columns["section"]),
        "change": change,
        "recency": recency,
    }
    row = {name: columns[name] for name in _COLUMNS} | own
    return row | {"checksum": checksum(row, ARTICLE)}


def only(table: sa.Table, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the columns of *table* of each of *rows*."""
    names = [column.name for column in table.c]
    return [{name: row[name] for name in names} for row in rows]


def to_revision(columns: Row) -> dict[str, Any]:
    """Return the row of ``stored_revisions`` for the STORED *columns* of an article."""
    row = {name: columns[name] for name in REVISION}
    return row | {"checksum": checksum(row, REVISION)}


def to_words(row: Row) -> dict[str, str]:
    """Return what is searched of an article: the words of its text and of its title."""
    return {
        "text_folded": folded_words(row["text"]),
        "title_folded": folded_words(row["title"]),
    }


def stored_article_of(row: Row) -> Article:
    """Return the article of the columns STORED; raises DamagedRow."""
    return _checked(row, ARTICLE)


def past_article_of(row: Row) -> Article:
    """Return the article of the columns PAST; raises DamagedRow."""
    return _checked(row, REVISION)


def sound_article(row: Row) -> Article | None:
    """Return the article of the columns STORED; None if one of its rows is damaged."""
    try:
        article = stored_article_of(row)
    except DamagedRow:
        return None
    return article if row["id"] == article.id else None


def _checked(row: Row, names: tuple[str, ...]) -> Article:
    if not is_sound(row, names):
        raise DamagedRow("it is not as it was written")
    try:
        return to_article(row)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DamagedRow(repr(error)) from error


def to_article(row: Row) -> Article:
    """Return the article of *row*, whatever its checksum.

    Raises AttributeError, KeyError, TypeError or ValueError for columns of no article.
    """
    fields = json.loads(row["fields"])
    record = _NEW | fields | {name: row[name] for name in _PLAIN}
    for name in _TIMES:
        record[name] = _printed(row[name], fields.get(name))
    if row["lead_length"]:
        record["lead"] = row["text"][: row["lead_length"]]
    record["blocks"] = _cut(row)
    record["images"] = [_NEW_IMAGE | image for image in fields.get("images", ())]
    how = fields.get("extraction", {})
    record["extraction"] = _NEW["extraction"] | how | {"confidence": row["confidence"]}
    return Article.from_dict(record)


def says_the_same(row: Row, other: Row) -> bool:
    """Return True if two rows differ only in how they were fetched and read."""
    names = _COLUMNS.difference(_CIRCUMSTANCES, {"fields"})
    same = all(row[name] == other[name] for name in names)
    return same and _content(row) == _content(other)


def is_made_alike(row: Row, new: Row) -> bool:
    """Return True if *new* adds nothing to the circumstances stored in *row*.

    Both were extracted with the same version of a site model, or without one, and *row*
    has not lost its archive record.
    """
    one, two = (json.loads(each["fields"]) for each in (row, new))
    versions = (f.get("extraction", {}).get("model_version") for f in (one, two))
    has_new_record = one.get("archive") == _LOST and "archive" in two
    return len(set(versions)) == 1 and not has_new_record


def archived_at(fields: str) -> str:
    """Return the reference in the column ``fields``, "" if there is none."""
    try:
        return str(json.loads(fields).get("archive", ""))
    except (AttributeError, TypeError, ValueError):  # damaged
        return ""


def without_archive(row: Row) -> dict[str, Any]:
    """Return the STORED columns of *row* that change if its archive record is lost.

    Raises DamagedRow.
    """
    stored_article_of(row)
    fields = _encode(json.loads(row["fields"]) | {"archive": _LOST})
    after = {name: row[name] for name in ARTICLE} | {"fields": fields}
    return {"fields": fields, "checksum": checksum(after, ARTICLE)}


def encodable(text: str) -> str:
    """Return *text* as UTF-8 and a database can hold it: no lone surrogates, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _to_columns(article: Article) -> dict[str, Any]:
    fields = article.to_fields()
    columns = {name: fields.pop(name) for name in _PLAIN}
    for name in _TIMES:
        columns[name], fields[name] = _kept(getattr(article, name))
    columns["text"] = article.text
    columns["lead_length"] = len(article.shown_lead)
    if article.shown_lead:
        del fields["lead"]
    blocks = zip(article.blocks, fields.pop("blocks"), strict=True)
    columns["blocks"] = _encode([_measured(*pair) for pair in blocks])
    columns["confidence"] = float(fields["extraction"].pop("confidence"))
    how = _unlike(_NEW["extraction"], fields.pop("extraction"))
    images = [_unlike(_NEW_IMAGE, image) for image in fields.pop("images")]
    parts = {"images": images, "extraction": how}
    fields = _unlike(_NEW, fields) | {n: part for n, part in parts.items() if part}
    columns["fields"] = _encode(fields)
    return columns


def _unlike(new: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v for n, v in fields.items() if n not in new or v != new[n]}


def _measured(block: Block, fields: Mapping[str, Any]) -> int | dict[str, Any]:
    """Return what is stored of *block*, with these *fields*, beside the article's text."""
    left = _unlike(_NEW_BLOCK, fields)
    part = block.part
    if not part:
        return left
    if _without_time(part, block.time) == block.text:
        left.pop("text", None)
    return {"length": len(part), **left} if left else len(part)


def _cut(row: Row) -> list[dict[str, Any]]:
    """Return the blocks of a row; raises ValueError if they do not make up its text."""
    text, blocks = row["text"], []
    end = row["lead_length"]
    for stored in json.loads(row["blocks"]):
        said = {"length": stored} if isinstance(stored, int) else stored
        block = _NEW_BLOCK | said
        if length := block.pop("length", 0):
            start = end + len(TEXT_BREAK) if end else 0
            end = start + length
            if "text" not in said:
                block["text"] = _without_time(text[start:end], block["time"])
        blocks.append(block)
    if end != len(text):
        raise ValueError(f"a text of {len(text)} characters has blocks of {end}")
    return blocks


def _without_time(part: str, time: str) -> str:
    return part[len(time) + 1 :] if time else part


def _kept(moment: datetime | None) -> tuple[datetime | None, str | None]:
    """Return the value of a time's column, and the rest of its text, None for UTC."""
    if moment is None:
        return None, None
    second, printed = to_second(moment), moment.isoformat()
    rest = printed[len("2026-01-31T08:00:00") :]
    if _printed(second, rest) != printed:  # at the ends of the calendar
        rest = printed
    return second, None if rest == "+00:00" else rest


def _printed(second: datetime | None, rest: str | None) -> str | None:
    """Return the ISO 8601 text of the time that :func:`_kept` returned."""
    if second is None:
        return None
    if not rest:
        return second.isoformat()
    if rest[0].isdigit():
        return rest
    with_rest = _time_of(rest)
    try:
        local = second.astimezone(with_rest.tzinfo)
    except OverflowError:
        return as_text(second)
    return local.replace(microsecond=with_rest.microsecond).isoformat()


@lru_cache(maxsize=256)
def _time_of(rest: str) -> datetime:
    return datetime.fromisoformat(f"2000-01-01T00:00:00{rest}")


def _content(row: Row) -> dict[str, Any]:
    fields = json.loads(row["fields"])
    return {name: fields[name] for name in fields if name not in _CIRCUMSTANCES}


def _is_storable(text: str) -> bool:
    """Return True if a database can hold *text*, part of which may be JSON."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text and "\\u0000" not in text


def _storable(value: Any) -> Any:  # noqa: ANN401  a JSON value
    match value:
        case str():
            return encodable(value)
        case list():
            return [_storable(part) for part in value]
        case dict():
            return {_storable(key): _storable(part) for key, part in value.items()}
        case _:
            return value
