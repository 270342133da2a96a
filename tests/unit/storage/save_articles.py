"""A writer in a process of its own: URL FIRST COUNT; prints each id once it is saved."""

from __future__ import annotations

import sys

from scraper.errors import StorageError
from scraper.items import Article, Block, BlockKind, Kind
from scraper.storage import open_store

_TEXT = "Nội dung " + " ".join(f"từ{n}" for n in range(400))
"""All articles are near-duplicates of each other."""


def article(number: int) -> Article:
    url = f"https://example.vn/tin-{number}.htm"
    return Article(
        url=url,
        canonical_url=url,
        site="example.vn",
        kind=Kind.ARTICLE,
        title=f"Tin {number}",
        blocks=(Block(BlockKind.PARAGRAPH, _TEXT),),
    )


def main(url: str, first: int, count: int) -> None:
    with open_store(url) as store:
        for number in range(first, first + count):
            try:
                store.save([article(number)])
            except StorageError as error:
                sys.exit(str(error))
            print(article(number).id, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
