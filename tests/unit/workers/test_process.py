"""Workers as processes: memory, signals, the death of their parent, main modules."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from worker_tasks import limited_lxml_exit_code

from scraper.workers.process import die_with_parent, limit_memory, worker_context

HERE = Path(__file__).parent
PROGRAM = """
import sys
from scraper.items import Page
from scraper.workers import ReaderPool
from worker_tasks import behave

def main(verb, body):
    with ReaderPool(workers=1, timeout=60, task=behave) as pool:
        print(pool.submit(Page("https://example.org/" + verb, body)).result().url)
"""
GUARD = 'if __name__ == "__main__":\n    '
READ_ONE = PROGRAM + GUARD + 'main("good", b"")\n'


def run_python(*args: str, cwd: Path, stdin: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(HERE)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stdout + done.stderr


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def until(condition, seconds: float = 300.0) -> bool:
    end = monotonic() + seconds
    while monotonic() < end:
        if condition():
            return True
        sleep(0.01)
    return condition()


def start_parent(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start a program whose worker hangs in C; return it and the worker's pid."""
    told = folder / "pid"
    text = PROGRAM + GUARD + f'main("tell_pid_and_hang", {str(told).encode()!r})\n'
    (folder / "parent.py").write_text(text)
    parent = subprocess.Popen(
        [sys.executable, "parent.py"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HERE)},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert until(lambda: told.exists() and told.read_text())
    return parent, int(told.read_text())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_a_parent_killed_outright_leaves_no_busy_worker_behind(tmp_path):
    parent, worker = start_parent(tmp_path)
    assert is_alive(worker)
    parent.kill()
    parent.communicate(timeout=300)
    assert until(lambda: not is_alive(worker))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_ctrl_c_is_the_parents_to_handle(tmp_path):
    parent, worker = start_parent(tmp_path)
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate(timeout=300)
    assert errors.count(b"Traceback") == errors.count(b"KeyboardInterrupt") == 1
    assert until(lambda: not is_alive(worker))


def test_a_program_on_standard_input_can_use_workers(tmp_path):
    assert run_python("-", cwd=tmp_path, stdin=READ_ONE) == "https://example.org/good\n"


def test_a_program_run_as_a_module_can_use_workers(tmp_path):
    (tmp_path / "program.py").write_text(READ_ONE)
    out = run_python("-m", "program", cwd=tmp_path)
    assert out == "https://example.org/good\n"


def test_a_console_script_can_use_workers(tmp_path):
    (tmp_path / "script").write_text(READ_ONE)
    assert run_python("script", cwd=tmp_path) == "https://example.org/good\n"


def test_a_program_given_on_the_command_line_can_use_workers(tmp_path):
    assert run_python("-c", READ_ONE, cwd=tmp_path) == "https://example.org/good\n"


def test_a_script_needs_no_guard(tmp_path):
    (tmp_path / "script.py").write_text(PROGRAM + 'main("good", b"")\n')
    assert run_python("script.py", cwd=tmp_path) == "https://example.org/good\n"


def test_a_pool_never_closed_does_not_keep_its_program_running(tmp_path):
    text = PROGRAM.replace("    with ", "    if pool := ").replace(" as pool:", ":")
    (tmp_path / "script.py").write_text(text + GUARD + 'main("good", b"")\n')
    assert "https://example.org/good" in run_python("script.py", cwd=tmp_path)


def test_a_program_that_ends_while_workers_start_says_nothing(tmp_path):
    text = "import time\nfrom scraper.workers import ReaderPool\ntime.sleep(0.3)\n"
    (tmp_path / "script.py").write_text(text + GUARD + "ReaderPool(workers=2)\n")
    assert run_python("script.py", cwd=tmp_path) == ""


@pytest.mark.parametrize(("megabytes", "exit_code"), [(10, 0), (200, 5)])
def test_lxml_meets_the_memory_limit_as_a_memory_error(megabytes, exit_code):
    process = worker_context().Process(
        target=limited_lxml_exit_code, args=(100 << 20, megabytes)
    )
    process.start()
    process.join(300)
    assert process.exitcode == exit_code


def test_a_process_without_a_parent_that_started_it_is_left_alone():
    assert die_with_parent() is None


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_AS and /proc are Linux's")
def test_a_lower_limit_that_stands_is_kept(monkeypatch):
    import resource

    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1 << 40, 2 << 40))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: set_to.append(limit))
    limit_memory(3 << 40)
    limit_memory(1 << 20)
    assert set_to[0] == (1 << 40, 2 << 40)
    assert set_to[1][0] < 1 << 40


def test_memory_is_not_limited_where_its_use_is_unknown(monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert limit_memory(1) is None
