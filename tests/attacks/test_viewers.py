"""Viewers who refresh, or do more, without the right to: sessions that forge what a browser or a proxy would say."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.serving import Dashboard
from tests.fake_registry import FakeRegistry
from tests.rigs.attack_table import Note
from tests.rigs.commands import wait_until
from tests.rigs.oidc import Provider
from tests.rigs.socket_client import Viewer

BUTTON = "Refresh trial data"
Serve = Callable[..., tuple[Dashboard, FakeRegistry]]

# What a server was started with, what an attacker claims in its headers ({port} is the server's).
FORGED = {
    "a page through a proxy": ({}, {"Origin": "http://localhost:{port}", "X_Forwarded_For": "127.0.0.1"}),
    "a program without an origin": ({}, {}),
    "a proxy that says Forwarded": ({}, {"Origin": "http://localhost:{port}", "Forwarded": "for=127.0.0.1"}),
    "a browser's headers, where others may come": (
        {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"},
        {"Origin": "http://localhost:{port}"},
    ),
    "a forged cookie of somebody signed in": (
        {"TRIALS_REFRESH": "signed-in"},
        {"Origin": "http://localhost:{port}", "Cookie": "{cookie}"},
    ),
    "a local browser, where nothing may be written": (
        {"TRIALS_READONLY": "yes", "TRIALS_REFRESH": "everyone"},
        {"Origin": "http://localhost:{port}"},
    ),
}
_CLAIM = {"origin": "http://localhost", "is_logged_in": True, "email": "admin@example.org"}
COOKIE = f"_streamlit_user={base64.urlsafe_b64encode(json.dumps(_CLAIM).encode()).decode()}.x.forged"


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Servers by their settings, each with a registry of its own."""
    running: dict[str, tuple[Dashboard, FakeRegistry]] = {}
    with ExitStack() as stack, Provider() as provider:

        def start(settings: dict[str, str]) -> tuple[Dashboard, FakeRegistry]:
            key = repr(settings)
            if key not in running:
                registry = stack.enter_context(FakeRegistry([]))
                folder: Path = tmp_path_factory.mktemp("viewed")
                up = provider.dashboard(folder, registry.url, TRIALS_PACE_SECONDS="0", **settings)
                running[key] = (stack.enter_context(up), registry)
            return running[key]

        yield start


@pytest.mark.slow
@pytest.mark.parametrize("attack", FORGED)
def test_refreshing_without_the_right(serve: Serve, note: Note, attack: str) -> None:
    """The button is grey, and a click that is sent all the same starts nothing."""
    note("the refresh", attack)
    settings, claimed = FORGED[attack]
    up, registry = serve(settings)
    headers = {name: value.format(port=up.port, cookie=COOKIE) for name, value in claimed.items()}
    viewer = Viewer(up.port, **headers)
    try:
        button = viewer.run()[BUTTON]
        assert button.disabled
        viewer.run(pressed=button.id)
        viewer.run()
    finally:
        viewer.close()
    assert registry.requests == []
    assert "cache refresh" not in up.said()
    assert not list(up.folder.glob("*.refresh.log"))
    note("the refresh", attack, "the button is grey, a click starts nothing")


@pytest.mark.slow
def test_who_has_the_right_is_not_kept_from_it(serve: Serve) -> None:
    """Without this, the tests above could not fail."""
    up, registry = serve({})
    viewer = Viewer(up.port, Origin=f"http://localhost:{up.port}")
    try:
        button = viewer.run()[BUTTON]
        assert not button.disabled
        viewer.run(pressed=button.id)
    finally:
        viewer.close()
    wait_until(lambda: registry.requests)


MESSAGES = {
    "emptying everybody's caches": {"clear_cache": True},
    "stopping the server": {"debug_shutdown_runtime": True},
    "reading the state of the folder": {"load_git_info": True},
    "running at every save": {"set_run_on_save": True},
}


@pytest.mark.slow
def test_messages_that_no_page_sends(serve: Serve, note: Note) -> None:
    up, _ = serve({})
    viewer = Viewer(up.port, Origin=f"http://localhost:{up.port}")
    try:
        assert BUTTON in viewer.run()
        for attack, content in MESSAGES.items():
            note("the session", attack)
            viewer.send(BackMsg(**content))  # type: ignore[arg-type]
            # A session whose state was cleared, or that was stopped, would not draw the page again.
            assert BUTTON in viewer.run()
        install = BackMsg()
        install.backend_operation_request.install_skills.SetInParent()
        viewer.send(install)
        assert BUTTON in viewer.run()
        assert [name for name in viewer.seen if name in ("git_info_changed", "backend_operation_response")] == []
    finally:
        viewer.close()
    for attack in [*MESSAGES, "writing files into the folder"]:
        note("the session", attack, "the message is dropped")
