"""Tasks that behave as bad pages do; the address says how."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
import time
from pathlib import Path

from lxml import etree, html

from scraper.errors import NoMainContent
from scraper.items import Article, Kind, Page
from scraper.workers.process import limit_memory


class OddError(NoMainContent):
    def __init__(self, one, two):
        super().__init__(f"{one} {two}")


def article(page: Page, **fields) -> Article:
    return Article(
        url=page.url, canonical_url=page.url, site="", kind=Kind.ARTICLE, **fields
    )


def behave(page: Page) -> Article:
    verb = page.url.rpartition("/")[2]
    return BEHAVIOURS.get(verb, pid_as_title)(page)


def pid_as_title(page):
    return article(page, title=str(os.getpid()))


def hang(page):
    while True:
        pass


def hang_in_c(page):
    return article(page, title=str(re.match(r"(a+)+$", "a" * 60 + "b")))


def segfault(page):
    ctypes.string_at(0)


def leave(page):
    os._exit(3)


def kill_itself(page):
    os.kill(os.getpid(), signal.SIGKILL)


def no_article(page):
    raise NoMainContent(f"{page.url}: no text")


def odd_error(page):
    raise OddError("two", "arguments")


def raises(page):
    raise KeyError("a fault of ours")


def leaves_by_exception(page):
    sys.exit(4)


def unpicklable(page):
    return article(page, title=lambda: None)


def deep(page):
    return deep(page)


def eat_memory(page):
    return article(page, title=str(len(bytearray(3 << 30))))


def eat_memory_in_lxml(megabytes):
    tree = html.fromstring("<p>x</p>")
    chunk = "x" * (1 << 20)
    for _ in range(megabytes):
        etree.SubElement(tree, "p").text = chunk


def nap(page):
    time.sleep(0.2)
    return article(page)


def tell_pid_and_hang(page):
    """Write this worker's pid to the file that the body names."""
    Path(page.body.decode()).write_text(str(os.getpid()))
    hang_in_c(page)


def limited_lxml_exit_code(above_start, megabytes):
    """Exit with 0, or with 5 where memory ran out in lxml."""
    limit_memory(above_start)
    try:
        eat_memory_in_lxml(megabytes)
    except MemoryError:
        os._exit(5)


BEHAVIOURS = {
    name: thing
    for name, thing in list(globals().items())
    if callable(thing) and getattr(thing, "__module__", "") == __name__
}
