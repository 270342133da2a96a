"""Pages to look at in a browser: one file each, that loads nothing and runs nothing.

Everything is escaped by the templates. A Content-Security-Policy allows the page's own
style and no more, so that nothing of a crawled page could run even if it got through.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from scraper.urls import is_http

if TYPE_CHECKING:
    from jinja2 import Environment


def render_page(name: str, **values: object) -> str:
    """Return the page of the template *name* with *values*; needs a ``title``.

    ``style`` is CSS of this page alone, which goes behind that of all.
    """
    environment = _environment()
    own = str(values.pop("style", ""))
    style = environment.get_template("style.css").render() + own
    return environment.get_template(f"{name}.html").render(
        values, style=style, style_hash=_hash(style)
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("scraper.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["http"] = is_http
    return environment


def _hash(style: str) -> str:
    """Return *style* as a policy names it (CSP level 2, hash-source)."""
    digest = hashlib.sha256(style.encode("utf-8", "replace")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
