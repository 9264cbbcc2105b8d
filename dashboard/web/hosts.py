"""By which names this server may be asked, and whose pages may open its websocket.

A page of somebody else can have its own name lead to this machine (DNS rebinding): the browser then takes our answers
for that page's own. What it cannot do is to name this server by a name of ours, or by an address.
"""

import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from fetchers.loopback import is_loopback

EVERY = "*"


class Hosts(NamedTuple):
    """``named``: the names an operator has set, if any; ``bound``: the address the server listens on, None for all."""

    named: tuple[str, ...] = ()
    bound: str | None = None

    def answers(self, host: str) -> bool:
        """Whether a request with this ``Host`` is answered: names of this machine always; what else, the operator says.
        Where nothing is said and others can reach the server, every address and the machine's own name are good."""
        name = _name(host)
        if name is None:
            return False
        if is_this_machine(name):
            return True
        if self.named:
            return any(_fits(name, pattern) for pattern in self.named)
        if self.bound and is_this_machine(self.bound):
            return False
        own = socket.gethostname().lower()
        return is_address(name) or name in (self.bound, own, f"{own}.local")

    def may_listen(self, origin: str | None, host: str) -> bool:
        """Whether a page of this origin may open the websocket: our own pages, or, behind a proxy that asks by another
        name, those of a name the operator has set. Programs name no origin."""
        if origin is None:
            return True
        page = _split(origin)
        if page is None or page.scheme not in ("http", "https") or page.hostname is None:
            return False
        if page.netloc.lower() == host.lower():
            return True
        return any(_fits(page.hostname.rstrip("."), pattern) for pattern in self.named)


def is_this_machine(name: str) -> bool:
    """Whether a browser takes this name or address for the machine it runs on."""
    return is_loopback(name) or name.endswith(".localhost")


def is_address(name: str) -> bool:
    """Whether this is an IP address: no name server can make it lead elsewhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _fits(name: str, pattern: str) -> bool:
    return pattern in (EVERY, name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def _name(host: str) -> str | None:
    """The name in a ``Host`` header, without its port; None when that is no name and port."""
    parts = _split(f"//{host}")
    if parts is None or parts.netloc != host or "@" in host:
        return None
    return parts.hostname.rstrip(".") if parts.hostname else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port there cannot be
    except ValueError:
        return None
    return parts
