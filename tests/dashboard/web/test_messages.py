"""Which messages of a browser reach Streamlit: those that a page of ours sends."""

import asyncio
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.web.messages import OPERATIONS, WANTED, only_wanted, wanted

KINDS = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
OPERATION = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type
PAYLOADS = [field.name for field in OPERATION.oneofs_by_name["payload"].fields]


def of_kind(kind: str) -> bytes:
    message = BackMsg()
    if BackMsg.DESCRIPTOR.fields_by_name[kind].message_type is None:
        setattr(message, kind, True)
    else:
        getattr(message, kind).SetInParent()
    return bytes(message.SerializeToString())


def of_operation(payload: str) -> bytes:
    message = BackMsg()
    getattr(message.backend_operation_request, payload).SetInParent()
    return bytes(message.SerializeToString())


def test_there_are_such_messages() -> None:
    assert set(KINDS) > WANTED
    assert set(PAYLOADS) > OPERATIONS
    assert {"clear_cache", "load_git_info", "debug_shutdown_runtime"} <= set(KINDS) - WANTED


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "backend_operation_request"])
def test_every_kind_of_message(kind: str) -> None:
    assert wanted(of_kind(kind)) is (kind in WANTED)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_operation(payload: str) -> None:
    assert wanted(of_operation(payload)) is (payload in OPERATIONS)
    assert not wanted(of_kind("backend_operation_request"))


def test_what_is_no_message_is_refused_by_streamlit() -> None:
    assert wanted(b"\xff\xff no message")


def test_the_others_are_passed_over() -> None:
    sent: list[dict[str, Any]] = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "bytes": of_kind("clear_cache")},
        {"type": "websocket.receive", "bytes": of_kind("load_git_info")},
        {"type": "websocket.receive", "bytes": of_kind("rerun_script")},
        {"type": "websocket.receive", "text": "words"},
        {"type": "websocket.disconnect"},
    ]

    async def run() -> list[dict[str, Any]]:
        waiting = iter(sent)

        async def receive() -> dict[str, Any]:
            return next(waiting)

        next_one = only_wanted(receive)
        return [dict(await next_one()) for _ in range(4)]

    assert asyncio.run(run()) == [sent[0], *sent[3:]]
