"""A warm process does what a cold one does; the tests that use it rely on that."""

from __future__ import annotations

import os
import signal
import socket
import subprocess

import pytest

from tests.warm import COLD, executable, warm


@pytest.fixture(params=["warm", "cold"])
def python(request) -> str:
    return warm().python if request.param == "warm" else COLD


def run(*command: str, **options) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=False, capture_output=True, **options)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("exit(3)", 3),
        ("exit('no')", 1),
        ("1 / 0", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("import atexit, os; atexit.register(os.write, 1, b'last')", 0),
    ],
)
def test_it_ends_as_the_program_does(code, status) -> None:
    runs = [run(each, "-c", code) for each in (warm().python, COLD)]
    assert [each.returncode for each in runs] == [status, status]
    assert runs[0].stdout == runs[1].stdout


def test_it_has_the_input_environment_arguments_and_folder(python, tmp_path) -> None:
    code = (
        "import os, sys; print(sys.stdin.read(), sys.argv, os.getcwd(), sys.path[0],"
        " os.environ['WORD'], os.fdopen(int(sys.argv[1])).read(), __name__)"
    )
    read, write = os.pipe()
    os.write(write, b"passed")
    os.close(write)
    ran = run(
        *(python, "-c", code, str(read)),
        input=b"typed",
        cwd=tmp_path,
        env=os.environ | {"WORD": "set"},
        pass_fds=[read],
    )
    os.close(read)
    said = f"typed ['-c', '{read}'] {tmp_path}  set passed __main__\n"
    assert (ran.stdout.decode(), ran.stderr) == (said, b"")


@pytest.mark.parametrize("flags", [[], ["-P"]])
def test_the_working_folder_is_imported_from_unless_the_path_is_safe(
    python, flags, tmp_path
) -> None:
    (tmp_path / "planted.py").write_text("print('planted')")
    ran = run(python, *flags, "-c", "import planted", cwd=tmp_path)
    assert (ran.stdout == b"planted\n") is not bool(flags)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_reaches_it(python, number) -> None:
    code = "import time; print(flush=True); time.sleep(60)"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([python, "-c", code], **pipes) as child:
        child.stdout.readline()
        child.send_signal(number)
        assert child.stdout.read() == b""  # nobody holds its output any more
    assert child.returncode == -number


def test_its_pool_reads_pages_in_warm_workers() -> None:
    code = (
        "from scraper.items import Page; from scraper.workers import ReaderPool\n"
        "with ReaderPool(workers=1) as pool:\n"
        "    print(pool.submit(Page('', b'<h1>Tin</h1>')).result().title)"
    )
    with executable():
        assert run(warm().python, "-c", code).stdout == b"Tin\n"


@pytest.mark.parametrize("sent", [b"\0\0\0\7", b"\0\0\0\7par"])
def test_what_a_client_handed_over_before_it_was_killed_is_closed(sent) -> None:
    if warm().python == COLD:
        pytest.skip("TINSACH_TESTS_COLD is set")
    read, write = os.pipe()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(warm().folder / "socket"))
        socket.send_fds(client, [sent], [write])
    os.close(write)
    with os.fdopen(read) as pipe:
        assert pipe.read() == ""
    assert run(warm().python, "-c", "pass").returncode == 0
