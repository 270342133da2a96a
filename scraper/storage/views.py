"""The views that other programs read, and triggers for what they delete.

No function of ours is in them, so that every program can use them: docs/formats.md
describes them. In PostgreSQL lists are ``jsonb`` and times ``timestamptz``.
"""

from __future__ import annotations


def _lead(texts: str, declared: str) -> str:
    beginning = f"substr({texts}.text, 1, d.lead_length)"
    return f"CASE WHEN d.lead_length > 0 THEN {beginning} ELSE {declared} END"


def _revisions(yes: str, no: str, lead: str, byline: str, authors: str) -> str:
    """Return the view of revisions; *lead* is the declared one, for lead_length 0."""
    return f"""CREATE VIEW revisions AS SELECT
 a.id AS article_id, a.revision, {yes} AS is_newest, a.url, t.title, {_lead("t", lead)} AS lead,
 t.text, {byline} AS byline, {authors} AS authors,
 a.published_at, a.modified_at, a.fetched_at, a.confidence
FROM stored_articles AS a JOIN stored_texts AS t ON t.position = a.position
 JOIN stored_details AS d ON d.position = a.position
UNION ALL SELECT
 a.id, d.revision, {no}, d.url, d.title, {_lead("d", lead)}, d.text, {byline},
 {authors}, d.published_at, d.modified_at, d.fetched_at, d.confidence
FROM stored_revisions AS d JOIN stored_articles AS a ON a.position = d.position"""


_COUNTS = ("pages", "new", "revised", "changed", "unchanged", "gone")


def _json(column: str) -> str:
    """Return *column*, or NULL if it is damaged: json_extract() would fail for all rows."""
    return f"CASE WHEN json_valid({column}) THEN {column} END"


def _field(name: str) -> str:
    return f"json_extract({_json('d.fields')}, '$.{name}')"


def _text(field: str) -> str:
    return f"coalesce({_field(field)}, '')"


def _list(field: str) -> str:
    return f"coalesce({_field(field)}, '[]')"


def _of_text(value: str) -> str:
    """Return a query of its own for *value*, which runs only if it is asked for.

    A join would be made for each row, even to count the sites; it is no faster otherwise.
    """
    return f"(SELECT {value} FROM stored_texts AS t WHERE t.position = a.position)"


def _of_details(value: str) -> str:
    """Return the same for a value of the details."""
    return f"(SELECT {value} FROM stored_details AS d WHERE d.position = a.position)"


_LEAD = f"""(SELECT {_lead("t", _text("lead"))} FROM stored_texts AS t
 JOIN stored_details AS d ON d.position = t.position WHERE t.position = a.position)"""

ARTICLES = f"""CREATE VIEW articles AS SELECT
 a.id, a.url, a.canonical_url, a.site, a.kind, {_of_text("title")} AS title,
 {_LEAD} AS lead, {_of_text("text")} AS text, {_of_details(_text("byline"))} AS byline,
 {_of_details(_list("authors"))} AS authors, a.agency, a.published_at, a.modified_at,
 a.section, {_of_details(_list("breadcrumbs"))} AS breadcrumbs,
 {_of_details(_list("tags"))} AS tags, a.language,
 {_of_details(f"coalesce({_field('paywalled')}, 0)")} AS paywalled,
 {_of_details(_list("images"))} AS images, a.confidence, a.revision, a.fetched_at,
 a.gone_at, {_of_details(_text("archive"))} AS archive
FROM stored_articles AS a"""

REVISIONS = _revisions("1", "0", _text("lead"), _text("byline"), _list("authors"))

# The text is joined last: the places of all blocks are sorted without it.
BLOCKS = f"""CREATE VIEW blocks AS SELECT
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


RUNS = f"""CREATE VIEW runs AS SELECT
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

SQLITE = (ARTICLES, REVISIONS, BLOCKS, RUNS, _DELETE_THE_REST, _DELETE_BY_THE_VIEW)


def _pg_text(field: str) -> str:
    return f"coalesce(d.fields::jsonb ->> '{field}', '')"


def _pg_list(field: str) -> str:
    return f"coalesce(d.fields::jsonb -> '{field}', '[]')"


# An outer join is left out where no column of its table is asked for.
_PG_ARTICLES = f"""CREATE VIEW articles AS SELECT
 a.id, a.url, a.canonical_url, a.site, a.kind, t.title, {_lead("t", _pg_text("lead"))} AS lead, t.text,
 {_pg_text("byline")} AS byline, {_pg_list("authors")} AS authors, a.agency, a.published_at,
 a.modified_at, a.section, {_pg_list("breadcrumbs")} AS breadcrumbs, {_pg_list("tags")} AS tags,
 a.language, coalesce(d.fields::jsonb -> 'paywalled' = 'true', false) AS paywalled,
 {_pg_list("images")} AS images, a.confidence, a.revision, a.fetched_at, a.gone_at,
 {_pg_text("archive")} AS archive
FROM stored_articles AS a
 LEFT JOIN stored_texts AS t ON t.position = a.position
 LEFT JOIN stored_details AS d ON d.position = a.position"""

_PG_REVISIONS = _revisions(
    "true", "false", _pg_text("lead"), _pg_text("byline"), _pg_list("authors")
)

_PG_BLOCKS = """CREATE VIEW blocks AS SELECT
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


def _pg_count(field: str, as_type: str = "integer") -> str:
    return f"coalesce((report ->> '{field}')::{as_type}, 0) AS {field}"


_PG_RUNS = f"""CREATE VIEW runs AS SELECT
 position AS run, job, date_trunc('second', started_at) AS started_at,
 date_trunc('second', ended_at) AS ended_at,
 CASE WHEN ended_at IS NULL THEN '' ELSE coalesce(report ->> 'verdict', 'killed') END
  AS verdict, {", ".join(map(_pg_count, _COUNTS))}, {_pg_count("seconds", "float")},
 (SELECT coalesce(sum(value::integer), 0)::integer
  FROM jsonb_each_text(coalesce(report -> 'failed', '{{}}'))) AS failed
FROM (SELECT *, nullif(record, '')::jsonb AS report FROM stored_runs) AS reported"""

_PG_DELETE_BY_THE_VIEW = """CREATE RULE articles_delete AS ON DELETE TO articles
DO INSTEAD DELETE FROM stored_articles WHERE id = OLD.id"""

POSTGRESQL = (
    _PG_ARTICLES,
    _PG_REVISIONS,
    _PG_BLOCKS,
    _PG_RUNS,
    _PG_DELETE_BY_THE_VIEW,
)
