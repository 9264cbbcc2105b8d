"""Which messages of a browser reach Streamlit.

Its protocol holds more than a viewer needs: to empty the caches of all viewers, to read the state of the folder the
program lies in, to write files there. Nothing in the page sends those, so whoever does is no page.
"""

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

WANTED = frozenset({"rerun_script", "stop_script", "app_heartbeat", "backend_operation_request"})
OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})


def wanted(content: bytes) -> bool:
    """Whether a message is one that a page of ours sends; what is none at all is left to Streamlit to refuse."""
    message = BackMsg()
    try:
        message.ParseFromString(content)
    except DecodeError:
        return True
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in OPERATIONS
    return kind in WANTED


def only_wanted(receive: Receive) -> Receive:
    """The messages of a websocket without those that nobody here sends."""

    async def next_one() -> Message:
        while True:
            message = await receive()
            content = message.get("bytes")
            if message["type"] != "websocket.receive" or not content or wanted(content):
                return message

    return next_one
