"""What other programs read of a SQLite store: views, and triggers for what they delete.

No function of ours is in them, so that every program can use them. docs/formats.md
describes the views; :mod:`scraper.storage.postgresql_views` has the same.
"""

from __future__ import annotations


def _text(field: str) -> str:
    return f"coalesce(json_extract(d.fields, '$.{field}'), '') AS {field}"


def _list(field: str) -> str:
    return f"coalesce(json_extract(d.fields, '$.{field}'), '[]') AS {field}"


_LEAD = f"""CASE WHEN d.lead_length > 0 THEN substr(t.text, 1, d.lead_length)
 ELSE {_text("lead").removesuffix(" AS lead")} END AS lead"""

# The outer join is left out by SQLite where no column of the texts is asked for.
ARTICLES = f"""CREATE VIEW articles AS SELECT
 a.id, a.url, a.canonical_url, a.site, a.kind, t.title, {_LEAD}, t.text,
 {_text("byline")}, {_list("authors")}, a.agency, a.published_at, a.modified_at,
 a.section, {_list("breadcrumbs")}, {_list("tags")}, a.language,
 coalesce(json_extract(d.fields, '$.paywalled'), 0) AS paywalled, {_list("images")},
 a.confidence, a.revision, a.fetched_at, a.gone_at, {_text("archive")}
FROM stored_articles AS a
 LEFT JOIN stored_texts AS t ON t.position = a.position
 LEFT JOIN stored_details AS d ON d.position = a.position"""

_MORE = f"{_text('byline')}, {_list('authors')}"

REVISIONS = f"""CREATE VIEW revisions AS SELECT
 a.id AS article_id, a.revision, 1 AS is_newest, a.url, t.title, {_LEAD}, t.text, {_MORE},
 a.published_at, a.modified_at, a.fetched_at, a.confidence
FROM stored_articles AS a JOIN stored_texts AS t ON t.position = a.position
 JOIN stored_details AS d ON d.position = a.position
UNION ALL SELECT
 a.id, d.revision, 0, d.url, d.title,
 {_LEAD.replace("t.text", "d.text")}, d.text, {_MORE},
 d.published_at, d.modified_at, d.fetched_at, d.confidence
FROM stored_revisions AS d JOIN stored_articles AS a ON a.position = d.position"""

BLOCKS = """CREATE VIEW blocks AS SELECT
 article_id, position, coalesce(json_extract(block, '$.kind'), 'paragraph') AS kind,
 coalesce(
  json_extract(block, '$.text'),
  substr(
   text,
   start + coalesce(length(json_extract(block, '$.time')) + 1, 0),
   length - coalesce(length(json_extract(block, '$.time')) + 1, 0)),
  '') AS text,
 coalesce(json_extract(block, '$.time'), '') AS time
FROM (
 SELECT *, first + coalesce(sum(length + 2) OVER (
   PARTITION BY article_id ORDER BY position
   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS start
 FROM (
  SELECT a.id AS article_id, j.key AS position, t.text,
   CASE WHEN d.lead_length > 0 THEN d.lead_length + 3 ELSE 1 END AS first,
   CASE j.type WHEN 'object' THEN j.value ELSE '{}' END AS block,
   CASE j.type WHEN 'object' THEN json_extract(j.value, '$.length') ELSE j.value END
    AS length
  FROM stored_articles AS a JOIN stored_texts AS t ON t.position = a.position
   JOIN stored_details AS d ON d.position = a.position,
   json_each(d.blocks) AS j))"""


def _count(field: str) -> str:
    return f"coalesce(json_extract(report, '$.{field}'), 0) AS {field}"


def _time(column: str) -> str:
    return f"replace(substr({column}, 1, 19), ' ', 'T') || 'Z' AS {column}"


_COUNTS = ("pages", "new", "revised", "changed", "unchanged", "gone", "seconds")

RUNS = f"""CREATE VIEW runs AS SELECT
 position AS run, job, {_time("started_at")}, {_time("ended_at")},
 CASE WHEN ended_at IS NULL THEN '' ELSE coalesce(json_extract(report, '$.verdict'),
  'killed') END AS verdict, {", ".join(map(_count, _COUNTS))},
 (SELECT coalesce(sum(value), 0) FROM json_each(report, '$.failed')) AS failed
FROM (SELECT *, nullif(record, '') AS report FROM stored_runs)"""

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

VIEWS = (ARTICLES, REVISIONS, BLOCKS, RUNS, _DELETE_THE_REST, _DELETE_BY_THE_VIEW)
