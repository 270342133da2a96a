"""The files of deploy/: what can be tried of them without systemd, cron and docker."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml

from scraper.monitoring.health import ExitStatus

if TYPE_CHECKING:
    from pathlib import Path

_STARTED = re.compile(r"bin/tinsach ([a-z]+) ([\w%]+)|\[\"([a-z]+)\", \"(\w+)\"\]")


@pytest.fixture(scope="module")
def deploy(project: Path) -> Path:
    return project / "deploy"


def lines_of(path: Path) -> list[str]:
    """The lines of a file that are no comments."""
    lines = path.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", ["tinsach@.service", "crontab", "compose.yaml"])
def test_what_is_started_is_a_crawl_of_a_spider_that_there_is(deploy, name) -> None:
    found = _STARTED.search("\n".join(lines_of(deploy / name)))
    command, spider = found[1] or found[3], found[2] or found[4]
    assert command == "crawl"
    assert spider in ("baotintuc", "%i")


def test_the_cluster_crawls_on_ray_into_its_database(deploy) -> None:
    services = yaml.safe_load((deploy / "cluster.yaml").read_text("utf-8"))["services"]
    assert set(services) == {"store", "head", "worker", "crawl"}
    asked = [*services["crawl"]["command"], "--help"]
    done = subprocess.run(
        [sys.executable, "-c", "from scraper.cli import main; main()", *asked],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "@store/tinsach" in services["crawl"]["environment"]["TINSACH_STORE"]


def test_nothing_new_is_a_success_of_the_unit_and_unhealthy_is_none(deploy) -> None:
    (line,) = [
        line
        for line in lines_of(deploy / "tinsach@.service")
        if line.startswith("SuccessExitStatus=")
    ]
    assert (
        line == f"SuccessExitStatus={ExitStatus.NOTHING_NEW:d} {128 + signal.SIGTERM}"
    )


def test_systemd_finds_no_fault_with_the_units(deploy, tmp_path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze on this machine")
    service = (deploy / "tinsach@.service").read_text("utf-8")
    installed = service.replace("/opt/tinsach/bin/tinsach", sys.executable)
    (tmp_path / "tinsach@.service").write_text(installed, "utf-8")
    shutil.copy(deploy / "tinsach@.timer", tmp_path)
    units = [f"./tinsach@baotintuc.{kind}" for kind in ("service", "timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_guide_names_every_variable_of_the_example_of_settings(
    deploy, project
) -> None:
    example = (deploy / "tinsach.env").read_text("utf-8")
    named = re.findall(r"^#?([A-Z_]+)=\S*$", example, re.MULTILINE)
    assert "TINSACH_ALERTS" in named
    pages = ("operations.md", "settings.md")
    guide = "".join((project / "docs" / page).read_text("utf-8") for page in pages)
    assert [name for name in named if f"`{name}`" not in guide] == []


def test_the_settings_of_the_example_mean_the_same_to_a_shell(deploy) -> None:
    """The crontab line reads them as a shell does: without quotes and blanks."""
    example = (deploy / "tinsach.env").read_text("utf-8")
    values = re.findall(r"^#?[A-Z_]+=(.*)$", example, re.MULTILINE)
    assert values
    assert [
        value for value in values if re.search(r"[\s#'\"$`\\;&|()<>*]", value)
    ] == []


def test_what_the_image_takes_is_not_left_out(deploy, project) -> None:
    taken = (deploy / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    for line in taken:
        if line.startswith("!"):
            assert (project / line[1:]).exists(), line
    for line in lines_of(deploy / "Dockerfile"):
        if line.startswith("COPY") and "--from" not in line:
            source = line.split()[1]
            assert source == "." or f"!{source}" in taken
    settings = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {f"!{name}" for name in wheel["only-include"]} <= set(taken)


def every(deploy: Path, seconds: int, script: str, folder: Path):
    return subprocess.run(
        [deploy / "every", str(seconds), "sh", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_every_runs_a_command_again_and_says_how_it_failed(deploy, tmp_path) -> None:
    script = 'echo >>runs; n=$(wc -l <runs); [ "$n" -lt 5 ] || kill $PPID; exit "$n"'
    done = every(deploy, 0, script, tmp_path)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [f"every: sh ended with {n}" for n in (1, 2, 4)]


def test_every_lets_the_run_end_in_order_before_it_ends_itself(
    deploy, tmp_path
) -> None:
    script = 'trap "echo in order; exit 0" TERM; kill $PPID; while :; do :; done'
    done = every(deploy, 600, script, tmp_path)
    assert (done.returncode, done.stdout) == (0, "in order\n")
