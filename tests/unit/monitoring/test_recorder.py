"""What is known of a run reaches its store, or the run has failed."""

from __future__ import annotations

import asyncio

import pytest
from scrapy.utils.test import get_crawler

from scraper import clock
from scraper.crawling.store_client import StoreClient
from scraper.monitoring.health import ExitStatus, Verdict
from scraper.monitoring.recorder import VERDICT, RunRecorder
from scraper.monitoring.report import Past


@pytest.mark.parametrize("is_there", [True, False])
def test_a_run_whose_report_is_not_kept_has_failed(tmp_path, is_there) -> None:
    settings = {"TINSACH_STORE": f"sqlite:///{tmp_path}/articles.db"}
    crawler = get_crawler(settings_dict=settings)
    recorder, client = RunRecorder(crawler), StoreClient.of(crawler)

    async def end() -> None:
        await client.begin("bao", clock.now(), host="", ended=pytest.fail)
        if not is_there:
            (tmp_path / "articles.db").unlink()
        await recorder._keep(client, {}, Past(), Verdict(ExitStatus.DONE, "done"))

    asyncio.run(end())
    client.close()
    found = crawler.stats.get_value(VERDICT)
    if is_there:
        assert found is None
    else:
        assert found.status is ExitStatus.FAILED
        assert "the report of the run is not kept: store" in found.said
