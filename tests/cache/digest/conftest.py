"""A store in which something has moved, a command line, and servers that catch what it sends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cache.__main__ import main
from cache.store.store import Store
from fetchers.settings import VARIABLES
from tests.rigs import databases
from tests.rigs import moved_stores as moved
from tests.rigs.catching import MailServer, WebAddress, mail_server, web_address

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    url = databases.url(tmp_path / "trials.sqlite3")
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    monkeypatch.setenv("TRIALS_CACHE_URL", url)
    monkeypatch.setenv("TRIALS_SMTP_FROM", "tracker@example.org")
    monkeypatch.setenv("TRIALS_TIMEOUT_SECONDS", "20")
    opened = Store.open(url)
    moved.live(opened)
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run_(*arguments: str) -> tuple[int, str, str]:
        code = main(["digest", *arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run_


class Post(MailServer):
    """A mail server with its address."""

    port = 0

    def to(self, *recipients: str) -> str:
        asked = "&".join(f"to={one}" for one in recipients or ("a@example.org",))
        return f"smtp://127.0.0.1:{self.port}/?{asked}"


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server(Post()) as (server, port):
        assert isinstance(server, Post)
        server.port = port
        yield server


@pytest.fixture
def web() -> Iterator[tuple[WebAddress, str]]:
    with web_address() as (server, port):
        yield server, f"http://127.0.0.1:{port}/hook/s3cret?chat=1"
