"""The errors that this package raises.

::

    ScraperError
    ├── ExtractionError          a page could not be read
    │   ├── NoMainContent        the page holds no article text
    │   ├── UndecodablePage      the bytes cannot be decoded as HTML
    │   └── ExtractionTimeout    reading took longer than the limit
    ├── DiscoveryError           a feed, sitemap or section page could not be read
    ├── StorageError             the store is missing, locked, read-only or damaged
    │   └── JobHeld              another run holds the job or its host
    ├── FetchRefused             a URL was not fetched, or its response not accepted
    └── ConfigurationError       an argument or setting is invalid

Malformed web data raises nothing: it is skipped and logged at DEBUG.
A message names the object, what was found, and what to do.
"""

from __future__ import annotations


class ScraperError(Exception):
    """Base of all errors of this package; ``str(error)`` is fit to print."""


class ExtractionError(ScraperError):
    """A page could not be read; the message names its URL.

    *harmful* is True if the page stalled or killed its worker, or hit a bug of this
    package. Such a page is quarantined.
    """

    harmful: bool = False


class NoMainContent(ExtractionError):  # noqa: N818  named as the field names it
    """The page was read and holds no article text."""


class UndecodablePage(ExtractionError):  # noqa: N818
    """The bytes are not HTML: another media type, empty, or truncated beyond use."""


class ExtractionTimeout(ExtractionError):  # noqa: N818
    """Reading the page took longer than the limit."""


class DiscoveryError(ScraperError):
    """A feed, sitemap or section page is not what its URL promised."""


class StorageError(ScraperError):
    """The store cannot be opened, read or written."""


class JobHeld(StorageError):  # noqa: N818
    """Another active run holds the job or its host, or took it over."""


class FetchRefused(ScraperError):  # noqa: N818
    """A URL was not fetched, or its response was not accepted."""


class ConfigurationError(ScraperError):
    """An argument or setting is invalid; the message says which, and what is valid."""
