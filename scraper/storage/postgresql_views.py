"""What other programs read of a store in PostgreSQL, as of a SQLite file.

Lists are ``jsonb``, times ``timestamptz``; docs/formats.md describes the views.
"""

from __future__ import annotations


def _text(field: str) -> str:
    return f"coalesce(d.fields::jsonb ->> '{field}', '')"


def _list(field: str) -> str:
    return f"coalesce(d.fields::jsonb -> '{field}', '[]')"


def _lead(texts: str) -> str:
    beginning = f"substr({texts}.text, 1, d.lead_length)"
    return f"CASE WHEN d.lead_length > 0 THEN {beginning} ELSE {_text('lead')} END"


# An outer join is left out where no column of its table is asked for.
ARTICLES = f"""CREATE VIEW articles AS SELECT
 a.id, a.url, a.canonical_url, a.site, a.kind, t.title, {_lead("t")} AS lead, t.text,
 {_text("byline")} AS byline, {_list("authors")} AS authors, a.agency, a.published_at,
 a.modified_at, a.section, {_list("breadcrumbs")} AS breadcrumbs, {_list("tags")} AS tags,
 a.language, coalesce(d.fields::jsonb -> 'paywalled' = 'true', false) AS paywalled,
 {_list("images")} AS images, a.confidence, a.revision, a.fetched_at, a.gone_at,
 {_text("archive")} AS archive
FROM stored_articles AS a
 LEFT JOIN stored_texts AS t ON t.position = a.position
 LEFT JOIN stored_details AS d ON d.position = a.position"""

REVISIONS = f"""CREATE VIEW revisions AS SELECT
 a.id AS article_id, a.revision, true AS is_newest, a.url, t.title, {_lead("t")} AS lead,
 t.text, {_text("byline")} AS byline, {_list("authors")} AS authors,
 a.published_at, a.modified_at, a.fetched_at, a.confidence
FROM stored_articles AS a JOIN stored_texts AS t ON t.position = a.position
 JOIN stored_details AS d ON d.position = a.position
UNION ALL SELECT
 a.id, d.revision, false, d.url, d.title, {_lead("d")}, d.text, {_text("byline")},
 {_list("authors")}, d.published_at, d.modified_at, d.fetched_at, d.confidence
FROM stored_revisions AS d JOIN stored_articles AS a ON a.position = d.position"""

BLOCKS = """CREATE VIEW blocks AS SELECT
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


def _count(field: str, as_type: str = "integer") -> str:
    return f"coalesce((report ->> '{field}')::{as_type}, 0) AS {field}"


_COUNTS = ("pages", "new", "revised", "changed", "unchanged", "gone")

RUNS = f"""CREATE VIEW runs AS SELECT
 position AS run, job, date_trunc('second', started_at) AS started_at,
 date_trunc('second', ended_at) AS ended_at,
 CASE WHEN ended_at IS NULL THEN '' ELSE coalesce(report ->> 'verdict', 'killed') END
  AS verdict, {", ".join(map(_count, _COUNTS))}, {_count("seconds", "float")},
 (SELECT coalesce(sum(value::integer), 0)::integer
  FROM jsonb_each_text(coalesce(report -> 'failed', '{{}}'))) AS failed
FROM (SELECT *, nullif(record, '')::jsonb AS report FROM stored_runs) AS reported"""

_DELETE_BY_THE_VIEW = """CREATE RULE articles_delete AS ON DELETE TO articles
DO INSTEAD DELETE FROM stored_articles WHERE id = OLD.id"""

VIEWS = (ARTICLES, REVISIONS, BLOCKS, RUNS, _DELETE_BY_THE_VIEW)
