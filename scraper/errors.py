"""The error tree: everything this package raises on purpose.

::

    ScraperError
    ├── ExtractionError          a page could not be read
    │   ├── NoMainContent        the page holds no article text
    │   ├── UndecodablePage      the bytes are no HTML that can be decoded
    │   └── ExtractionTimeout    reading took longer than the limit
    ├── DiscoveryError           a feed, sitemap or section page could not be read
    ├── StorageError             the store is missing, locked, read-only or damaged
    │   └── JobHeld              another run holds the job, or its host
    ├── FetchRefused             an address that is not fetched, or an answer not taken
    └── ConfigurationError       an argument or setting that makes no sense

Dirty web data is no exception: it is passed over and logged at DEBUG.
A message names the thing, what was found, and what to do.
"""

from __future__ import annotations


class ScraperError(Exception):
    """Base of every error of this package; ``str(error)`` is fit to print."""


class ExtractionError(ScraperError):
    """A page could not be read; its message names the address.

    *harmful*: it stalled or killed its worker, or met a fault of ours: it is quarantined.
    """

    harmful: bool = False


class NoMainContent(ExtractionError):  # noqa: N818  named as the field names it
    """The page was read and holds no article text."""


class UndecodablePage(ExtractionError):  # noqa: N818
    """The bytes are no HTML: another media type, empty, or cut beyond use."""


class ExtractionTimeout(ExtractionError):  # noqa: N818
    """Reading the page took longer than the limit."""


class DiscoveryError(ScraperError):
    """A feed, sitemap or section page is not what its address promised."""


class StorageError(ScraperError):
    """The store cannot be opened, read or written."""


class JobHeld(StorageError):  # noqa: N818
    """Another run, which has not ended, holds the job or its host, or took it over."""


class FetchRefused(ScraperError):  # noqa: N818
    """An address that is not fetched, or an answer that is not taken."""


class ConfigurationError(ScraperError):
    """An argument or setting that makes no sense; says which and what is valid."""
