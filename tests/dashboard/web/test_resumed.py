"""A page that comes back after its server was away runs once more; a browser shows it in tests/deploy."""

import asyncio

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.web.resumed import PART, comes_back, of_whole_page, run_once_more


def scope(protocols: str | None) -> dict[str, object]:
    named = [] if protocols is None else [(b"sec-websocket-protocol", protocols.encode())]
    return {"type": "websocket", "headers": named}


@pytest.mark.parametrize("protocols", [None, "", "streamlit", "streamlit, token", "streamlit, token, "])
def test_a_new_page_does_not_come_back(protocols: str | None) -> None:
    assert not comes_back(scope(protocols))


def asked(part: str) -> BackMsg:
    message = BackMsg()
    message.rerun_script.query_string = "agent=ivig"
    message.rerun_script.widget_states.widgets.add(id="one", bool_value=True)
    message.rerun_script.fragment_id = part
    message.rerun_script.is_auto_rerun = bool(part)
    return message


def test_what_the_timer_sends_asks_for_the_whole_page_as_it_is() -> None:
    assert BackMsg.FromString(of_whole_page(asked(PART).SerializeToString())) == asked("")


@pytest.mark.parametrize("content", [asked("another").SerializeToString(), asked("").SerializeToString(), b"\xff\xff"])
def test_every_other_message_is_left_alone(content: bytes) -> None:
    assert of_whole_page(content) == content


def through(protocols: str, *incoming: Message) -> tuple[list[Message], list[Message]]:
    """What a page sent and the server received, what the server sent and the page received, once it is let in."""
    sent: list[Message] = []

    async def run() -> list[Message]:
        waiting = iter(incoming)

        async def receive() -> Message:
            return next(waiting)

        async def send(message: Message) -> None:
            sent.append(message)

        inward, outward = run_once_more(scope(protocols), receive, send)
        await outward({"type": "websocket.accept"})
        return [await inward() for _ in incoming]

    return asyncio.run(run()), sent


def test_a_page_that_comes_back_is_told_to_run_once_more() -> None:
    message = {"type": "websocket.receive", "bytes": asked(PART).SerializeToString()}
    ((came, gone), (accepted, timer)) = through("streamlit, token, session", message, {"type": "websocket.disconnect"})
    assert BackMsg.FromString(came["bytes"]) == asked("")
    assert gone == {"type": "websocket.disconnect"}
    assert accepted == {"type": "websocket.accept"}
    assert ForwardMsg.FromString(timer["bytes"]).auto_rerun.fragment_id == PART


def test_a_new_page_is_told_nothing() -> None:
    message = {"type": "websocket.receive", "bytes": asked("").SerializeToString()}
    assert through("streamlit, token", message) == ([message], [{"type": "websocket.accept"}])
