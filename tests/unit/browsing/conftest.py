from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from scraper.items import Kind
from scraper.storage import open_store
from tests.unit.browsing.kit import Browsed, attack, browsing, edited
from tests.unit.cli.kit import make_article

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def browsed(tmp_path_factory) -> Iterator[Browsed]:
    """A server over four articles: plain ones, one edited, one that attacks."""
    folder = tmp_path_factory.mktemp("browsed")
    shown = Browsed(0, str(folder))
    plain = make_article(1, agency="TTXVN", language="vi")
    photos = make_article(
        2, title="Ảnh: bộ chỉ số", kind=Kind.GALLERY, section="", site="anh.example"
    )
    with open_store(shown.store) as store:
        store.save([plain, photos, edited(), attack()])
        store.save([edited("bốn xe")])
    with browsing("--store", folder / "articles.db") as (_, address):
        shown.port = urlsplit(address).port
        yield shown
