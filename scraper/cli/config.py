"""``tinsach config``: which settings hold, and where each comes from.

``python -m scraper.cli.config > docs/settings.md``; a test holds the page current.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.commands import Commands
from scraper.options import SETTINGS, Setting

if TYPE_CHECKING:
    from scraper.configuration import Configuration

app = Commands(help="Show the settings, and write a file of them.")
_INTRODUCTION = """\
# Settings

Made from the code by `python -m scraper.cli.config > docs/settings.md`.

An option of a command goes before a variable of the environment, that before
`tinsach.toml`, and that before the default. The file is looked for in the working folder,
then in `~/.config/tinsach`; the variable `TINSACH_CONFIG` names another. Relative paths in
it are those of the folder that it lies in. `scrapy crawl` reads it too.

```console
$ tinsach config example > tinsach.toml
$ echo 'keep = 90' > tinsach.toml
$ tinsach config show | head -4
home	…	…
store	…	…
archive	false	default
keep	90	…/tinsach.toml
```

| in `tinsach.toml` | variable | takes | default | meaning |
|---|---|---|---|---|"""
_OTHERS = """\
"Takes" is what a variable, or `-s NAME=VALUE` of a crawl, may say; in a file a switch is true
or false, a number has no quotation marks, and a list is one of texts. With any other value,
and with a name that is nearly that of a setting, no command runs: it names the value and
what the setting takes, and exits 2. Help, `--version` and `tinsach config` run all the same;
`tinsach config show` lists all faults.

A variable that is empty counts as not set. `TINSACH_ARCHIVE=off` keeps no pages; a folder
of that name is `./off`.

These are variables only:

| variable | meaning |
|---|---|
| `TINSACH_NOW` | for rehearsals: the moment at which a process starts, ISO 8601 with an offset; its time goes on from there |
| `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` | as everywhere |
| `NO_COLOR` | no colours, whatever the terminal |

Folders are made when first needed; nothing is written outside of the home, except what
`-o` names.
"""
_HEAD = """\
# Settings of tinsach. A file of this name is read from the working folder, else from
# ~/.config/tinsach; TINSACH_CONFIG names another. A variable of the environment goes
# before it, an option of a command before both. Relative paths are those of this file.
"""


@app.command()
def show(
    context: typer.Context,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a setting.")
    ] = False,
) -> None:
    """List every setting, its value, and where that comes from.

    In a pipe: setting, value, origin with tabs. Passwords are not shown. What is wrong
    with the file or a variable is listed on standard error, exit code 2.
    """
    rows = [_row(setting, context.obj) for setting in SETTINGS]
    if as_json:
        names = ("setting", "value", "from")
        output.write_json_lines(dict(zip(names, row, strict=True)) for row in rows)
    else:
        output.print_rows(("setting", "value", "from"), rows)
    for fault in context.obj.faults:
        output.say(f"tinsach: {fault}")
    if context.obj.faults:
        raise typer.Exit(2)


@app.command()
def example() -> None:
    """Print a tinsach.toml with every setting and what it means, all commented out."""
    output.write_text(render_example())


def render_example() -> str:
    parts = [_HEAD]
    for setting in SETTINGS:
        default = f" ({setting.default})" if setting.default else ""
        comment = f"# {setting.meaning}{default}; {setting.variable}\n"
        parts.append(f"{comment}#{setting.key} = {setting.example}\n")
    return "\n".join(parts)


def render_settings() -> str:
    """Return the table of the settings as Markdown."""
    rows = (
        f"| `{each.key}` | `{each.variable}` | {each.kind.takes} |"
        f" {each.default or '-'} | {each.meaning} |"
        for each in SETTINGS
    )
    return "\n".join([_INTRODUCTION, *rows, "", _OTHERS])


def _row(setting: Setting, configuration: Configuration) -> tuple[str, str, str]:
    value = os.environ.get(setting.variable)
    shown = setting.shown(value or setting.default)
    if setting.variable in configuration.values:
        return setting.key, shown, str(configuration.file)
    if value and setting.variable in configuration.given:
        return setting.key, shown, f"environment: {setting.variable}"
    return setting.key, shown, "default"


if __name__ == "__main__":
    output.write_text(render_settings())
