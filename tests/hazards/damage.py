"""A file is damaged or cut short."""

from __future__ import annotations

from tests.faults.guards import Edit
from tests.hazards.hazard import Hazard

_DAMAGE = "tests/unit/storage/test_damage.py"
_REPAIR = "tests/unit/storage/test_repairing.py"

ROWS = (
    Hazard(
        happens="bits of a stored article turn, and the row can still be read",
        outcome="it is named and passed over; the others are delivered, exit code 1",
        guard="storage.checksums",
        edits=(
            Edit(
                "scraper/storage/rows.py",
                "    if not is_sound(row, names):\n",
                "    if not names:\n",
            ),
        ),
        test=f"{_DAMAGE}::test_a_damaged_article_is_named_and_stored_again",
    ),
    Hazard(
        happens="a text is no UTF-8 any more",
        outcome="one article is passed over, not all that are read with it",
        guard="storage.sqlite: any text",
        edits=(
            Edit(
                "scraper/storage/sqlite.py",
                "    read_any_text(connection)\n    connection.isolation_level",
                "    connection.isolation_level",
            ),
        ),
        test=f"{_DAMAGE}::test_bytes_that_are_no_text_cost_one_article",
    ),
    Hazard(
        happens="a stored time is none",
        outcome="it is read as long ago, and its row as damaged",
        guard="storage.times",
        edits=(
            Edit(
                "scraper/storage/times.py",
                "(ArithmeticError, AttributeError, TypeError, ValueError)",
                "ArithmeticError",
            ),
        ),
        test=f"{_DAMAGE}::test_times_that_are_none_keep_no_other_row_from_being_read",
    ),
    Hazard(
        happens="the row of an article is damaged, and its page has not changed",
        outcome="the next visit asks for the whole page and stores the article again",
        guard="storage.frontier: in full",
        edits=(
            Edit(
                "scraper/storage/frontier.py",
                "if e.address.url in damaged else e",
                "if not e else e",
            ),
        ),
        test=f"{_DAMAGE}::"
        "test_the_page_of_a_damaged_article_is_fetched_whether_it_changed_or_not",
    ),
    Hazard(
        happens="an address of the frontier is damaged",
        outcome="it is dropped and noted anew; the crawl goes on",
        guard="storage.frontier: soundness",
        edits=(
            Edit(
                "scraper/storage/frontier.py",
                "sound = [row for row in each if is_sound(row._mapping)]",
                "sound = each",
            ),
        ),
        test=f"{_DAMAGE}::test_a_damaged_address_is_dropped_and_noted_anew",
    ),
    Hazard(
        happens="the report of a run is damaged",
        outcome="it is not believed; doctor reports it",
        guard="storage.jobs: the record of a run",
        edits=(
            Edit(
                "scraper/storage/jobs.py",
                'row.record if is_sound(row._mapping, RUN) else ""',
                "row.record",
            ),
        ),
        test=f"{_DAMAGE}::test_the_record_of_a_damaged_run_is_not_believed",
    ),
    Hazard(
        happens="the index of words says another thing than the articles",
        outcome="doctor reports how many words; a repair indexes anew",
        guard="storage.sqlite_checks: words",
        edits=(
            Edit(
                "scraper/storage/checking.py",
                "if self._words and (wrong := self._words.count_wrong()):",
                "if self._words and (wrong := 0):",
            ),
        ),
        test=f"{_DAMAGE}::test_the_index_of_words_is_compared_with_the_articles",
    ),
    Hazard(
        happens="the JSON of one article is cut",
        outcome="views show every other row to other programs",
        guard="storage.sqlite_views: valid JSON",
        edits=(
            Edit(
                "scraper/storage/sqlite_views.py",
                'return f"CASE WHEN json_valid({column}) THEN {column} END"',
                "return column",
            ),
        ),
        test=f"{_DAMAGE}::"
        "test_a_view_shows_the_others_of_an_article_whose_fields_are_damaged",
    ),
    Hazard(
        happens="the index cannot take out the words of a damaged text",
        outcome="it is made anew, and what is saved is stored",
        guard="storage.sqlite: index made anew",
        edits=(
            Edit(
                "scraper/storage/sqlite.py",
                "if error.orig is None or not is_damaged(error.orig):",
                "if error:",
            ),
        ),
        test=f"{_DAMAGE}::"
        "test_words_of_a_text_that_is_damaged_do_not_stop_what_is_saved",
    ),
    Hazard(
        happens="rows of articles are lost whose words survive",
        outcome="a repair saves all others, and says how many are lost",
        guard="storage.salvaging",
        edits=(
            Edit(
                "scraper/storage/salvaging.py",
                "                self._damaged.append(position)\n",
                "                pass\n",
            ),
        ),
        test=f"{_REPAIR}::"
        "test_articles_whose_rows_are_lost_are_left_out_and_the_others_saved",
    ),
    Hazard(
        happens="schema, version or first page of the database are lost",
        outcome="the articles are read from their pages; a repair makes a new schema",
        guard="storage.sessions: salvage",
        edits=(
            Edit(
                "scraper/storage/opening.py",
                "            if not sessions.salvage():\n",
                "            if sessions:\n",
            ),
        ),
        test=f"{_REPAIR}::test_the_schema_is_made_anew",
    ),
    Hazard(
        happens="the newest revision of an article is damaged",
        outcome="a repair stores the one before, and lets the page be fetched at once",
        guard="storage.repairing",
        edits=(
            Edit(
                "scraper/storage/repairing.py",
                "    if not saved.lost:\n",
                "    if saved:\n",
            ),
        ),
        test=f"{_REPAIR}::test_the_revision_before_takes_the_place_of_a_damaged_one",
    ),
    Hazard(
        happens="one visit of a batch meets a damaged row",
        outcome="the others of the batch are settled",
        guard="crawling.store_client: a batch",
        edits=(
            Edit(
                "scraper/crawling/store_client.py",
                "if len(batch) > 1 and _is_of_one(error):",
                "if not batch:",
            ),
        ),
        test="tests/unit/crawling/test_store_client.py::"
        "test_a_visit_that_cannot_be_settled_fails_none_of_its_batch",
    ),
)

HAZARDS: tuple[Hazard, ...] = (*ROWS,)
