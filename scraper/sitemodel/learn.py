"""Learn site models from samples of pages: how many, and what of them the model takes."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scraper.sitemodel.digest import Fate
from scraper.sitemodel.model import (
    Opening,
    PathFact,
    Repeated,
    Role,
    SiteModel,
    Template,
    page_key,
)
from scraper.text import fold, words
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scraper.items import Page
    from scraper.reading import Reading
    from scraper.sitemodel.digest import BlockDigest, PageDigest, PlaceDigest


SAMPLE_PAGES = 60
"""Pages in a sample, some 15 kB each."""
_SHARED_BY = 2
"""The fewest pages that share an opening."""
_DESIGNS = 4
"""The most openings of one role: designs that a site uses side by side."""
_TITLE_WORDS = 4
"""Words at the beginning of the titles of one series."""
_SENTENCE_WORDS = 8
"""The fewest words of a block that is compared as a sentence."""
_ALIKE_SHARE = 0.3
"""Share of the shorter page's words in common sentences, from which on two are alike."""
_USEFUL = 2
"""The fewest different articles that a model is learned from."""
GOOD = 5
"""The fewest different articles of a model that is worth reading pages again with."""
_REPEATED_SHARE = 0.1
"""Share of the articles on which a text of the site stands; by hand."""
_REPEATED_PAGES = 5
"""Articles that are enough, however many there are; by hand."""
_KEPT_SHARE = 0.7
"""Share of pages on which a path must be kept to be body; by hand."""
_DROPPED_SHARE = 0.2
"""Share of pages up to which a path may be kept and yet is boilerplate; by hand."""
_DROPPED_PAGES = 3
"""The fewest pages that show that a path is boilerplate; by hand."""
_CONTAINER_SHARE = 0.1
"""Share of the body that a container holds at least."""
_PLACES = (
    Fate.TITLE,
    Fate.LEAD,
    Fate.BYLINE,
    Fate.DATE,
    Fate.TAGS,
    Fate.CAPTION,
)
_IN_REGION = (Fate.BODY, Fate.DROPPED)
_BELOW_TITLE = (*_IN_REGION, Fate.OUTSIDE)
_Grouped = list[tuple[int, "PageDigest"]]


def learn_openings(
    pages: list[PageDigest], listing: frozenset[str]
) -> dict[str, tuple[Opening, ...]]:
    """Return the openings of each role that at least two *pages* share, commonest first.

    A LISTING counts only with one of the template paths *listing*, which no article has.
    """
    places: dict[Role, list[list[PlaceDigest]]] = defaultdict(list)
    for page in pages:
        for role in Role:
            own = _of_role(page, role)
            if own and (role is not Role.LISTING or own[0].path in listing):
                places[role].append(own)
    learned = {role: tuple(_cover(places[role])) for role in sorted(places)}
    containers = learned.get(Role.CONTAINER, ())
    starts = [start for each in containers for start in _starts(pages, each)]
    learned[Role.START] = tuple(sorted(starts, key=lambda each: -each.pages))
    return {role.value: openings for role, openings in learned.items() if openings}


def _of_role(page: PageDigest, role: Role) -> list[PlaceDigest]:
    return [place for place in page.places if place.role is role]


def _starts(pages: list[PageDigest], container: Opening) -> list[Opening]:
    """Return the starts on the *pages* with *container*: each design has its own frame."""
    members = [
        page
        for page in pages
        if _placed(container.prefix, _of_role(page, Role.CONTAINER))
    ]
    places = [own for page in members if (own := _of_role(page, Role.START))]
    return [replace(each, container=container.prefix) for each in _cover(places)]


def _cover(pages: list[list[PlaceDigest]]) -> list[Opening]:
    """Return the fewest openings that cover most *pages*, chosen greedily."""
    openings: list[Opening] = []
    left = pages
    while left and len(openings) < _DESIGNS:
        counts: Counter[str] = Counter()
        own: Counter[str] = Counter()
        for places in left:
            counts.update({p for place in places for p in place.prefixes})
            own.update(set(places[0].prefixes))
        prefix = max(counts, key=lambda p: (counts[p], own[p], len(p), p), default="")
        if counts[prefix] < _SHARED_BY:
            break
        openings.append(_opening(prefix, left))
        left = [places for places in left if not _placed(prefix, places)]
    return openings


def _placed(prefix: str, places: list[PlaceDigest]) -> list[PlaceDigest]:
    return [place for place in places if prefix in place.prefixes]


def _opening(prefix: str, pages: list[list[PlaceDigest]]) -> Opening:
    seen = [place for places in pages for place in _placed(prefix, places)]
    frames = Counter(place.frame for place in seen)
    frame = max(frames, key=lambda each: (frames[each], each))
    followers = tuple(sorted({place.follower for place in seen}))
    return Opening(prefix, len(seen), frame, followers)


def _group_pages(digests: Sequence[PageDigest]) -> list[int]:
    """Return the number of the group of each of *digests*, from 0 on.

    Pages with the same text, the same beginning of the title (without numbers), or a
    third of their sentences in common are one group.
    """
    union = _Union(len(digests))
    for name in (_fingerprint, _title_start):
        first: dict[str, int] = {}
        for at, digest in enumerate(digests):
            if own := name(digest):
                union.join(first.setdefault(own, at), at)
    _join_alike(digests, union)
    numbers: dict[int, int] = {}
    return [
        numbers.setdefault(union.root(at), len(numbers)) for at in range(len(digests))
    ]


def _fingerprint(digest: PageDigest) -> str:
    return digest.fingerprint


def _title_start(digest: PageDigest) -> str:
    said = [word for word in words(fold(digest.title)) if not word.isdigit()]
    return " ".join(said[:_TITLE_WORDS]) if len(said) >= _TITLE_WORDS else ""


def _join_alike(digests: Sequence[PageDigest], union: _Union) -> None:
    said = [_sentences(digest) for digest in digests]
    sizes = [sum(each.values()) for each in said]
    for at, one in enumerate(said):
        for other in range(at):
            shared = sum(size for key, size in one.items() if key in said[other])
            if shared and shared >= _ALIKE_SHARE * min(sizes[at], sizes[other]):
                union.join(other, at)


def _sentences(digest: PageDigest) -> dict[str, int]:
    return {
        b.key: b.words
        for b in digest.blocks
        if b.fate is Fate.BODY and b.words >= _SENTENCE_WORDS
    }


class _Union:
    """Disjoint sets of numbers; the smallest member is the root."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, at: int) -> int:
        while self._above[at] != at:
            at = self._above[at]
        return at

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low


def learn(site: str, digests: Iterable[PageDigest]) -> SiteModel | None:
    """Return the model of *site*, None if there are too few different articles."""
    pages = sorted(digests, key=lambda digest: digest.key)
    articles = [page for page in pages if page.has_text]
    grouped = list(zip(_group_pages(articles), articles, strict=True))
    count = len({group for group, _ in grouped})
    if count < _USEFUL:
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


def _learn_templates(grouped: _Grouped) -> list[Template]:
    """Return a template for each body path that at least two different articles share."""
    by_body: dict[str, _Grouped] = defaultdict(list)
    for group, page in grouped:
        by_body[page.body_path].append((group, page))
    return [
        Template(body, count, _learn_places(members), _learn_paths(members))
        for body, members in sorted(by_body.items())
        if body and (count := len({group for group, _ in members})) >= _USEFUL
    ]


def _learn_places(members: _Grouped) -> dict[str, dict[str, int]]:
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for group, page in members:
        for block in page.blocks:
            if block.fate in _PLACES:
                groups[block.fate.value, block.path].add(group)
        for holder in _containers(page):
            groups["container", holder].add(group)
    places: dict[str, dict[str, int]] = {}
    for (name, path), seen in sorted(groups.items()):
        if len(seen) >= _USEFUL:
            places.setdefault(name, {})[path] = len(seen)
    return places


def _containers(page: PageDigest) -> list[str]:
    """Return the parent paths that hold at least a tenth of the body."""
    size: Counter[str] = Counter()
    for block in page.blocks:
        if block.fate is Fate.BODY:
            size[block.path.rpartition(" > ")[0]] += block.words
    return [
        path for path, words in size.items() if words >= _CONTAINER_SHARE * size.total()
    ]


def _learn_paths(members: _Grouped) -> dict[str, PathFact]:
    """Return the facts about the paths that were seen inside a container."""
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
    """Return whether a path *kept* on so many of *pages* is body, None if unsure."""
    if pages >= _USEFUL and kept >= _KEPT_SHARE * pages:
        return True
    if pages >= _DROPPED_PAGES and kept <= _DROPPED_SHARE * pages:
        return False
    return None


def _kept_shares(page: PageDigest) -> dict[str, float]:
    """Return the share of its words that is body, for each path of the container.

    The paths between the headline and the container are included.
    """
    size: Counter[str] = Counter()
    body: Counter[str] = Counter()
    for block in page.blocks:
        if block.fate in _BELOW_TITLE:
            size[block.path] += block.words
            body[block.path] += block.words if block.fate is Fate.BODY else 0
    region = {block.path for block in page.blocks if block.fate in _IN_REGION}
    shares = dict.fromkeys(_paths_of(_above(page)), 0.0)
    return shares | {path: body[path] / max(1, size[path]) for path in region}


def _above(page: PageDigest) -> Iterable[BlockDigest]:
    """Return the blocks between the headline and the body of *page*."""
    fates = [block.fate for block in page.blocks]
    if Fate.TITLE not in fates or Fate.BODY not in fates:
        return ()
    return page.blocks[fates.index(Fate.TITLE) : fates.index(Fate.BODY)]


def _needed(count: int) -> int:
    """Return on how many of *count* articles a text must stand to be the site's."""
    return max(_USEFUL, min(_REPEATED_PAGES, round(_REPEATED_SHARE * count)))


def _learn_repeated(grouped: _Grouped, needed: int) -> dict[str, Repeated]:
    """Return the texts that stand on at least *needed* different articles."""
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


def _learn_labels(grouped: _Grouped, needed: int) -> dict[str, int]:
    """Return the labels before links in the container; in sidebars they name places."""
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
    """Return the template paths of at least two listings that no article has."""
    listed = Counter(
        path for page in pages if page.is_listing for path in _paths_of(page.blocks)
    )
    elsewhere = {path for page in articles for path in _paths_of(page.blocks)}
    return tuple(
        path
        for path, count in sorted(listed.items())
        if count >= _USEFUL and path not in elsewhere
    )


def _paths_of(blocks: Iterable[BlockDigest]) -> set[str]:
    return {block.path for block in blocks}


class Sample:
    """The pages with the smallest keys of all that were added.

    Keys are hashes of URLs, so that the pages are drawn at random, and the same ones in
    whatever order they come (a bottom-k sketch: Cohen and Kaplan 2007,
    doi:10.1145/1281100.1281133).
    """

    def __init__(
        self, digests: Iterable[PageDigest] = (), *, size: int = SAMPLE_PAGES
    ) -> None:
        self._size = size
        self._digests: dict[str, PageDigest] = {}
        for digest in digests:
            self.add(digest)

    def __len__(self) -> int:
        return len(self._digests)

    def __iter__(self) -> Iterator[PageDigest]:
        return (self._digests[key] for key in sorted(self._digests))

    def wants(self, key: str) -> bool:
        """Return True if the page with this *key* would be kept, or is."""
        return (
            key in self._digests or len(self) < self._size or key < max(self._digests)
        )

    def add(self, digest: PageDigest) -> bool:
        """Keep *digest* if it is wanted; return True if it was kept.

        Of two readings of one URL the same one stays, in whatever order they come.
        """
        known = self._digests.get(digest.key)
        if known and _rank(known) >= _rank(digest):
            return False
        if not self.wants(digest.key):
            return False
        self._digests[digest.key] = digest
        for key in heapq.nlargest(len(self) - self._size, self._digests):
            del self._digests[key]
        return True


def _rank(digest: PageDigest) -> tuple[str, str]:
    return digest.fingerprint, digest.to_json()


class SmallestKeys:
    """The *size* smallest keys of all that were offered, as :class:`Sample` keeps them.

    A sample that sees its pages one by one has to take sixty of the first sixty, thirty
    of the next sixty, and so on: over three hundred of 5,000, each by full extraction. A
    crawl knows the URLs beforehand, so sixty suffice.
    """

    def __init__(self, size: int = SAMPLE_PAGES) -> None:
        self._size = size
        self._keys: set[str] = set()
        self._largest_first: list[tuple[int, str]] = []

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def offer(self, key: str) -> None:
        """Keep *key*, in hexadecimal digits, if it is among the smallest."""
        if key in self._keys:
            return
        entry = (-int(key, 16), key)
        if len(self._keys) < self._size:
            heapq.heappush(self._largest_first, entry)
        else:
            out = heapq.heappushpop(self._largest_first, entry)[1]
            self._keys.discard(out)
            if out == key:
                return
        self._keys.add(key)


@dataclass(slots=True)
class Learned:
    """*models* by site, and the sites that pages without a URL name."""

    models: dict[str, SiteModel] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)

    def model_of(self, page: Page) -> SiteModel | None:
        """Return the model of *page*'s site, None if there is none."""
        site = site_of(page.url) or self.sites.get(page_key("", page.body), "")
        return self.models.get(site)


class SiteSamples:
    """The samples of sites whose pages were studied."""

    def __init__(self) -> None:
        self._samples: dict[str, Sample] = {}
        self._sites: dict[str, str] = {}

    def wants(self, page: Page) -> bool:
        """Return False if the sample of *page*'s site would not keep its digest."""
        sample = self._samples.get(site_of(page.url))
        return sample is None or sample.wants(page_key(page.url, page.body))

    def add(self, page: Page, reading: Reading) -> None:
        """Add *reading* of *page*; a page without a URL belongs to the site that it names."""
        site = site_of(page.url) or reading.article.site
        if not page.url:
            self._sites[reading.digest.key] = site
        self._samples.setdefault(site, Sample()).add(reading.digest)

    def learn(self) -> Learned:
        """Return a model of each site that has enough pages."""
        learned = Learned(sites=self._sites)
        for site, sample in sorted(self._samples.items()):
            if site and (model := learn(site, sample)):
                learned.models[site] = model
        return learned
