"""The picture of the rooms in CONTRIBUTING.md, and the way of a page through them.

``python -m tests.docs.rooms`` writes both again: the layers from the import contracts in
pyproject.toml, what a room holds from its docstring, files from the names they define.
"""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

from worlds.marked import with_part

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- rooms: python -m tests.docs.rooms -->"
END = "<!-- end of rooms -->"
_WIDTH = 72
_NAME = re.compile(r"\{([\w.]+)\}")

WAY = """
A spider ({spiders.PortalSpider}) states what is true of its site: its home, the form
of its article URLs, its sections. `run_crawl()` ({scraper.crawling.run_crawl}) starts
Scrapy with it.

Feeds and sitemaps ({scraper.discovery.parse_feed}) and section pages
({scraper.discovery.parse_listing}) yield links: bytes in, URLs with a kind and a time
out, without Scrapy. The spider decides which of them the crawl follows.

The frontier ({scraper.crawling.Frontier}) keeps every URL in the store and leases
those that are due. `scraper/crawling/leases.py` turns a lease into a request, with the
validators of the last visit, and Scrapy downloads it through `scraper/crawling/middlewares/`.

If the crawl keeps an archive, `Archiver` ({scraper.crawling.Archiver}) decides whether
the response is kept, and it is written to a WARC file ({scraper.ArchiveWriter}).

The response becomes a `Page`, a URL and bytes ({scraper.items.Page}). A worker
process reads it, because a page may hang or kill its reader: {scraper.workers.Reader}
sends it, {scraper.workers.run_all} runs there.

`read()` ({scraper.reading.read}) turns the page into an article. Commands, the API,
saved files and WARC records enter here too. With a trusted site model it takes the
fast path ({scraper.sitemodel.examine_fast}), otherwise full extraction.

Full extraction parses the bytes ({scraper.extraction.parse_page}), cuts the tree into
blocks, each with its kind ({scraper.extraction.iter_blocks}), computes features of each block
({scraper.extraction.block_features}) and the probability that it is body
({scraper.extraction.Labeller}). The main content is found
({scraper.extraction.find_main_content}), and title, lead, body and captions are
chosen from it ({scraper.extraction.choose}). A block is dropped by a rule of the one
table ({scraper.extraction.rules.Rule}) and listed in the ledger
({scraper.extraction.Ledger}).

The `Article` ({scraper.items.Article}) comes back to the crawl and passes the item
pipelines ({scraper.pipelines.StorePipeline}): validate, deduplicate, store.

The store ({scraper.storage.Store}) writes the article and its revisions;
`scraper/exports/` streams articles from it into files, one format a module.
"""
"""The steps. Each ``{package.name}`` is shown as the file of the package that defines the name."""


@cache
def layers() -> tuple[tuple[str, ...], ...]:
    """Return the rooms of each layer of scraper/, the highest first."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = table["tool"]["importlinter"]["contracts"]
    (rows,) = [c["layers"] for c in contracts if c.get("containers") == ["scraper"]]
    return tuple(tuple(map(str.strip, row.split("|"))) for row in rows)


def picture() -> str:
    """Return the layers as rows of boxes."""
    rows = [
        [path_of(room).removeprefix("scraper/") for room in row] for row in layers()
    ]
    edges = [_edges(len(row)) for row in rows]
    lines = [_rule(set(), edges[0], "┌┐")]
    for n, row in enumerate(rows):
        below = edges[n + 1] if n + 1 < len(rows) else set()
        lines.append(_cells(row))
        lines.append(_rule(edges[n], below, "├┤" if n + 1 < len(rows) else "└┘"))
    return "\n".join(lines)


def _edges(count: int) -> set[int]:
    """Return the columns between *count* boxes of a row."""
    return {_WIDTH * n // count for n in range(1, count)}


def _cells(names: list[str]) -> str:
    ends = [*sorted(_edges(len(names))), _WIDTH]
    starts = [0, *ends]
    widths = [end - start - 1 for start, end in zip(starts, ends, strict=False)]
    cells = [f" {name}".ljust(w) for name, w in zip(names, widths, strict=True)]
    return f"│{'│'.join(cells)}│"


def _rule(above: set[int], below: set[int], corners: str) -> str:
    line = ["─"] * (_WIDTH + 1)
    for column in above | below:
        line[column] = "┴┬┼"[(column in below) + (column in above & below)]
    line[0], line[-1] = corners
    return "".join(line)


def path_of(room: str) -> str:
    """Return the path of *room*: a folder ends in a slash."""
    folder = ROOT / "scraper" / room
    return f"scraper/{room}/" if folder.is_dir() else f"scraper/{room}.py"


def holds(room: str) -> str:
    """Return the first sentence of the docstring of *room*."""
    path = ROOT / path_of(room)
    return summary_of(path / "__init__.py" if path.is_dir() else path)


def summary_of(file: Path) -> str:
    """Return the first sentence of the docstring of *file*."""
    source = file.read_text("utf-8")
    summary = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")[0]
    sentence = re.split(r"(?<=\.)\s", " ".join(summary.split()))[0]
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", sentence).replace("``", "`")


def rooms() -> str:
    """Return the table of what each room holds."""
    names = [room for row in layers() for room in row]
    rows = [f"| `{path_of(room)}` | {holds(room)} |" for room in names]
    return "\n".join(["| room | holds |", "|---|---|", *rows])


def modules() -> str:
    """Return the table of the modules within the rooms, and of those of the spiders."""
    folders = [ROOT / path_of(room) for row in layers() for room in row]
    found = [
        path
        for folder in (*folders, ROOT / "spiders")
        if folder.is_dir()
        for path in sorted(folder.rglob("*.py"))
        if _defines_something(path) and not _is_of_one_site(path)
    ]
    paths = [path.relative_to(ROOT).as_posix() for path in found]
    rows = [
        f"| `{path.removeprefix('scraper/')}` | {summary_of(ROOT / path)} |"
        for path in paths
    ]
    return "\n".join(["| module | holds |", "|---|---|", *rows])


def _defines_something(path: Path) -> bool:
    body = ast.parse(path.read_text("utf-8")).body
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)


def _is_of_one_site(path: Path) -> bool:
    shared = {"base", "explored", "families", "news"}
    return path.parent.name == "spiders" and path.stem not in shared


def way() -> str:
    """Return the steps of a page as a numbered list."""
    named = _NAME.sub(lambda match: f"`{file_of(match[1])}`", WAY)
    steps = [" ".join(step.split()) for step in named.split("\n\n")]
    return "\n".join(_wrapped(n, step) for n, step in enumerate(steps, 1))


def file_of(dotted: str) -> str:
    """Return the one file under the package of *dotted* that defines its last part.

    Raises LookupError unless exactly one does: WAY then names what no longer exists.
    """
    package, _, name = dotted.rpartition(".")
    place = ROOT / package.replace(".", "/")
    sources = (
        sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    )
    definition = re.compile(
        rf"^(?:(?:async def|def|class) {name}\b|{name}(?:: [^=]+)? = )", re.MULTILINE
    )
    found = [p for p in sources if definition.search(p.read_text("utf-8"))]
    if len(found) != 1:
        raise LookupError(
            f"{dotted} of WAY: defined in {found or 'no file'}, not in one"
        )
    return found[0].relative_to(ROOT).as_posix()


def _wrapped(number: int, step: str) -> str:
    """Return *step* as item *number* of a list, in lines of at most 88 characters."""
    lines = [f"{number}."]
    for word in step.split(" "):
        if len(lines[-1]) + len(word) >= 88:
            lines.append("  ")
        lines[-1] += f" {word}"
    return "\n".join(lines)


def section() -> str:
    """Return what stands between the marks in CONTRIBUTING.md."""
    return (
        f"```text\n{picture()}\n```\n\n{rooms()}\n\n### How a page is processed\n\n{way()}\n\n"
        f"### What each module decides\n\nPaths without `spiders/` are below `scraper/`.\n\n{modules()}\n"
    )


def main() -> None:
    """Write the section of CONTRIBUTING.md again."""
    page = PAGE.read_text("utf-8")
    PAGE.write_text(with_part(page, BEGIN, END, f"\n\n{section()}\n"), "utf-8")


if __name__ == "__main__":
    main()
