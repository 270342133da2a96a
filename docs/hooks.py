"""Adds the pages of the top folder to the site, and fixes links that leave docs/.

On a forge CONTRIBUTING.md stands beside docs/; in the site it is a page like the others.
A link to another file of the checkout (deploy/, code) becomes plain text. A broken link
stays, so that the strict build finds it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File, Files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

_TOP = Path(__file__).resolve().parent.parent
_PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}
_EMPTY_HEAD = re.compile(r"<th([^>]*)></th>")
_LINK = re.compile(r"\[([^][]*)\]\((?!https?:|#)([^()\s#]+)(#[^()\s]*)?\)")


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages of the top folder, as pages of docs/ that link up to theirs."""
    for name, page in _PAGES.items():
        content = _LINK.sub(_seen_from_docs, (_TOP / name).read_text("utf-8"))
        files.append(File.generated(config, page, content=content))
    return files


def on_page_markdown(
    markdown: str, *, page: Page, config: MkDocsConfig, files: Files
) -> str:
    return _LINK.sub(_seen_from_site, markdown)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    return _for_everyone(output)


def on_post_template(output: str, *, template_name: str, config: MkDocsConfig) -> str:
    return _for_everyone(output)


def _for_everyone(output: str) -> str:
    """Name the theme's search dialog; let an empty cell be no head of its column."""
    named = output.replace(' role="dialog"', ' role="dialog" aria-label="Search"')
    return _EMPTY_HEAD.sub(r"<td\1></td>", named)


def _seen_from_docs(link: re.Match[str]) -> str:
    words, target, anchor = link[1], link[2], link[3] or ""
    inside = target.startswith("docs/")
    return f"[{words}]({target[5:] if inside else '../' + target}{anchor})"


def _seen_from_site(link: re.Match[str]) -> str:
    words, target, anchor = link[1], link[2], link[3] or ""
    if not target.startswith("../"):
        return link[0]
    above = target.removeprefix("../").rstrip("/")
    if above in _PAGES:
        return f"[{words}]({_PAGES[above]}{anchor})"
    return words if (_TOP / above).exists() else link[0]
