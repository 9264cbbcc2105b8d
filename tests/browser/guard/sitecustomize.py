"""Loaded by every Python process of a browser test (this folder is on PYTHONPATH): nothing but loopback is reached.

Whatever tries to leave the machine is refused and written down, in the server as well as in the refresh it starts.
"""

import ipaddress
import os
import socket
from typing import Any

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


def _refuse(target: object) -> None:
    with open(os.environ["OUTWARD_LOG"], "a", encoding="utf-8") as log:
        log.write(f"{target}\n")
    raise OSError(f"blocked in this test: {target}")


def _check(host: object) -> None:
    if host in (None, "", "localhost", b"localhost"):
        return
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        _refuse(host)
    else:
        if not (address.is_loopback or address.is_unspecified):
            _refuse(host)


def _guarded(original: Any) -> Any:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(address[0])
        return original(self, address)

    return connect


def _resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
    _check(host)
    return _getaddrinfo(host, *args, **kwargs)


if "OUTWARD_LOG" in os.environ:
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]
    socket.getaddrinfo = _resolve
