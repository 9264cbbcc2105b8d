"""Which hosts are this machine itself."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether what is sent to this host stays on this machine, whatever a name server says."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # A server that listens on both families sees 127.0.0.1 as ::ffff:127.0.0.1.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def proxies(host: str) -> dict[str, str] | None:
    """What ``requests`` is told of proxies: none for this machine, whose own loopback they could not reach."""
    return {"no_proxy": host} if is_loopback(host) else None
