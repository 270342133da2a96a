"""Random damage of the database, its log, the archive and models: told, read, repaired.

A store of a crawl of the replica portal, with an archive, a model and revisions, is
damaged in each of ``--cases`` ways: 1 to 60 flipped bits, or a file cut short. *silent*
is damage that changes what a reader sees (articles, views, archived pages, models) and
that doctor does not report. *rows_lost_beyond_damaged* are articles, archived pages and
models that no damaged byte belongs to, and that are missing or changed in an export of the
damaged store or of the repaired one. Where the damage is on a page that leads to rows (the
schema, an inner page of a table), what is missing in the damaged store is *behind* it, and
counts only if the repaired one does not have it either. *export_stops* are exports that
ended with an error, *repair_fails* repairs that failed or left what doctor complains of;
*beyond_repair* are stores of which SQLite reads nothing. Of every 25th case the
repaired store is crawled again: *healed* of *recrawled* then have all articles.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import print_figures, say
from bench.damages import harm as harms
from bench.damages.making import command, crawl, make
from bench.damages.places import places_of
from bench.damages.seeing import Seen, faults, repair, see, url_of
from scraper.demo import serving
from scraper.errors import ScraperError
from scraper.sitemodel import SiteModel
from scraper.storage import open_store

if TYPE_CHECKING:
    import argparse
    import random
    from collections.abc import Iterator

    from bench.damages.harm import Harm

_SIZE = 250
_EVERY = 25
"""Cases of which one goes through the real commands, and is crawled again."""
_FAULTS = ("silent", "rows_lost_beyond_damaged", "export_stops", "repair_fails")
_COUNTED = (*_FAULTS, "behind", "stops_behind", "beyond_repair", "reported", "harmless")


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=300, help="in all (300)")
    parser.add_argument("--first", type=int, default=0, help="number of the first (0)")
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> int:
    logging.disable(logging.WARNING)  # each damaged log says so
    total: Counter[str] = Counter()
    tables: dict[tuple[str, str], Counter[str]] = {}
    with serving(size=_SIZE, seed=options.seed) as replica, _scratch() as folder:
        game = Game(folder, replica.base)
        for number in range(options.first, options.first + options.cases):
            harm, found = game.play(options.seed, number)
            tables.setdefault((harm.place, harm.kind), Counter()).update(found)
            total += found
            if total["cases"] % _EVERY == 0:
                say(f"{time.strftime('%H:%M:%S')} {dict(total)}")
            wrong = {n: found[n] for n in _FAULTS if found[n]}
            if wrong:
                say(f"case {number}: {harm.place}, {harm.bits} bits: {wrong}")
                say(f"  {game.said}")
    names = (*_COUNTED, "recrawled", "healed")
    figures: dict[str, float] = {"damage.cases": total["cases"]}
    figures |= {f"damage.{name}": total[name] for name in names}
    if not options.json:
        _print_table(tables)
    print_figures(figures, as_json=options.json)
    return int(any(total[n] for n in _FAULTS) or total["healed"] < total["recrawled"])


class Game:
    """The sound store in *folder*, and what a reader sees of it."""

    def __init__(self, folder: Path, base: str) -> None:
        self._folder, self._base = folder, base
        self.said = ""
        self._live, self._closed = folder / "live", folder / "closed"
        make(self._live, base)
        shutil.copytree(self._live, self._closed)
        with open_store(url_of(self._closed)):
            pass  # the log goes into the file
        self._sound = see(self._closed, pages=True)
        self._places = places_of(self._closed / "articles.db")
        wrong = faults(self._closed, pages=True)
        if wrong or self._sound.stopped or not self._sound.models:
            raise RuntimeError(f"the store is not sound: {wrong}")

    def play(self, seed: int, number: int) -> tuple[Harm, Counter[str]]:
        """Make case *number* and return what came of it."""
        chance, harm = harms.draw(seed, number)
        if harm.place == "model" and number % 2:
            return harm, self._model_file(harm, chance)
        damaged = self._copy(harm, number)
        harms.do(harm, damaged, self._places, chance)
        _copied(damaged, self._folder / "repaired", _is_written(harm, number))
        told = faults(damaged, pages=harm.place == "WARC")
        if number % _EVERY == 0 and command(damaged, "doctor") != int(bool(told)):
            raise RuntimeError(f"case {number}: the command says another thing: {told}")
        seen = see(damaged, pages=harm.place == "WARC")
        found = Counter(cases=1, reported=bool(told))
        sound = self._sound if harm.place == "WARC" else replace(self._sound, pages={})
        differs = seen != sound
        found["silent"] = differs and not told
        found["harmless"] = not differs
        self.said = f"doctor: {told[:2]}; export: {seen.stopped}"
        found += self._losses(seen, harm, "damaged")
        if told:
            found += self._repair(self._folder / "repaired", harm, number)
        return harm, found

    def _repair(self, folder: Path, harm: Harm, number: int) -> Counter[str]:
        found: Counter[str] = Counter()
        failed = repair(folder)
        self.said += f"; repair: {failed}"
        if failed and harm.pages & self._places.ways and _is_nothing_left(failed):
            return Counter(beyond_repair=1)
        left = faults(folder, pages=harm.place == "WARC")
        self.said += f"; after it: {left[:2]}"
        found["repair_fails"] = bool(failed or left)
        seen = see(folder, pages=harm.place == "WARC")
        found += self._losses(seen, harm, "repaired")
        if number % _EVERY == 0:
            found["recrawled"] = 1
            crawl(folder, self._base)
            after = see(folder, pages=False)
            missing = self._sound.articles.keys() - after.articles.keys()
            found["healed"] = not missing and not after.stopped
            self.said += f"; not healed: {len(missing)}"
        return found

    def _losses(self, seen: Seen, harm: Harm, which: str) -> Counter[str]:
        """Return what is lost although no damaged byte belongs to it."""
        found: Counter[str] = Counter()
        sound, places = self._sound, self._places
        is_behind = bool(harm.pages & places.ways) and which == "damaged"
        lost = [
            url
            for url, record in sound.articles.items()
            if not places.rows[url] & harm.pages
            and not _is_whole(record, seen.articles.get(url), harm)
        ]
        pages = [
            reference
            for reference, digest in sound.pages.items()
            if harm.place == "WARC"
            and seen.pages.get(reference) != digest
            and reference not in harm.records
        ]
        found["behind" if is_behind else "rows_lost_beyond_damaged"] += len(lost)
        found["rows_lost_beyond_damaged"] += len(pages)
        if seen.stopped:
            found["stops_behind" if is_behind else "export_stops"] += 1
        self.said += f"; {which}: {len(lost)} rows, {len(pages)} pages lost"
        return found

    def _model_file(self, harm: Harm, chance: random.Random) -> Counter[str]:
        """Damage a model as a file has it; it is refused, or the same model."""
        record = chance.choice(self._sound.models).partition("\n")[2]
        text = harms.damaged_text(record.encode(), harm, chance)
        sound = SiteModel.from_json(record)
        try:
            model = SiteModel.from_json(text.decode("utf-8", "replace"))
        except ScraperError:
            return Counter(cases=1, reported=1)
        self.said = f"a model file: {model!r}"
        return Counter(cases=1, silent=model != sound, harmless=model == sound)

    def _copy(self, harm: Harm, number: int) -> Path:
        """Return a copy of the sound store, to be damaged."""
        for name in ("damaged", "repaired"):
            shutil.rmtree(self._folder / name, ignore_errors=True)
        source = self._live if harm.place == "WAL" else self._closed
        return _copied(source, self._folder / "damaged", _is_written(harm, number))


def _is_written(harm: Harm, number: int) -> bool:
    """Return True if the archive is changed, by the damage, a repair or a crawl."""
    return harm.place == "WARC" or number % _EVERY == 0


def _copied(source: Path, target: Path, is_written: bool) -> Path:
    """Return *target*, a copy of *source*; an archive that nobody changes is linked."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("archive"))
    copy = shutil.copy2 if is_written else os.link
    shutil.copytree(source / "archive", target / "archive", copy_function=copy)
    return target


def _is_whole(record: dict[str, Any], seen: dict[str, Any] | None, harm: Harm) -> bool:
    """Return True if *seen* is *record*; it need not name an archived page that is lost."""
    if record["archive"] in harm.records and seen:
        seen = seen | {"archive": record["archive"]}
    return seen == record


def _is_nothing_left(said: str) -> bool:
    return "is not a database any more" in said or "choose another file" in said


def _print_table(tables: dict[tuple[str, str], Counter[str]]) -> None:
    print(f"{'place':10}{'kind':6}{'cases':>6}", *(f"{n[:13]:>14}" for n in _COUNTED))
    for (place, kind), found in sorted(tables.items()):
        counts = (f"{found[n]:>14}" for n in _COUNTED)
        print(f"{place:10}{kind:6}{found['cases']:>6}", *counts)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tinsach-damage-") as folder:
        yield Path(folder)
