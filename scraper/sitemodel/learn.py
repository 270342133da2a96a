"""Pages of a site, each as it was read alone, to what they have in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from scraper.sitemodel.digest import Fate
from scraper.sitemodel.groups import group_pages
from scraper.sitemodel.model import PathFact, Repeated, SiteModel, Template
from scraper.sitemodel.openings import learn_openings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.sitemodel.digest import BlockDigest, PageDigest

USEFUL = 2
"""Different articles from which on there is anything to learn."""
GOOD = 5
"""Different articles from which on pages read before are worth reading again."""

_SHARE_OF_PAGES = 0.1
_MOST_NEEDED = 5
_KEPT = 0.7
_DROPPED = 0.2
_SURE = 3
_HOLDS = 0.1
_PLACES = (
    Fate.TITLE,
    Fate.LEAD,
    Fate.BYLINE,
    Fate.DATE,
    Fate.TAGS,
    Fate.CAPTION,
)
_IN_REGION = (Fate.BODY, Fate.DROPPED)
_TO_TELL = (*_IN_REGION, Fate.OUTSIDE)

Grouped = list[tuple[int, "PageDigest"]]


def learn(site: str, digests: Iterable[PageDigest]) -> SiteModel | None:
    """Return the model of *site*, None where there are too few different articles."""
    pages = sorted(digests, key=lambda digest: digest.key)
    articles = [page for page in pages if page.has_text]
    grouped = list(zip(group_pages(articles), articles, strict=True))
    count = len({group for group, _ in grouped})
    if count < USEFUL:
        return None
    listing = _learn_listing(pages, articles)
    return SiteModel(
        site=site,
        pages=count,
        sample=tuple(page.key for page in pages),
        templates=tuple(_learn_templates(grouped)),
        repeated=_learn_repeated(grouped, _needed(count)),
        labels=_learn_labels(grouped, _needed(count)),
        listing=listing,
        openings=learn_openings(pages, frozenset(listing)),
    )


def _learn_templates(grouped: Grouped) -> list[Template]:
    """Return a template for each body path that two different articles share."""
    by_body: dict[str, Grouped] = defaultdict(list)
    for group, page in grouped:
        by_body[page.body_path].append((group, page))
    return [
        Template(body, count, _learn_places(members), _learn_paths(members))
        for body, members in sorted(by_body.items())
        if body and (count := len({group for group, _ in members})) >= USEFUL
    ]


def _learn_places(members: Grouped) -> dict[str, dict[str, int]]:
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for group, page in members:
        for block in page.blocks:
            if block.fate in _PLACES:
                groups[block.fate.value, block.path].add(group)
        for holder in _containers(page):
            groups["container", holder].add(group)
    places: dict[str, dict[str, int]] = {}
    for (name, path), seen in sorted(groups.items()):
        if len(seen) >= USEFUL:
            places.setdefault(name, {})[path] = len(seen)
    return places


def _containers(page: PageDigest) -> list[str]:
    """Return the paths of what holds a tenth of the body or more, the body's path first."""
    size: Counter[str] = Counter()
    for block in page.blocks:
        if block.fate is Fate.BODY:
            size[block.path.rpartition(" > ")[0]] += block.words
    return [path for path, words in size.items() if words >= _HOLDS * size.total()]


def _learn_paths(members: Grouped) -> dict[str, PathFact]:
    """Return what is known of the paths that were seen inside a container."""
    seen: dict[str, set[int]] = defaultdict(set)
    kept: dict[str, set[int]] = defaultdict(set)
    inner: set[str] = set()
    for group, page in members:
        inner |= _paths_of(b for b in page.blocks if b.fate in _IN_REGION)
        for path, share in _kept_shares(page).items():
            seen[path].add(group)
            if share >= 0.5:  # noqa: PLR2004  most of its words
                kept[path].add(group)
    counts = {path: (len(kept[path]), len(seen[path])) for path in sorted(seen)}
    return {
        path: PathFact(_is_kept(own, pages) if path in inner else None, own, pages)
        for path, (own, pages) in counts.items()
    }


def _is_kept(kept: int, pages: int) -> bool | None:
    """Tell what is sure of a path that is *kept* on so many of *pages*."""
    if pages >= USEFUL and kept >= _KEPT * pages:
        return True
    if pages >= _SURE and kept <= _DROPPED * pages:
        return False
    return None


def _kept_shares(page: PageDigest) -> dict[str, float]:
    """Return the share of its words that was body, for each path of the container.

    So for what stands between the headline and it.
    """
    size: Counter[str] = Counter()
    body: Counter[str] = Counter()
    for block in page.blocks:
        if block.fate in _TO_TELL:
            size[block.path] += block.words
            body[block.path] += block.words if block.fate is Fate.BODY else 0
    region = {block.path for block in page.blocks if block.fate in _IN_REGION}
    shares = dict.fromkeys(_paths_of(_above(page)), 0.0)
    return shares | {path: body[path] / max(1, size[path]) for path in region}


def _above(page: PageDigest) -> Iterable[BlockDigest]:
    """Return what stands between the headline and the body of *page*."""
    fates = [block.fate for block in page.blocks]
    if Fate.TITLE not in fates or Fate.BODY not in fates:
        return ()
    return page.blocks[fates.index(Fate.TITLE) : fates.index(Fate.BODY)]


def _needed(count: int) -> int:
    """Return how many of *count* articles must have in common what is the site's."""
    return max(USEFUL, min(_MOST_NEEDED, round(_SHARE_OF_PAGES * count)))


def _learn_repeated(grouped: Grouped, needed: int) -> dict[str, Repeated]:
    """Return the texts that stand on *needed* different articles or more."""
    groups: dict[str, set[int]] = defaultdict(set)
    starts: dict[str, str] = {}
    for group, page in grouped:
        for block in page.blocks:
            groups[block.key].add(group)
            starts[block.key] = min(block.start, starts.get(block.key, block.start))
    return {
        key: Repeated(starts[key], len(seen))
        for key, seen in sorted(groups.items())
        if len(seen) >= needed
    }


def _learn_labels(grouped: Grouped, needed: int) -> dict[str, int]:
    """Return what stands before links in the container; sidebars name places so."""
    groups: dict[str, set[int]] = defaultdict(set)
    for group, page in grouped:
        labels = {b.label for b in page.blocks if b.fate in _IN_REGION}
        for label in labels - {""}:
            groups[label].add(group)
    return {
        label: len(seen)
        for label, seen in sorted(groups.items())
        if len(seen) >= needed
    }


def _learn_listing(
    pages: list[PageDigest], articles: list[PageDigest]
) -> tuple[str, ...]:
    """Return the template paths that two listings or more have and no article has."""
    listed = Counter(
        path for page in pages if page.is_listing for path in _paths_of(page.blocks)
    )
    elsewhere = {path for page in articles for path in _paths_of(page.blocks)}
    return tuple(
        path
        for path, count in sorted(listed.items())
        if count >= USEFUL and path not in elsewhere
    )


def _paths_of(blocks: Iterable[BlockDigest]) -> set[str]:
    return {block.path for block in blocks}
