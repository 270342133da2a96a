"""The store is moved, replaced, locked or left."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_STORE = "scraper/storage/store.py"
_SQLITE = "scraper/storage/sqlite.py"
_JOBS = "scraper/storage/jobs.py"
_BACKUPS = "scraper/storage/backups.py"
_RECORDER = "scraper/monitoring/recorder.py"
_OF_IDENTITY = "tests/unit/storage/test_identity.py"
_OF_JOBS = "tests/unit/storage/test_jobs.py"
_OF_BACKUPS = "tests/unit/storage/test_backups.py"
_OF_CLIENT = "tests/unit/crawling/test_store_client.py"
_OF_CRAWLS = "tests/crawl/test_place.py"

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "the store, or its folder, is deleted, moved or replaced by another file during"
        " a run",
        "the run ends at its next write, exit 1; nothing under way is called stored",
        "storage.sqlite: device and inode",
        (
            Edit(
                _SQLITE,
                "        if change := self._find_replacement():\n"
                "            return change\n        for",
                "        for",
            ),
        ),
        f"{_OF_IDENTITY}::test_a_store_that_is_another_one_by_now_is_not_written",
    ),
    Hazard(
        "another store is copied over the file of the store, or the file is emptied,"
        " during a run",
        "the same",
        "storage.sqlite: the mark in the header",
        (Edit(_SQLITE, "if self._is_marked and not is_marked:", "if False:"),),
        f"{_OF_IDENTITY}::test_a_store_that_is_another_one_by_now_is_not_written",
    ),
    Hazard(
        "a backup is restored, or a database of a server is dropped and made again,"
        " during a run",
        "the same",
        "storage.store: the token",
        (Edit(_STORE, "if self._find(connection) != self._found:", "if False:"),),
        f"{_OF_BACKUPS}::test_a_store_is_replaced_by_force_only",
    ),
    Hazard(
        "the files beside the store (`-wal`, `-shm`) are deleted during a run",
        "the same; what they held is in the store",
        "storage.sqlite: the files beside",
        (
            Edit(
                _SQLITE,
                "if change := _change(connection.info.setdefault(path, now), now):",
                'if change := "":',
            ),
        ),
        f"{_OF_IDENTITY}::test_a_log_that_is_gone_ends_writing",
    ),
    Hazard(
        "the store goes while a batch is being written",
        "the batch is not called stored",
        "storage.store: after the commit",
        (
            Edit(
                _STORE,
                "identity.check_files(connection)  # it",
                "pass  # it",
            ),
        ),
        f"{_OF_IDENTITY}::"
        "test_what_is_committed_into_a_file_that_is_gone_is_not_called_stored",
    ),
    Hazard(
        "the store goes after the last article of a run",
        "the run has failed, exit 1",
        "monitoring.recorder: the store at the end",
        (
            Edit(
                _RECORDER,
                "if client.run and not await self._can_store(client, reason):",
                "if False:",
            ),
        ),
        f"{_OF_CRAWLS}::"
        "test_a_store_that_goes_after_the_last_article_is_noticed_at_the_end",
    ),
    Hazard(
        "the report of a run cannot be kept",
        "the run has failed, exit 1",
        "monitoring.recorder: the report",
        (Edit(_RECORDER, "if verdict.status is not ExitStatus.FAILED:", "if False:"),),
        "tests/unit/monitoring/test_recorder.py",
    ),
    Hazard(
        "`store restore --force` or `doctor --repair` during a run",
        "refused with the line that says who holds the job",
        "storage.backups: open runs",
        (
            Edit(
                _BACKUPS,
                "            refuse_open_runs(connection, clock.now())\n",
                "            pass\n",
            ),
        ),
        f"{_OF_BACKUPS}::test_a_store_whose_job_is_held_is_not_replaced",
    ),
    Hazard(
        "two PID namespaces with one host name and one store run one job",
        "the second one says who holds the job, exit 1",
        "storage.jobs: the namespace",
        (Edit(_JOBS, " or space != _space():", ":"),),
        _OF_JOBS,
    ),
    Hazard(
        "the number of a killed run's process is given to another process",
        "the job is free at once",
        "storage.jobs: the start of a process",
        (
            Edit(
                _JOBS,
                "return _start_of(int(number)) not in {start, None}",
                'return _start_of(int(number)) == ""',
            ),
        ),
        f"{_OF_JOBS}::test_a_process_that_got_the_number_of_another_one_is_another_one",
    ),
    Hazard(
        "a run waits or reads for longer than a lease lasts, or its loop is blocked",
        "it keeps its job",
        "crawling.heartbeat",
        (
            Edit(
                "scraper/crawling/store_client.py",
                "        self._heartbeat.start()\n",
                "",
            ),
        ),
        f"{_OF_CLIENT}::test_a_run_shows_life_whatever_its_event_loop_does",
    ),
    Hazard(
        "a run sleeps (SIGSTOP, a closed laptop) while another one takes over its job",
        "it ends at its next write without storing anything, exit 1",
        "storage.jobs: the token of a run",
        (
            Edit(
                _JOBS,
                '_row.token == sa.bindparam("of"), _IS_OPEN',
                'sa.bindparam("of").is_not(None)',
            ),
        ),
        f"{_OF_JOBS}::test_a_run_that_lost_its_job_writes_nothing",
    ),
    Hazard(
        "the same, and it has read pages for its site model",
        "they are not kept",
        "crawling.reader: a lost job",
        (
            Edit(
                "scraper/crawling/reader.py",
                "if StoreClient.of(self._crawler).has_lost_job:",
                "if False:",
            ),
        ),
        f"{_OF_CRAWLS}::"
        "test_a_run_that_slept_while_another_took_over_ends_without_writing",
    ),
    Hazard(
        "the archive is moved, deleted or replaced during a run",
        "no page is written elsewhere; articles are stored",
        "archive.folder: the folder",
        (
            Edit(
                "scraper/archive/folder.py",
                "if self._opened and not _is_at(self._folder, self._opened):",
                "if False:",
            ),
        ),
        "tests/unit/archive/test_folder.py::"
        "test_an_archive_that_is_gone_is_not_made_again",
    ),
    Hazard(
        "a file of the archive is deleted or cut during a run that writes into it",
        "the archive ends there and says so; articles are stored, exit 4",
        "archive.folder: the file",
        (
            Edit(
                "scraper/archive/folder.py",
                "if _size(self._folder / name) < end:",
                "if False:",
            ),
        ),
        "tests/unit/archive/test_folder.py::"
        "test_a_file_that_lost_its_pages_is_not_written_on",
    ),
    Hazard(
        "the archive fails during a run, or has gone when it ends",
        "the run is unhealthy, exit 4",
        "monitoring.failures: not_archived",
        (
            Edit(
                "scraper/monitoring/health.py",
                "if not report.not_archived:",
                "if report.spider:",
            ),
        ),
        "tests/unit/monitoring/test_health.py::"
        "test_an_archive_that_failed_is_unhealthy",
    ),
    Hazard(
        "temporary files are cleaned up during a run, site models among them",
        "a model is written again for the next page",
        "workers.model_files",
        (
            Edit(
                "scraper/workers/reader.py",
                "if known is None or not known[1].exists():",
                "if known is None:",
            ),
        ),
        "tests/unit/workers/test_models.py::"
        "test_a_model_whose_file_was_cleaned_up_is_written_again",
    ),
    Hazard(
        "a store is named by what libpq takes (`host=… password=…`), or by a URL that"
        " lacks a slash",
        "refused, exit 1: no file of that name is made",
        "storage.location: no file",
        (
            Edit(
                "scraper/storage/location.py", "if _NO_FILE.match(named):", "if False:"
            ),
        ),
        "tests/unit/cli/test_arguments.py::"
        "test_a_server_is_not_taken_for_the_name_of_a_file",
    ),
    Hazard(
        "the store is moved, replaced or restored while `export --follow` reads it",
        "it ends within a second, exit 1, and says from which number to go on",
        "storage.store: the place of what is followed",
        (
            Edit(
                "scraper/storage/store.py",
                "        self._transaction.check_place()\n",
                "",
            ),
        ),
        "tests/unit/cli/test_following.py::"
        "test_a_store_that_is_another_one_by_now_ends_it",
    ),
    Hazard(
        "the store is moved or replaced while `browse` serves it",
        "each request is answered by a line that says so, status 503",
        "browsing.guard: the place of the store",
        (Edit("scraper/browsing/server.py", "if not self._is_there():", "if False:"),),
        "tests/unit/browsing/test_reading.py::"
        "test_a_store_that_was_moved_is_not_shown_as_it_was",
    ),
)
