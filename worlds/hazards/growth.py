"""Years of runs."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_PRUNING = "scraper/storage/jobs.py"
_PRUNED = "tests/unit/storage/test_pruning.py"

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "a run every ten minutes for years",
        "reports older than `keep_runs` are removed, 500 a run at most",
        "storage.jobs: runs",
        (Edit(_PRUNING, " if runs_before else []", " if False else []"),),
        f"{_PRUNED}::test_runs_that_began_before_are_removed_the_others_stay",
    ),
    Hazard(
        "article URLs that no source lists any more",
        "those that no visit is planned to are removed after `keep_urls` days",
        "storage.jobs: URLs",
        (Edit(_PRUNING, "    if addresses_before:", "    if False:"),),
        _PRUNED,
    ),
    Hazard(
        "a report of a run in which little happened",
        "what says nothing is not stored",
        "monitoring.run_report: defaults",
        (
            Edit(
                "scraper/monitoring/run_report.py",
                " and found[each.name] != _default(each)",
                "",
            ),
        ),
        "tests/unit/monitoring/test_run_report.py",
    ),
    Hazard(
        "what became of each source, in the report of every run that changed it",
        "the newest report alone has it",
        "storage.jobs: outdated records",
        (
            Edit(
                "scraper/storage/jobs.py",
                "            if outdated:",
                "            if False:",
            ),
        ),
        "tests/unit/monitoring/test_run_report.py",
    ),
    Hazard(
        "a site model that every run audits",
        "the version with more audits takes the place of the one before",
        "sitemodel.lifecycle: audits",
        (
            Edit(
                "scraper/sitemodel/lifecycle.py",
                "instead_of=self._replaced_by(model),",
                'instead_of="",',
            ),
        ),
        "tests/unit/sitemodel/test_lifecycle.py",
    ),
    Hazard(
        "a site model that is learned again and again",
        "the newest `keep_models` versions are kept, and the pinned one",
        "storage.models: versions",
        (
            Edit(
                "scraper/storage/models.py",
                "kept = versions[-keep:] if keep else versions",
                "kept = versions",
            ),
        ),
        "tests/unit/storage/test_models.py",
    ),
    Hazard(
        "pages that hang or kill their reader, again and again",
        "the newest `keep_pages` stay in quarantine",
        "workers.task: pages",
        (
            Edit(
                "scraper/workers/task.py",
                " or (most and rank >= most)",
                "",
            ),
        ),
        "tests/unit/workers/test_quarantine.py",
    ),
    Hazard(
        "processes that are killed, each with a temporary folder",
        "the next one removes the folders whose owners have ended",
        "scraper.scratch: orphans",
        (
            Edit(
                "scraper/scratch.py",
                "shutil.rmtree(orphan, ignore_errors=True)",
                "pass",
            ),
        ),
        "tests/unit/test_scratch.py",
    ),
    Hazard(
        "the socket of a fork server in `/tmp/pymp-…`",
        "it lies in the folder of its process",
        "workers.context: its own folder",
        (
            Edit(
                "scraper/workers/process.py",
                "with _starting, _safe_path(), _own_folder():",
                "with _starting, _safe_path():",
            ),
        ),
        "tests/unit/test_scratch.py",
    ),
)
