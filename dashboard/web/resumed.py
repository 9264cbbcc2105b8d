"""A page that has lost its connection and found a server again.

Streamlit's page then keeps what it shows. If the process is another one, after a restart or behind a proxy, it knows
nothing of that: downloads and parts of the page that run by themselves would be dead until something else is clicked.
So a page that comes back is told to run once more. There is one message that makes it: a timer, which it answers with
the whole state of its widgets and its address, and drops when the run begins.
"""

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# The part of the page that the timer is said to be for. There is none of this name.
PART = "resumed"
SOON_SECONDS = 0.5


def comes_back(scope: Scope) -> bool:
    """Whether this websocket belongs to a page that had one before: it names its session, third in the list."""
    named = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    return len(named) > 2 and bool(named[2].strip())


def run_once_more(scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """The two ends of a websocket, for a page that may have come back."""
    return (_whole(receive), _with_timer(send)) if comes_back(scope) else (receive, send)


def _with_timer(send: Send) -> Send:
    async def sending(message: Message) -> None:
        await send(message)
        if message["type"] == "websocket.accept":
            timer = ForwardMsg()
            timer.auto_rerun.interval = SOON_SECONDS
            timer.auto_rerun.fragment_id = PART
            await send({"type": "websocket.send", "bytes": timer.SerializeToString()})

    return sending


def _whole(receive: Receive) -> Receive:
    async def next_one() -> Message:
        message = await receive()
        content = message.get("bytes")
        return {**message, "bytes": of_whole_page(content)} if content else message

    return next_one


def of_whole_page(content: bytes) -> bytes:
    """A message of the page; where the timer has sent it, it asks for the whole page. What is none stays as it is."""
    asked = BackMsg()
    try:
        asked.ParseFromString(content)
    except DecodeError:
        return content
    if asked.rerun_script.fragment_id != PART:
        return content
    asked.rerun_script.fragment_id = ""
    asked.rerun_script.is_auto_rerun = False
    return bytes(asked.SerializeToString())
