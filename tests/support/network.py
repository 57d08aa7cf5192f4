"""A network that is shut, so that no test talks to anything by accident."""

import ipaddress
import socket
from typing import Any

import pytest


def shut_network(monkeypatch: pytest.MonkeyPatch, *, loopback: bool) -> None:
    """Refuse every connection of Python's sockets, but for this machine's own if `loopback`."""
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), loopback))


def _guarded(original: Any, loopback: bool) -> Any:
    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family != socket.AF_UNIX and not (loopback and _is_loopback(args[-1])):
            raise RuntimeError(
                f"A test tried to reach {args[-1]}. Tests that talk to a server of their own on "
                "this machine say so with @pytest.mark.loopback; nothing else is ever reached."
            )
        return original(self, *args)

    return guarded


def _is_loopback(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
