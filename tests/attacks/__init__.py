"""Attacks on a running dashboard and on what it reads: each is tried over real sockets, and each is refused."""
