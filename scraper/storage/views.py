"""The views that other programs read, their columns, and triggers for deleting.

No function of ours is in them, so that every program can use them: docs/formats.md
describes them. In PostgreSQL lists are ``jsonb`` and times ``timestamptz``. The columns
of ``articles`` follow from the fields of :class:`scraper.items.Article`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from scraper.items import Article
from scraper.storage.tables import articles, texts

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = {each.name: each.type for each in fields(Article)}
_LAST = ("images", "confidence", "revision", "fetched_at", "gone_at", "archive")
_FIRST = tuple(
    each.name
    for each in fields(Article)
    if not each.metadata.get("detail") and each.name not in _LAST
)
"""Fields with a column in the view ``articles``: the first ones, before those of _LAST."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a database writes the parts of the views.

    *text*, *items*, *flag* and *number* read a field of the JSON in ``d.fields``. *of_text* and
    *of_details* let a value be read from the rows ``t`` and ``d``, and *of_lead* from
    both, in the *source* of the view ``articles``.
    """

    true: str
    false: str
    text: Callable[[str], str]
    items: Callable[[str], str]
    flag: Callable[[str], str]
    number: Callable[[str], str]
    of_text: Callable[[str], str]
    of_details: Callable[[str], str]
    of_lead: Callable[[str], str]
    source: str

    def lead(self, texts: str) -> str:
        """Return the lead, which the row *texts* has if the page shows it."""
        beginning = f"substr({texts}.text, 1, d.lead_length)"
        declared = self.text("lead")
        return f"CASE WHEN d.lead_length > 0 THEN {beginning} ELSE {declared} END"

    def articles(self) -> str:
        names = [*_FIRST, *_LAST]
        names.insert(names.index("lead") + 1, "text")
        columns = ",\n ".join(map(self._column, names))
        return f"CREATE VIEW articles AS SELECT\n a.id,\n {columns}\n{self.source}"

    def _column(self, name: str) -> str:
        if name in articles.c:
            return f"a.{name}"
        if name in texts.c:
            return f"{self.of_text(name)} AS {name}"
        if name == "lead":
            return f"{self.of_lead(self.lead('t'))} AS {name}"
        return f"{self.of_details(self._read(name))} AS {name}"

    def _read(self, name: str) -> str:
        match str(_TYPES[name]):
            case kind if kind.startswith("tuple"):
                return self.items(name)
            case "bool":
                return self.flag(name)
            case "int" | "float":
                return self.number(name)
        return self.text(name)

    def revisions(self) -> str:
        byline, authors = self.text("byline"), self.items("authors")
        return f"""CREATE VIEW revisions AS SELECT
 a.id AS article_id, a.revision, {self.true} AS is_newest, a.url, t.title, {self.lead("t")} AS lead,
 t.text, {byline} AS byline, {authors} AS authors,
 a.published_at, a.modified_at, a.fetched_at, a.confidence
FROM stored_articles AS a JOIN stored_texts AS t ON t.position = a.position
 JOIN stored_details AS d ON d.position = a.position
UNION ALL SELECT
 a.id, d.revision, {self.false}, d.url, d.title, {self.lead("d")}, d.text, {byline},
 {authors}, d.published_at, d.modified_at, d.fetched_at, d.confidence
FROM stored_revisions AS d JOIN stored_articles AS a ON a.position = d.position"""


_COUNTS = ("pages", "new", "revised", "changed", "unchanged", "gone")


def _json(column: str) -> str:
    """Return *column*, or NULL if it is damaged: json_extract() would fail for all rows."""
    return f"CASE WHEN json_valid({column}) THEN {column} END"


def _json_field(name: str, missing: str) -> str:
    return f"coalesce(json_extract({_json('d.fields')}, '$.{name}'), {missing})"


# Each value is a query of its own, which runs only if it is asked for: a join would be made
# for each row, even to count the sites, and is no faster otherwise.
_SQLITE = _Dialect(
    true="1",
    false="0",
    text=lambda name: _json_field(name, "''"),
    items=lambda name: _json_field(name, "'[]'"),
    flag=lambda name: _json_field(name, "0"),
    number=lambda name: _json_field(name, "0"),
    of_text=lambda value: (
        f"(SELECT {value} FROM stored_texts AS t WHERE t.position = a.position)"
    ),
    of_details=lambda value: (
        f"(SELECT {value} FROM stored_details AS d WHERE d.position = a.position)"
    ),
    of_lead=lambda value: (
        f"(SELECT {value} FROM stored_texts AS t"
        " JOIN stored_details AS d ON d.position = t.position WHERE t.position = a.position)"
    ),
    source="FROM stored_articles AS a",
)

# The text is joined last: the places of all blocks are sorted without it.
_BLOCKS = f"""CREATE VIEW blocks AS SELECT
 article_id, place AS position, coalesce(json_extract(block, '$.kind'), 'paragraph') AS kind,
 coalesce(
  json_extract(block, '$.text'),
  substr(
   t.text,
   start + coalesce(length(json_extract(block, '$.time')) + 1, 0),
   max(length - coalesce(length(json_extract(block, '$.time')) + 1, 0), 0)),
  '') AS text,
 coalesce(json_extract(block, '$.time'), '') AS time
FROM (
 SELECT *, first + coalesce(sum(length + 2) OVER (
   PARTITION BY article_id ORDER BY place
   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS start
 FROM (
  SELECT a.id AS article_id, a.position AS stored_at, j.key AS place,
   CASE WHEN d.lead_length > 0 THEN d.lead_length + 3 ELSE 1 END AS first,
   CASE j.type WHEN 'object' THEN j.value ELSE '{{}}' END AS block,
   CASE j.type WHEN 'object' THEN json_extract(j.value, '$.length') ELSE j.value END
    AS length
  FROM stored_articles AS a JOIN stored_details AS d ON d.position = a.position,
   json_each({_json("d.blocks")}) AS j)) AS cut
 JOIN stored_texts AS t ON t.position = cut.stored_at"""


def _count(field: str) -> str:
    return f"coalesce(json_extract(report, '$.{field}'), 0) AS {field}"


def _time(column: str) -> str:
    return f"replace(substr({column}, 1, 19), ' ', 'T') || 'Z' AS {column}"


_RUNS = f"""CREATE VIEW runs AS SELECT
 position AS run, job, {_time("started_at")}, {_time("ended_at")},
 CASE WHEN ended_at IS NULL THEN '' ELSE coalesce(json_extract(report, '$.verdict'),
  'killed') END AS verdict, {", ".join(map(_count, (*_COUNTS, "seconds")))},
 (SELECT coalesce(sum(value), 0) FROM json_each(report, '$.failed')) AS failed
FROM (SELECT *, {_json("record")} AS report FROM stored_runs)"""

# Foreign keys do the same where they are on; most programs leave them off.
_DELETE_THE_REST = """CREATE TRIGGER stored_articles_delete
AFTER DELETE ON stored_articles BEGIN
 DELETE FROM stored_texts WHERE position = old.position;
 DELETE FROM stored_details WHERE position = old.position;
 DELETE FROM stored_revisions WHERE position = old.position;
 DELETE FROM addresses WHERE position = old.position;
 DELETE FROM sketches WHERE position = old.position;
 DELETE FROM near_duplicates WHERE position = old.position;
END"""
_DELETE_BY_THE_VIEW = """CREATE TRIGGER articles_delete INSTEAD OF DELETE ON articles
BEGIN DELETE FROM stored_articles WHERE id = old.id; END"""

SQLITE = (
    _SQLITE.articles(),
    _SQLITE.revisions(),
    _BLOCKS,
    _RUNS,
    _DELETE_THE_REST,
    _DELETE_BY_THE_VIEW,
)


# An outer join is left out if no column of its table is asked for.
_POSTGRESQL = _Dialect(
    true="true",
    false="false",
    text=lambda name: f"coalesce(d.fields::jsonb ->> '{name}', '')",
    items=lambda name: f"coalesce(d.fields::jsonb -> '{name}', '[]')",
    flag=lambda name: f"coalesce(d.fields::jsonb -> '{name}' = 'true', false)",
    number=lambda name: f"coalesce((d.fields::jsonb ->> '{name}')::float, 0)",
    of_text=lambda value: f"t.{value}",
    of_details=str,
    of_lead=str,
    source="""FROM stored_articles AS a
 LEFT JOIN stored_texts AS t ON t.position = a.position
 LEFT JOIN stored_details AS d ON d.position = a.position""",
)

_BLOCKS_OF_POSTGRESQL = """CREATE VIEW blocks AS SELECT
 article_id, place AS position, coalesce(block ->> 'kind', 'paragraph') AS kind,
 coalesce(
  block ->> 'text',
  substr(
   t.text,
   start + coalesce(length(block ->> 'time') + 1, 0),
   greatest(length - coalesce(length(block ->> 'time') + 1, 0), 0)),
  '') AS text,
 coalesce(block ->> 'time', '') AS time
FROM (
 SELECT *, first + coalesce(sum(length + 2) OVER (
   PARTITION BY article_id ORDER BY place
   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::integer AS start
 FROM (
  SELECT a.id AS article_id, a.position AS stored_at, (j.number - 1)::integer AS place,
   CASE WHEN d.lead_length > 0 THEN d.lead_length + 3 ELSE 1 END AS first,
   CASE jsonb_typeof(j.value) WHEN 'object' THEN j.value ELSE '{}' END AS block,
   CASE jsonb_typeof(j.value) WHEN 'object' THEN j.value -> 'length' ELSE j.value END
    ::integer AS length
  FROM stored_articles AS a JOIN stored_details AS d ON d.position = a.position,
   jsonb_array_elements(d.blocks::jsonb) WITH ORDINALITY AS j(value, number)) AS measured
) AS cut JOIN stored_texts AS t ON t.position = cut.stored_at"""


def _count_as(field: str, as_type: str = "integer") -> str:
    return f"coalesce((report ->> '{field}')::{as_type}, 0) AS {field}"


_RUNS_OF_POSTGRESQL = f"""CREATE VIEW runs AS SELECT
 position AS run, job, date_trunc('second', started_at) AS started_at,
 date_trunc('second', ended_at) AS ended_at,
 CASE WHEN ended_at IS NULL THEN '' ELSE coalesce(report ->> 'verdict', 'killed') END
  AS verdict, {", ".join(map(_count_as, _COUNTS))}, {_count_as("seconds", "float")},
 (SELECT coalesce(sum(value::integer), 0)::integer
  FROM jsonb_each_text(coalesce(report -> 'failed', '{{}}'))) AS failed
FROM (SELECT *, nullif(record, '')::jsonb AS report FROM stored_runs) AS reported"""

_RULE_OF_POSTGRESQL = """CREATE RULE articles_delete AS ON DELETE TO articles
DO INSTEAD DELETE FROM stored_articles WHERE id = OLD.id"""

POSTGRESQL = (
    _POSTGRESQL.articles(),
    _POSTGRESQL.revisions(),
    _BLOCKS_OF_POSTGRESQL,
    _RUNS_OF_POSTGRESQL,
    _RULE_OF_POSTGRESQL,
)
