"""Site models as JSON text, by site and version, and the samples behind them.

Their content concerns only :mod:`scraper.sitemodel`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.errors import StorageError
from scraper.options import MODELS
from scraper.storage.databases import patient
from scraper.storage.rows import MODEL, SAMPLE, checksum, encodable, is_sound
from scraper.storage.tables import models, samples
from scraper.storage.visits import StoredModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from scraper.storage.store import Sessions

KEPT = MODELS.default
SHORTEST = 4
"""Characters of a version that suffice to name it."""

_models = models.c
_samples = samples.c
_TAKE_OUT_SAMPLE = sa.delete(samples).where(
    _samples.site == sa.bindparam("of_site"), _samples.key == sa.bindparam("of_key")
)
_LISTED = ("site", "version", "pages", "created_at", "pinned")
_IN_USE_FIRST = (_models.pinned.desc(), _models.position.desc())


@patient
class Models:
    """The site models of a store, see :attr:`Store.models`.

    The pinned version of a site and the newest ones are kept. Only StorageError is raised.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._transaction = sessions
        self._name = sessions.name

    def save_model(
        self,
        site: str,
        version: str,
        record: str,
        *,
        pages: int,
        instead_of: str = "",
        keep: int = KEPT,
    ) -> bool:
        """Store *record* as the newest version of *site*; return False if it was known.

        A known version keeps its time, and becomes the newest. Its record is replaced:
        that of one version is always the same, unless it was damaged. The version
        *instead_of* is removed, unless it is pinned, and passes its time on. All but the
        *keep* newest are removed too; 0 keeps all.
        """
        named = {"site": encodable(site), "version": encodable(version)}
        new = {"pages": pages, "record": encodable(record)}
        with self._transaction(writes=True) as connection:
            versions = _versions(connection, named["site"])
            known = named["version"] in versions
            row = _take_out(connection, named) if known else {}
            learned = _learned_at(connection, named["site"], instead_of)
            fresh = {"created_at": learned or clock.now(), "pinned": False}
            values = named | fresh | row | new
            values["checksum"] = checksum(values, MODEL)
            connection.execute(sa.insert(models), values)
            _remove_old(connection, named["site"], instead_of, keep)
        return not known

    def load_model(self, site: str, version: str | None = None) -> str | None:
        """Return the record of *version*, by default the one in use; None if there is none."""
        wanted = sa.select(_models.record).where(_models.site == encodable(site))
        if version is not None:
            wanted = wanted.where(_models.version == encodable(version))
        with self._transaction() as connection:
            select = wanted.order_by(*_IN_USE_FIRST).limit(1)
            return connection.execute(select).scalar_one_or_none()

    def list_models(self, site: str | None = None) -> list[StoredModel]:
        """Return every version of *site*, or of all sites; the newest of a site first."""
        wanted = sa.select(*(_models[name] for name in _LISTED))
        if site is not None:
            wanted = wanted.where(_models.site == encodable(site))
        with self._transaction() as connection:
            select = wanted.order_by(_models.site, _models.position.desc())
            rows = connection.execute(select).all()
        in_use = {row.site: row.version for row in reversed(rows)}
        in_use |= {row.site: row.version for row in rows if row.pinned}
        return [_listed(row, current=in_use[row.site] == row.version) for row in rows]

    def full_version(self, site: str, version: str) -> str:
        """Return the stored version of *site* that is *version*, or starts with it.

        Raises StorageError for an unknown site or version, and for a prefix that is
        shorter than SHORTEST or ambiguous.
        """
        with self._transaction() as connection:
            return self._full_version(connection, encodable(site), version)

    def pin(self, site: str, version: str) -> str:
        """Keep *version* in use whatever is saved later; return it in full.

        Raises StorageError as :meth:`full_version` does.
        """
        site = encodable(site)
        with self._transaction(writes=True) as connection:
            full = self._full_version(connection, site, version)
            _set_pin(connection, site, full)
        return full

    def unpin(self, site: str) -> bool:
        """Use the newest version of *site* again; return False if none was pinned.

        Raises StorageError for a site without a model.
        """
        site = encodable(site)
        with self._transaction(writes=True) as connection:
            self._known_versions(connection, site)
            return _set_pin(connection, site, None)

    def forget_models(self, site: str) -> int:
        """Remove the versions and the samples of *site*; return how many those were."""
        with self._transaction(writes=True) as connection:
            return sum(
                connection.execute(
                    sa.delete(table).where(table.c.site == encodable(site))
                ).rowcount
                for table in (models, samples)
            )

    def forget_version(self, site: str, version: str) -> bool:
        """Remove one *version* of *site*, not its samples; return False if it is unknown."""
        same = models.c.site == encodable(site), models.c.version == encodable(version)
        with self._transaction(writes=True) as connection:
            return bool(connection.execute(sa.delete(models).where(*same)).rowcount)

    def load_samples(self, site: str) -> dict[str, str]:
        """Return the samples of *site* by key, smallest key first; no damaged one."""
        wanted = sa.select(samples).where(_samples.site == encodable(site))
        with self._transaction() as connection:
            rows = connection.execute(wanted.order_by(_samples.key))
            return {
                row.key: row.record for row in rows if is_sound(row._mapping, SAMPLE)
            }

    def save_samples(self, site: str, records: Mapping[str, str], *, keep: int) -> None:
        """Add *records* to the samples of *site*, of which the *keep* smallest stay.

        Keys are hashes of at most 16 characters, so what stays is a random sample that
        does not depend on the order of saving. A key that is there gets its new record.
        """
        with self._transaction(writes=True) as connection:
            _save_samples(connection, encodable(site), records, keep=keep)

    def forget_samples(self, site: str) -> None:
        """Remove the samples of *site*, not its versions."""
        of_site = samples.c.site == encodable(site)
        with self._transaction(writes=True) as connection:
            connection.execute(sa.delete(samples).where(of_site))

    def _full_version(self, connection: sa.Connection, site: str, version: str) -> str:
        versions = self._known_versions(connection, site)
        found = [known for known in versions if known.startswith(version)]
        if version in versions:
            return version
        if len(found) == 1 and len(version) >= SHORTEST:
            return found[0]
        asked = f"store {self._name}: {version!r}"
        if found:
            raise StorageError(
                f"{asked} is the beginning of {', '.join(sorted(found))} of {site}: give"
                f" {SHORTEST} characters or more, of one version only"
            )
        raise StorageError(
            f"{asked} is not a version of {site}, whose newest is {versions[-1]}:"
            f" `tinsach model list {site}` shows all {len(versions)}"
        )

    def _known_versions(self, connection: sa.Connection, site: str) -> list[str]:
        if versions := _versions(connection, site):
            return versions
        raise StorageError(
            f"store {self._name} has no model of {site}: `tinsach model list` shows"
            " what it has, `tinsach model learn PAGES` learns one"
        )


def _versions(connection: sa.Connection, site: str) -> list[str]:
    """Return the versions of *site*, newest last."""
    wanted = sa.select(_models.version).where(_models.site == site)
    return list(connection.execute(wanted.order_by(_models.position)).scalars())


def _take_out(connection: sa.Connection, named: dict[str, str]) -> dict[str, Any]:
    """Remove one version; return its row without the position."""
    same = [_models[name] == value for name, value in named.items()]
    row = connection.execute(sa.select(models).where(*same)).one()._asdict()
    connection.execute(sa.delete(models).where(*same))
    return {name: row[name] for name in row if name != "position"}


def _learned_at(connection: sa.Connection, site: str, version: str) -> datetime | None:
    named = _models.site == site, _models.version == version
    found = connection.execute(sa.select(_models.created_at).where(*named))
    return found.scalar_one_or_none()


def _remove_old(connection: sa.Connection, site: str, replaced: str, keep: int) -> None:
    versions = [v for v in _versions(connection, site) if v != replaced]
    kept = versions[-keep:] if keep else versions
    loose = sa.delete(models).where(_models.site == site, ~_models.pinned)
    connection.execute(loose.where(_models.version.not_in(kept)))


def _set_pin(connection: sa.Connection, site: str, version: str | None) -> bool:
    """Pin *version* only; return True if that is a change."""
    of_site = sa.update(models).where(_models.site == site)
    other = of_site.where(_models.pinned, _models.version != (version or ""))
    changed = connection.execute(other.values(pinned=False)).rowcount
    if version is not None:
        fresh = of_site.where(~_models.pinned, _models.version == version)
        changed += connection.execute(fresh.values(pinned=True)).rowcount
    return changed > 0


def _listed(row: sa.Row[Any], *, current: bool) -> StoredModel:
    fields = {name: getattr(row, name) for name in _LISTED}
    return StoredModel(**fields, current=current)


def _save_samples(
    connection: sa.Connection, site: str, records: Mapping[str, str], *, keep: int
) -> None:
    """Insert *records*, then remove all but the *keep* smallest keys of *site*."""
    chosen = sorted(records)[:keep]  # larger ones would be removed again
    if chosen:
        old = [{"of_site": site, "of_key": key} for key in chosen]
        connection.execute(_TAKE_OUT_SAMPLE, old)
        rows: list[dict[str, Any]] = [
            {"site": site, "key": key, "record": encodable(records[key])}
            for key in chosen
        ]
        rows = [row | {"checksum": checksum(row, SAMPLE)} for row in rows]
        connection.execute(sa.insert(samples), rows)
    of_site = sa.select(_samples.key).where(_samples.site == site)
    too_many = of_site.order_by(_samples.key).limit(1).offset(keep)
    first = connection.execute(too_many).scalar_one_or_none()
    if first is not None:
        over = sa.and_(_samples.site == site, _samples.key >= first)
        connection.execute(sa.delete(samples).where(over))
