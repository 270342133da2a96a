from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from scraper.errors import StorageError
from scraper.storage import Outcome, migrate, open_read_only, open_store
from scraper.urls import masked


@pytest.fixture
def url(sqlite_url) -> str:
    return sqlite_url


def refusal(url, **options) -> str:
    with pytest.raises(StorageError) as caught:
        open_store(url, **options)
    return str(caught.value)


@contextmanager
def locked(path, mode="IMMEDIATE"):
    """Another process holds a transaction on the database at *path*."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        f"c.execute('PRAGMA locking_mode=EXCLUSIVE') if {mode!r} == 'EXCLUSIVE' else 0;"
        f"c.execute('BEGIN {mode}'); print('held', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code, path], **pipes) as holder:
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()


def test_the_store_and_its_folder_are_made(tmp_path, make):
    path = tmp_path / "a" / "b" / "articles.db"
    with open_store(f"sqlite:///{path}") as store:
        assert store.save([make()]) == [Outcome.NEW]
        assert store.name == str(path)
    assert path.is_file()


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({"TINSACH_STORE": "sqlite:///one.db", "TINSACH_HOME": "home"}, "one.db"),
        ({"TINSACH_HOME": "home"}, "home/articles.db"),
        ({}, "tinsach-home/articles.db"),
    ],
)
def test_the_environment_says_where_it_is(tmp_path, monkeypatch, variables, path):
    monkeypatch.chdir(tmp_path)
    for name in ("TINSACH_STORE", "TINSACH_HOME"):
        monkeypatch.delenv(name, raising=False)
        if name in variables:
            monkeypatch.setenv(name, variables[name])
    open_store().close()
    assert (tmp_path / path).is_file()


def test_a_relative_path_does_not_follow_a_later_change_of_folder(
    tmp_path, monkeypatch, make
):
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///here.db") as store:
        assert store.name == str(tmp_path / "here.db")
        store._transaction.engine.dispose()
        (tmp_path / "there").mkdir()
        monkeypatch.chdir(tmp_path / "there")
        store.save([make()])
    assert not list((tmp_path / "there").iterdir())


def test_a_missing_store_is_not_made_for_a_reader(tmp_path):
    path = tmp_path / "none" / "articles.db"
    message = refusal(f"sqlite:///{path}", create=False)
    assert f"no store at {path}" in message
    assert "tinsach crawl" in message
    assert not path.parent.exists()


def test_an_empty_file_is_a_store_only_where_one_may_be_made(tmp_path):
    path = tmp_path / "articles.db"
    path.touch()
    assert "is empty" in refusal(f"sqlite:///{path}", create=False)
    assert path.stat().st_size == 0
    open_store(f"sqlite:///{path}").close()
    open_store(f"sqlite:///{path}", create=False).close()


def test_a_folder_is_refused(tmp_path):
    assert f"{tmp_path} is a folder" in refusal(f"sqlite:///{tmp_path}")


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Ghi chú của tôi. " * 100)
    assert "is not a SQLite database" in refusal(f"sqlite:///{path}")
    assert path.read_text() == "Ghi chú của tôi. " * 100


def test_the_database_of_another_program_is_refused_and_kept(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE contacts (name)")
    before = path.read_bytes()
    assert "another program (it has the table 'contacts')" in refusal(
        f"sqlite:///{path}"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE tinsach_version SET version_num = '0000'", "'0000'"),
        ("INSERT INTO tinsach_version VALUES ('9')", f"'{migrate.HEAD}', '9'"),
        ("DELETE FROM tinsach_version", "nothing"),
    ],
)
def test_tables_of_no_version_at_all_are_damaged(tmp_path, url, change, found):
    open_store(url).close()
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other, other:
        other.execute(change)
    assert f"tinsach_version holds {found}; restore a copy" in refusal(url)


@pytest.mark.parametrize("version", ["9000", "9999"])
def test_tables_of_a_newer_version_are_refused(tmp_path, url, version):
    open_store(url).close()
    with closing(sqlite3.connect(tmp_path / "articles.db")) as newer, newer:
        newer.execute(f"UPDATE tinsach_version SET version_num = '{version}'")
    message = refusal(url)
    assert f"newer version (tables {version}" in message
    assert "upgrade tinsach" in message


def test_a_damaged_store_is_reported(tmp_path, url, make):
    with open_store(url) as store:
        store.save([make(n) for n in range(50)])
    path = tmp_path / "articles.db"
    body = path.read_bytes()
    path.write_bytes(body[:4096] + b"\xff" * (len(body) - 4096))
    with (
        pytest.raises(StorageError, match="is damaged: `tinsach doctor --repair`"),
        open_store(url) as store,
    ):
        list(store.iter_articles())


def test_a_store_on_a_device_that_takes_no_files_is_refused():
    message = refusal("sqlite:////proc/tinsach/articles.db")
    assert "store /proc/tinsach/articles.db" in message


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    assert "file/articles.db" in refusal(f"sqlite:///{tmp_path}/file/articles.db")


def test_a_read_only_store_is_read_and_not_written(tmp_path, url, make):
    with open_store(url) as store:
        store.save([make()])
    read_only = f"sqlite:///file:{tmp_path}/articles.db?mode=ro&uri=true"
    with open_store(read_only, create=False) as store:
        assert store.count() == 1
        assert len(store.search("noi dung")) == 1
        with pytest.raises(StorageError, match=r"articles\.db cannot be written"):
            store.save([make(2)])


def test_a_read_only_store_outside_wal_is_read(tmp_path, url, make):
    with open_store(url) as store:
        store.save([make()])
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(tmp_path / "articles.db")) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    with open_store(f"sqlite:///file:{copy}?mode=ro&uri=true", create=False) as store:
        assert store.count() == 1


def test_a_new_store_in_a_read_only_file_is_refused(tmp_path):
    path = tmp_path / "articles.db"
    path.touch()
    message = refusal(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "cannot be written" in message
    assert path.stat().st_size == 0


def test_a_store_locked_by_another_process_is_reported(tmp_path, url, make):
    open_store(url).close()
    with locked(tmp_path / "articles.db"), open_store(f"{url}?timeout=0.05") as store:
        assert store.count() == 0
        with pytest.raises(StorageError, match=r"articles\.db is locked by another"):
            store.save([make()])
    with open_store(url) as store:
        assert store.save([make()]) == [Outcome.NEW]


def test_a_store_that_another_process_keeps_to_itself_is_reported(tmp_path, url):
    open_store(url).close()
    with locked(tmp_path / "articles.db", "EXCLUSIVE"):
        message = refusal(f"{url}?timeout=0.05")
    assert "is locked by another process: stop that process" in message


def test_a_store_locked_while_it_is_made_is_reported_and_not_half_made(tmp_path, url):
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other:
        other.execute("PRAGMA user_version = 1")
    with locked(tmp_path / "articles.db"):
        assert "is locked" in refusal(f"{url}?timeout=0.05")
    with closing(sqlite3.connect(tmp_path / "articles.db")) as other:
        assert other.execute("SELECT * FROM sqlite_master").fetchall() == []
    open_store(url).close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "postgresql+asyncpg://u:geheim@db/x",
            "'postgresql+asyncpg' is not a database",
        ),
        ("postgresql://u:geheim@db/", "names no database"),
        ("mongodb://u:geheim@db/x", "'mongodb' is not a database"),
        ("sqlite+aiosqlite:///x.db", "'sqlite+aiosqlite' is not a database"),
        ("/data/articles.db", "/data/articles.db is not a SQLAlchemy URL"),
        ("sqlite://u:geheim@host/x.db", "names no file"),
        ("postgresql://u:geheim@db:port/x", "is not a SQLAlchemy URL"),
        ("mysql://db/x?password=geheim&ssl=1", "'mysql' is not a database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
    ],
)
def test_another_address_is_refused_without_its_password(url, words):
    message = refusal(url)
    assert words in message
    assert "sqlite:///articles.db" in message
    assert "geheim" not in message


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("mode=ro", "the argument 'mode': only timeout=SECONDS is known"),
        ("timeout=soon", "an invalid argument (could not convert"),
        ("timeout=1&timeout=2", "an invalid argument"),
    ],
)
def test_an_argument_that_would_be_passed_over_is_refused(url, argument, words):
    assert words in refusal(f"{url}?{argument}")


@pytest.mark.parametrize("url", ["sqlite:///a%FF.db", "sqlite:///a\udcff.db"])
def test_a_name_that_is_no_utf_8_is_refused(url):
    assert "a name that is not UTF-8" in refusal(url)


def test_a_home_of_any_name_holds_the_store(tmp_path, monkeypatch):
    monkeypatch.delenv("TINSACH_STORE", raising=False)
    monkeypatch.setenv("TINSACH_HOME", str(tmp_path / "nhà ?%20#"))
    open_store().close()
    assert (tmp_path / "nhà ?%20#" / "articles.db").is_file()


def test_passwords_are_masked_in_any_spelling():
    assert masked("x://u:p:a@ss@h/d") == "x://u:***@h/d"
    assert masked("x://h/d?a=1&sslpassword=p&b=2") == "x://h/d?a=1&sslpassword=***&b=2"
    assert masked("sqlite:////a/b.db") == "sqlite:////a/b.db"


@pytest.mark.slow
def test_several_processes_may_make_the_same_store_at_once(url):
    code = (
        "import sys; from scraper.storage import open_store; sys.stdin.read(1);"
        "open_store(sys.argv[1]).close()"
    )
    command = [sys.executable, "-c", code, url]
    makers = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(4)]
    for maker in makers:
        maker.stdin.close()
    assert [maker.wait(timeout=300) for maker in makers] == [0] * 4
    with open_store(url, create=False) as store:
        assert store.count() == 0


def test_opening_leaves_logging_and_standard_output_alone(url):
    code = (
        "import logging, sys; from scraper.storage import open_store\n"
        "before = (logging.root.handlers[:], logging.root.level)\n"
        "with open_store(sys.argv[1]): pass\n"
        "assert (logging.root.handlers[:], logging.root.level) == before\n"
    )
    command = [sys.executable, "-W", "error", "-c", code, url]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_store_that_is_up_to_date_is_opened_without_alembic(url):
    open_store(url).close()
    code = (
        "import sys; from scraper.storage import open_store\n"
        "with open_store(sys.argv[1]): pass\n"
        "assert 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True, timeout=300)


def test_the_migrations_lie_beside_the_code_that_runs_them():
    migrations = Path(migrate.__file__).parent / "migrations"
    assert any(migrations.glob(f"v{migrate.HEAD}_*.py"))
    assert not list(migrations.glob("**/*.ini"))


def test_what_is_opened_to_read_cannot_be_written_and_sees_what_is_written(url, make):
    with open_store(url) as writer, open_read_only(url) as reader:
        writer.save([make(1)])
        assert reader.count() == 1
        with pytest.raises(StorageError, match="it is read-only"):
            reader.save([make(2)])
        writer.save([make(3)])
        assert reader.count() == 2


def test_what_is_not_there_is_not_made_to_be_read(url, tmp_path):
    with pytest.raises(StorageError, match="there is no store at"):
        open_read_only(url)
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_a_server_is_not_opened_to_read():
    with pytest.raises(StorageError, match="is not a file"):
        open_read_only("postgresql://me@db.example/tin")


def test_a_file_given_as_an_address_is_opened_to_read(tmp_path, make):
    url = f"sqlite:///file:{tmp_path}/tin.db?uri=true"
    with open_store(url) as writer:
        writer.save([make(1)])
    with open_read_only(url) as reader:
        assert reader.count() == 1
        with pytest.raises(StorageError, match="it is read-only"):
            reader.save([make(2)])
