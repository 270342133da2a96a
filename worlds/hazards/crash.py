"""A process, a server or the disk ends in the middle."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_STORAGE = "tests/unit/storage"
_WORKERS = "tests/unit/workers"

HAZARDS = (
    Hazard(
        "the crawl is killed",
        "the next run goes on where it was; the job is free at once on the same machine"
        " and in the same PID namespace, elsewhere after 90 s",
        "storage.jobs: a process that has ended",
        (
            Edit(
                "scraper/storage/jobs.py",
                "    except ProcessLookupError:\n        return True\n",
                "    except ProcessLookupError:\n        return False\n",
            ),
        ),
        f"{_STORAGE}/test_jobs.py::"
        "test_a_run_of_this_namespace_is_free_as_soon_as_it_is_killed",
    ),
    Hazard(
        "a reader crashes, hangs or runs out of memory",
        "its page is quarantined, the others are read",
        "workers.pool: pages of a lost batch",
        (
            Edit(
                "scraper/workers/pool.py",
                "                _isolate(jobs)\n"
                "                self._queue.put_back(jobs)\n"
                "                jobs = []\n",
                "                pass\n",
            ),
        ),
        f"{_WORKERS}/test_pool.py::test_a_bad_page_takes_nothing_along_that_shares_its_message",
    ),
    Hazard(
        "a reader is killed from outside, as where memory runs short",
        "its page is read once more",
        "workers.pool: killed for the first time",
        (
            Edit(
                "scraper/workers/pool.py",
                "    return has_ended and any(not job.alone for job in jobs)\n",
                "    return has_ended and not jobs\n",
            ),
        ),
        f"{_WORKERS}/test_pool.py"
        "::test_a_page_whose_worker_is_killed_from_outside_is_read_again",
    ),
    Hazard(
        "a page that was visited as an article is leased again as a section before the"
        " first visit has come to its end",
        "each visit is settled once, by itself",
        "crawling.leases: one lease of an address",
        (
            Edit(
                "scraper/crawling/leases.py",
                "        return found if found and found.lease == lease else None\n",
                "        return found\n",
            ),
        ),
        "tests/unit/crawling/test_leases.py",
    ),
    Hazard(
        "a page takes more memory than a reader may",
        "its reader ends, the page is quarantined",
        "workers.process: memory",
        (
            Edit(
                "scraper/workers/process.py",
                "    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))\n",
                "    del limit\n",
            ),
        ),
        f"{_WORKERS}/test_process.py::test_lxml_meets_the_memory_limit_as_a_memory_error",
    ),
    Hazard(
        "the process of the store is killed",
        "the crawl ends with a line that says so, exit 1",
        "workers.process: a closed pipe",
        (
            Edit(
                "scraper/workers/process.py",
                "        except (EOFError, OSError) as error:",
                "        except ZeroDivisionError as error:",
            ),
        ),
        f"{_WORKERS}/test_store_process.py::test_a_process_that_was_killed_is_a_storage_error",
    ),
    Hazard(
        "the disk is full",
        "the crawl stops, what was stored is safe",
        "storage.sqlite: a full disk",
        (Edit("scraper/storage/sqlite.py", '"SQLITE_FULL"', '"SQLITE_FULL_"'),),
        f"{_STORAGE}/test_durability.py::test_a_full_disk_fails_the_whole_batch_and_no_more",
    ),
    Hazard(
        "the server of a PostgreSQL store crashes during a crawl",
        "the crawl waits up to two minutes and repeats what was under way",
        "storage.failures: a lost connection",
        (
            Edit(
                "scraper/storage/databases.py",
                "lost = isinstance(error, DBAPIError) and postgresql.is_lost(cause)",
                "lost = False",
            ),
        ),
        "tests/crawl/test_postgres.py::"
        "test_a_server_that_crashes_under_a_crawl_loses_no_article",
    ),
    Hazard(
        "another process holds the database",
        "30 s of patience, then a line that says so",
        "storage.sqlite: a locked store",
        (Edit("scraper/storage/sqlite.py", '"SQLITE_BUSY": ', '"SQLITE_BUSY_": '),),
        f"{_STORAGE}/test_opening.py::test_a_store_locked_by_another_process_is_reported",
    ),
    Hazard(
        "only the command of a crawl of several sites receives the signal (systemd,"
        " Docker)",
        "the crawls under way end in order, then it does; a second signal kills them",
        "fleet.task: crawls under way",
        (Edit("scraper/fleet/task.py", "        running.end()\n", ""),),
        "tests/unit/fleet/test_task.py::"
        "test_a_signal_to_the_command_alone_ends_the_crawls_in_order",
    ),
    Hazard(
        "Ctrl-C or SIGTERM comes in the middle of anything, once or twice",
        "the command ends and prints nothing about what was interrupted",
        "cli.app: an end in silence",
        (
            Edit(
                "scraper/cli/app.py",
                "    logging.disable()\n    sys.unraisablehook = _ignore\n",
                "",
            ),
        ),
        "tests/unit/cli/test_app.py::"
        "test_nothing_is_printed_of_what_a_signal_broke_off",
    ),
    Hazard(
        "Ctrl-C or SIGTERM comes while a run that has done its work sends its alerts",
        "its report is kept, and the exit code is that of the run",
        "crawling.store_client: open until the run has ended",
        (
            Edit(
                "scraper/crawling/store_client.py",
                "connect(self._close_at_end,",
                "connect(self.close,",
            ),
        ),
        "tests/unit/cli/test_crawl.py::"
        "test_a_signal_while_a_run_ends_loses_no_report_of_it",
    ),
)
