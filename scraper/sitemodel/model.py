"""SiteModel: what was learned about a site, as editable JSON; which pages are audited."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from scraper.errors import ConfigurationError
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.items import Page


R = TypeVar("R")
FORMAT = 2
_READ_FORMATS = (1, FORMAT)
"""Models of format 1 have no openings: all their pages take full extraction."""
_AGREEMENT = 0.8
"""Share of pages on which templates must agree about a path; by hand."""
_LEAST_PAGES = 2
"""The fewest pages that show what a path is."""
_ENDING_STEPS = 2
"""Steps of a path that stand for it if no template knows it."""
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
_TYPES = {"bool": bool, "int": int, "str": str}
TRUSTED = 0.9
"""Share of audits that must agree for the fast path to be used."""
_PERCENT_AUDITED = 1
_PERCENT_AUDITED_YOUNG = 20
YOUNG = 20
"""Audits after which fewer pages are audited."""
_NOT_CHANCE = 2
"""Differing audits that are too many to be chance."""
_AUDITS_REMEMBERED = 200


def page_key(url: str, body: bytes = b"") -> str:
    """Return 16 hex digits: a hash of *url*, or of *body* if *url* is empty."""
    return hashlib.sha256(url.encode("utf-8", "replace") or body).hexdigest()[:16]


class Role(StrEnum):
    """What an element holds whose opening tag is searched in the bytes of a page.

    The article runs from START to the end of its CONTAINER, or of END after it (a credit
    line). LISTING holds the teasers of a listing page, HEADING prints its title.
    """

    START = "start"
    CONTAINER = "container"
    END = "end"
    LISTING = "listing"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class PathFact:
    """A template path inside the container: on how many *pages* seen, on how many kept.

    *keep* says whether it is body, None if that is not sure; a person may change it.
    """

    keep: bool | None
    kept: int
    pages: int

    @property
    def weight(self) -> int:
        """The number of pages on which the path counts as kept."""
        return self.kept if self.keep is None else self.pages * self.keep


@dataclass(frozen=True, slots=True)
class Repeated:
    """A text that stands on several articles: its beginning and their number, *pages*."""

    start: str
    pages: int


@dataclass(frozen=True, slots=True)
class Opening:
    """How the opening tag of an element begins, on how many *pages*.

    *frame* are the opening tags around it. *followers* are what was seen after its
    closing tag: the next tag as ``</div``, or "text". A start belongs to articles whose
    *container* begins with that prefix.
    """

    prefix: str
    pages: int
    frame: str = ""
    followers: tuple[str, ...] = ()
    container: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """The skeleton that some pages of a site share.

    *body* is the template path of its paragraphs, and its name. *places* maps title,
    lead, byline, date, tags, caption and container to their template paths with the
    number of pages.
    """

    body: str
    pages: int
    places: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    paths: Mapping[str, PathFact] = field(default_factory=dict)

    def keeps(self, path: str) -> bool:
        """Return True if *path* is known to be body."""
        fact = self.paths.get(path)
        return fact is not None and fact.keep is True


@dataclass(frozen=True)
class SiteModel:
    """What the pages of *site* have in common.

    *pages* counts different articles, near-duplicates and instalments of a series once;
    *sample* holds the keys of the pages learned from. *repeated* is keyed by
    :func:`~scraper.sitemodel.digest.block_key`, *labels* counts what stands before the
    links of teasers, *listing* are template paths that only listings have. *openings*
    say by :class:`Role` where its parts open in the bytes. Of
    the pages *audited* both ways of reading *agreed* on so many.
    """

    site: str
    pages: int
    sample: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()
    repeated: Mapping[str, Repeated] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)
    listing: tuple[str, ...] = ()
    openings: Mapping[str, tuple[Opening, ...]] = field(default_factory=dict)
    audited: int = 0
    agreed: int = 0

    def __repr__(self) -> str:
        """Return one line: the site, and how much was learned from how many pages."""
        return (
            f"<SiteModel {self.site!r} (pages: {self.pages},"
            f" templates: {len(self.templates)}, repeated: {len(self.repeated)})>"
        )

    def covers(self, url: str) -> bool:
        """Return True if a page at *url* is read by it: it is of its site, or of none."""
        return site_of(url) in {"", self.site}

    def keeps(self, path: str) -> bool | None:
        """Return whether *path* is body on this site, None if unknown.

        A path that no template knows is judged by those that end in the same way.
        """
        known = self._kept.get(path)
        return self._kept.get(_ending(path)) if known is None else known

    def has_seen(self, path: str) -> bool:
        """Return True if a template has *path* itself, not only one that ends alike."""
        return path in self._seen

    @cached_property
    def _seen(self) -> frozenset[str]:
        return frozenset(path for each in self.templates for path in each.paths)

    @cached_property
    def _kept(self) -> dict[str, bool]:
        """Whether each path, and each ending of paths, is body by all templates together."""
        kept: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for template in self.templates:
            for path, fact in template.paths.items():
                for each in {path, _ending(path)}:
                    seen[each] += fact.pages
                    kept[each] += fact.weight
        shares = {path: kept[path] / seen[path] for path in seen}
        return {
            path: share >= _AGREEMENT
            for path, share in shares.items()
            if seen[path] >= _LEAST_PAGES
            and (share >= _AGREEMENT or share <= 1 - _AGREEMENT)
        }

    @cached_property
    def version(self) -> str:
        """16 hex digits: a hash of the whole model."""
        return hashlib.sha256(_to_text(self._record).encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return the model as indented JSON with sorted keys; equal models, equal text.

        Its version is in it, so that from_json() notices a changed text.
        """
        return _to_text(self._record | {"version": self.version})

    @property
    def _record(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the model that *text* states.

        A text without a version, as a person leaves it who edits one, is taken as it is.
        Raises ConfigurationError, saying what is wrong, if it states no model, or
        another one than its version names.
        """
        try:
            record: dict[str, Any] = json.loads(text)
            if record.pop("format") not in _READ_FORMATS:
                raise ConfigurationError(
                    f"a site model of another format than {FORMAT}: learn it again"
                )
            stated = record.pop("version", None)
            model = cls(**_typed(record))
            _check_version(model.version, stated)  # half a surrogate has no hash
        except (*_MALFORMED, RecursionError) as error:
            raise ConfigurationError(f"no site model ({error!r})") from error
        return model


def _to_text(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _check_version(version: str, stated: str | None) -> None:
    if stated not in {None, version}:
        raise ConfigurationError(
            f"a damaged site model: its text is not that of version {stated!r}; if you"
            ' edited it, remove the line "version"'
        )


def _ending(path: str) -> str:
    """Return the last two steps of *path*, marked as an ending."""
    return "… > " + " > ".join(path.split(" > ")[-_ENDING_STEPS:])


def _typed(record: dict[str, Any]) -> dict[str, Any]:
    return record | {
        "site": _checked("site", record["site"], str),
        "pages": _checked("pages", record["pages"], int),
        "sample": tuple(_checked("sample", k, str) for k in record["sample"]),
        "templates": tuple(_template(each) for each in record["templates"]),
        "repeated": {k: _of(Repeated, v) for k, v in record["repeated"].items()},
        "labels": {k: _checked(k, v, int) for k, v in record["labels"].items()},
        "listing": tuple(_checked("listing", p, str) for p in record["listing"]),
        "openings": {
            role: tuple(_opening(each) for each in openings)
            for role, openings in record.get("openings", {}).items()
        },
        "audited": _checked("audited", record.get("audited", 0), int),
        "agreed": _checked("agreed", record.get("agreed", 0), int),
    }


def _fact(record: dict[str, Any]) -> PathFact:
    if record["keep"] is not None:
        _checked("keep", record["keep"], bool)
    return _of(PathFact, record)


def _opening(record: dict[str, Any]) -> Opening:
    followers = tuple(_checked("follower", f, str) for f in record["followers"])
    return _of(Opening, {"container": ""} | record | {"followers": followers})


def _template(record: dict[str, Any]) -> Template:
    places = {
        _checked("places", name, str): {
            path: _checked(path, pages, int) for path, pages in seen.items()
        }
        for name, seen in record["places"].items()
    }
    paths = {path: _fact(fact) for path, fact in record["paths"].items()}
    return _of(Template, record | {"places": places, "paths": paths})


def _of(cls: type[R], record: dict[str, Any]) -> R:
    for each in fields(cls):  # type: ignore[arg-type]
        if expected := _TYPES.get(str(each.type)):
            _checked(each.name, record[each.name], expected)
    return cls(**record)


def _checked(name: str, value: Any, expected: type[R]) -> R:  # noqa: ANN401
    if type(value) is not expected:
        raise TypeError(f"{name} is {value!r}, not of type {expected.__name__}")
    return value


def is_audited(page: Page, model: SiteModel) -> bool:
    """Return True if *page* is read by both paths: one in a hundred, by hash of its URL.

    It is one in five while *model* is young.
    """
    percent = _PERCENT_AUDITED_YOUNG if model.audited < YOUNG else _PERCENT_AUDITED
    return int(page_key(page.url, page.body)[:8], 16) % 100 < percent


def with_audits(model: SiteModel, audited: int, agreed: int) -> SiteModel:
    """Return *model* with *audited* more audits, of which *agreed* many agreed.

    Only the last 200 count, so that a change of the site is noticed even after years.
    """
    total, right = model.audited + audited, model.agreed + agreed
    if total > _AUDITS_REMEMBERED:
        right, total = round(right * _AUDITS_REMEMBERED / total), _AUDITS_REMEMBERED
    return replace(model, audited=total, agreed=right)


def differ_in_audits(one: SiteModel, other: SiteModel) -> bool:
    """Return True if two models are equal apart from their audits."""
    return replace(one, audited=other.audited, agreed=other.agreed) == other


def is_trusted(model: SiteModel) -> bool:
    """Return True if enough audits agreed; a single one that differs may be chance."""
    differed = model.audited - model.agreed
    return differed < _NOT_CHANCE or model.agreed >= TRUSTED * model.audited
