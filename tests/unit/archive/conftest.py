from __future__ import annotations

import pytest

from scraper.archive import ArchiveWriter
from tests.unit.archive.kit import capture


@pytest.fixture
def folder(tmp_path):
    """Pages 1, 2 and 3 on one day, page 1 again on the next."""
    writer = ArchiveWriter(tmp_path)
    for number in (1, 2, 3):
        writer.write(capture(number, hours=number))
    writer.write(capture(1, b"<p>Sau</p>", days=1))
    return tmp_path
