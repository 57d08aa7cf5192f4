"""A small load generator: raw sockets kept alive, so that it costs less than what it measures."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
ODD_ONES = 0.01
WARM_UP = 8


class BadAnswer(Exception):
    """The server answered something else than was expected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """How long requests took, in milliseconds, and how many there were a second."""

    p50: float
    p95: float
    per_second: float


def request_bytes(
    method: str,
    path: str,
    *,
    cookie: str = "",
    form: dict[str, str] | None = None,
    more: dict[str, str] | None = None,
) -> bytes:
    """Return a request as a browser would send it."""
    headers = {
        "Host": "127.0.0.1",
        "User-Agent": AGENT,
        "Accept": "text/html",
        "Accept-Encoding": "gzip, deflate, br",
        **(more or {}),
    }
    if cookie:
        headers["Cookie"] = cookie
    body = b""
    if form is not None:
        body = urlencode(form).encode()
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection:
    """One connection that is kept alive."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request and return the head and the body of the answer."""
        self.socket.sendall(request)
        received = self.socket.recv(262_144)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, body = received[:end], received[end + 4 :]
        length = _length_of(head)
        while len(body) < length:
            body += self._more()
        return head, body

    def ask(self, request: bytes) -> Answer:
        """Send a request and return the answer taken apart."""
        head, body = self.send(request)
        lines = head.decode("latin-1").split("\r\n")
        headers, cookies = {}, {}
        for name, _, value in (line.partition(": ") for line in lines[1:]):
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                cookies[cookie] = content
        return Answer(int(lines[0].split()[1]), headers, cookies, body)

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _more(self) -> bytes:
        more = self.socket.recv(262_144)
        if not more:
            raise BadAnswer("The server hung up")
        return more


def _length_of(head: bytes) -> int:
    lower = head.lower()
    start = lower.find(b"content-length:")
    if start < 0:
        return 0
    end = lower.find(b"\r\n", start)
    return int(lower[start + 15 : end if end >= 0 else None])


def load_of(took: list[float], seconds: float) -> Load:
    """Return the figures of requests that took so long each, so many seconds in all."""
    took = sorted(took)
    return Load(
        p50=1000 * took[len(took) // 2],
        p95=1000 * took[int(len(took) * 0.95)],
        per_second=len(took) / seconds,
    )


def drive(
    port: int, request_of: Callable[[], bytes], *, connections: int, seconds: float, expect: int
) -> list[float]:
    """Keep so many connections busy for so long; return the seconds that each request took."""
    took: list[float] = []
    failures: list[str] = []
    gate = threading.Barrier(connections)

    def keep_busy() -> None:
        connection = Connection(port)
        for _ in range(max(1, WARM_UP // connections)):
            connection.send(request_of())
        gate.wait()
        ends = time.perf_counter() + seconds
        wanted = str(expect).encode()
        while (began := time.perf_counter()) < ends:
            head, _ = connection.send(request_of())
            took.append(time.perf_counter() - began)
            if head[9:12] != wanted:
                failures.append(head.decode("latin-1").partition("\r\n")[0])
        connection.close()

    threads = [threading.Thread(target=keep_busy) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A member in turn now and then meets an idea of their own, which takes no vote from them.
    if len(failures) > max(2, len(took) * ODD_ONES):
        raise BadAnswer(f"{len(failures)} of {len(took)} answers were not {expect}: {failures[0]}")
    return took
