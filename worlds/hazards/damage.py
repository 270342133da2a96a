"""A file is damaged or cut short."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_WAL = "tests/unit/storage/test_wal.py::"
_REPAIRS = "tests/unit/cli/test_repairs.py::"
_FRAMES = "scraper/storage/wal.py"
_DAMAGE = "tests/unit/storage/test_damage.py"
_REPAIR = "tests/unit/storage/test_repairing.py"

ROWS: tuple[Hazard, ...] = (
    Hazard(
        happens="bits of a stored article turn, and the row can still be read",
        outcome="it is named and passed over; the others are delivered, exit code 1",
        guard="storage.rows: checksums",
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
        happens="a stored time is not a time",
        outcome="it is read as long ago, and its row as damaged",
        guard="storage.tables: times",
        edits=(
            Edit(
                "scraper/storage/tables.py",
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
        outcome="it is dropped and added again; the crawl continues",
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
        outcome="doctor reports how many words; a repair builds the index again",
        guard="storage.maintenance: words",
        edits=(
            Edit(
                "scraper/storage/maintenance.py",
                "if self._words and (wrong := self._words.count_wrong()):",
                "if self._words and (wrong := 0):",
            ),
        ),
        test=f"{_DAMAGE}::test_the_index_of_words_is_compared_with_the_articles",
    ),
    Hazard(
        happens="the JSON of one article is cut",
        outcome="views show every other row to other programs",
        guard="storage.views: valid JSON",
        edits=(
            Edit(
                "scraper/storage/views.py",
                'return f"CASE WHEN json_valid({column}) THEN {column} END"',
                "return column",
            ),
        ),
        test=f"{_DAMAGE}::"
        "test_a_view_shows_the_others_of_an_article_whose_fields_are_damaged",
    ),
    Hazard(
        happens="the index cannot take out the words of a damaged text",
        outcome="the index is built again, and what is saved is stored",
        guard="storage.sqlite: index rebuilt",
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
        guard="storage.opening: salvage",
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
        happens="a damaged store is read, and its copy does not fit the temporary folder",
        outcome="the folder is named, not the disk of the store",
        guard="storage.store: the name of the copy",
        edits=(
            Edit(
                "scraper/storage/store.py",
                'storage_errors(f"{self.name}, salvaged into {self._folder.name},")',
                "storage_errors(self.name)",
            ),
        ),
        test=f"{_REPAIR}::test_a_copy_that_does_not_fit_is_named",
    ),
    Hazard(
        happens="the newest revision of an article is damaged",
        outcome="a repair stores the one before, and lets the page be fetched at once",
        guard="storage.maintenance: files",
        edits=(
            Edit(
                "scraper/storage/maintenance.py",
                "    if not articles:\n",
                "    if articles:\n",
            ),
        ),
        test=f"{_REPAIR}::test_the_revision_before_takes_the_place_of_a_damaged_one",
    ),
    Hazard(
        happens="a database is cut so short that no row is left",
        outcome="`--repair` makes an empty store and reads the archive into it",
        guard="storage.sqlite_file: the mark",
        edits=(
            Edit(
                "scraper/storage/maintenance.py",
                "            if saved is None and is_marked(path):\n",
                "            if saved is None and not path:\n",
            ),
        ),
        test=f"{_REPAIR}::test_a_store_of_which_nothing_is_left_becomes_an_empty_one",
    ),
    Hazard(
        happens="a row of a store in PostgreSQL is damaged",
        outcome="`--repair` keeps what it held in a file, stores the revision before or"
        " lets the page be fetched at once",
        guard="storage.maintenance: rows",
        edits=(
            Edit(
                "scraper/storage/maintenance.py",
                "        fetch_lost(self._connection, self._done.lost)\n",
                "",
            ),
        ),
        test=f"{_DAMAGE}::test_a_damaged_article_without_revisions_is_removed_and_fetched_anew",
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

FILES: tuple[Hazard, ...] = (
    Hazard(
        "bits of the log that a killed process left are flipped: SQLite drops every"
        " transaction from there on, without an error",
        "whoever opens the store first reports it, and every transaction is kept; the"
        " damaged log stays beside the store",
        "storage.wal: before the store is opened",
        (
            Edit(
                "scraper/storage/opening.py",
                "(damage := wal.check(location.file, repair=repair))",
                "(damage := None)",
            ),
        ),
        _WAL + "test_whoever_opens_the_store_says_so_and_loses_nothing",
    ),
    Hazard(
        "the same, and `tinsach doctor` is the first to look",
        "it reports the log and changes nothing",
        "storage.checking: the log first",
        (
            Edit(
                "scraper/storage/maintenance.py",
                "if damage := wal.check(location.file):",
                "if damage := None:",
            ),
        ),
        _WAL + "test_the_damage_is_found_without_a_change",
    ),
    Hazard(
        "one bit of a frame of the log is flipped",
        "it is corrected if the checksum says which; else the page stays as it is",
        "storage.wal: corrected bits",
        (
            Edit(
                _FRAMES,
                "bit = _flipped_bit(content, frame.sums, before, order)",
                "bit = None",
            ),
        ),
        _WAL + "test_a_flipped_bit_in_a_frame_costs_nothing",
    ),
    Hazard(
        "the checksum of a frame of the log is flipped, not its page",
        "no page is changed for it",
        "storage.wal: a checksum is not a page",
        (Edit(_FRAMES, "if 0 in wanted:", "if None in wanted:"),),
        _WAL + "test_a_flipped_bit_of_a_checksum_changes_no_page",
    ),
    Hazard(
        "the log is cut short",
        "it is reported, if the file of its users (`-shm`) is there, and read up to there",
        "storage.wal: missing frames",
        (Edit(_FRAMES, "log.missing = known - count", "log.missing = 0"),),
        _WAL + "test_a_log_that_was_cut_is_reported_by_what_its_users_knew",
    ),
    Hazard(
        "a process is killed while it writes a frame over an older one",
        "no damage: the transaction was not committed",
        "storage.wal: a torn frame",
        (Edit(_FRAMES, "if known is None and _is_torn(log, own):", "if False:"),),
        _WAL + "test_a_torn_last_frame_over_an_older_one_is_no_damage",
    ),
    Hazard(
        "the machine crashed, and frames of the log never came to the disk",
        "what SQLite takes is kept, the rest of the log stays beside the store",
        "storage.wal: written before the machine started",
        (
            Edit(
                "scraper/storage/wal.py",
                "return path.stat().st_mtime > clock.now().timestamp() - running",
                "return running > 0",
            ),
        ),
        _WAL + "test_after_a_crash_of_the_machine_only_what_is_certain_is_kept",
    ),
    Hazard(
        "a log is looked at while another process writes it",
        "it is left alone",
        "storage.wal: the lock of its users",
        (
            Edit(
                "scraper/storage/wal.py",
                " or _is_in_use(index_of(database))",
                "",
            ),
            Edit(
                "scraper/storage/wal.py",
                "fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, USED_BYTE)",
                "fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, 500)",
            ),
        ),
        _WAL + "test_a_log_in_use_is_left_alone",
    ),
    Hazard(
        "a record in the middle of an archive file is damaged",
        "`doctor`, `reextract`, `crawl --replay` and `extract` name its place and address"
        " and read all others",
        "archive.members: the next record",
        (
            Edit(
                "scraper/archive/members.py",
                "after = _next_start(file, start + 1, size)",
                "after = size",
            ),
        ),
        "tests/unit/archive/test_members.py::test_a_damaged_member_costs_no_other",
    ),
    Hazard(
        "the last record of an archive file is damaged, and a crawl appends to it",
        "it stays; only what a killed process left in half is cut off",
        "archive.members: damaged is not half",
        (
            Edit(
                "scraper/archive/members.py",
                "for member in rest if member.is_half), size)",
                "for member in rest if member.damage), size)",
            ),
        ),
        "tests/unit/archive/test_members.py",
    ),
    Hazard(
        "an archived page is not what its digest says",
        "reported by `doctor`",
        "archive.folder: digests",
        (
            Edit(
                "scraper/archive/folder.py",
                "damage = member.damage or _wrong_digest(member)",
                "damage = member.damage",
            ),
        ),
        "tests/unit/archive/test_damage.py",
    ),
    Hazard(
        "an archive file is shorter than the references of articles say",
        "reported by `doctor`; `--repair` lets the pages be fetched again",
        "cli.archive_checks: references",
        (
            Edit(
                "scraper/cli/doctor.py",
                "return found is not None and not (",
                "return found is None and not (",
            ),
        ),
        _REPAIRS + "test_a_file_shorter_than_its_references_is_reported",
    ),
    Hazard(
        "the archived page of an article is damaged and moved aside by `--repair`",
        "the article stays; the next crawl fetches and archives its page",
        "storage.archived: lost pages",
        (
            Edit(
                "scraper/cli/doctor.py",
                "store.forget_archived(list(lost))",
                "list(lost)",
            ),
        ),
        _REPAIRS + "test_a_damaged_record_is_reported_moved_aside_and_fetched_again",
    ),
    Hazard(
        "a site model is damaged so that it still parses",
        "it is not what its version says: reported and not used",
        "sitemodel.model: the version",
        (
            Edit(
                "scraper/sitemodel/model.py",
                "if stated not in {None, version}:",
                "if stated == version == None:",
            ),
        ),
        "tests/unit/sitemodel/test_records.py",
    ),
    Hazard(
        "the damaged model is pinned",
        "pages are read without one, and the site is learned again",
        "sitemodel.lifecycle: a damaged pin",
        (
            Edit(
                "scraper/sitemodel/lifecycle.py",
                "            self.stored = SiteModel.from_json(model)\n",
                "            self.pinned = True\n"
                "            self.stored = SiteModel.from_json(model)\n",
            ),
        ),
        "tests/unit/sitemodel/test_lifecycle.py"
        "::test_a_damaged_model_is_reported_and_learned_anew",
    ),
    Hazard(
        "one version of a model is damaged",
        "`--repair` removes that one; the version before is in use",
        "cli.repairs: one version",
        (
            Edit(
                "scraper/cli/doctor.py",
                "store.models.forget_version(listed.site, listed.version)",
                "store.models.forget_models(listed.site)",
            ),
        ),
        _REPAIRS + "test_only_the_damaged_version_of_a_model_is_removed",
    ),
)

HAZARDS: tuple[Hazard, ...] = (*ROWS, *FILES)
