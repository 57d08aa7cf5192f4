"""An SMTP server in a process of its own that takes every message and keeps none.

`python -m bench.mail_sink plain|aiosmtpd` prints its port. `plain` does as little as a server can,
so that what is measured is the sender; `aiosmtpd` is the library that tests use. `VRFY count` is
answered with how many messages came.
"""

import asyncio
import sys
from typing import Any

from aiosmtpd.smtp import SMTP

TAKEN = b"250 2.0.0 Ok: queued\r\n"
END = b"\r\n.\r\n"


class _Plain(asyncio.Protocol):
    count = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.buffer = b""
        self.in_body = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = END if self.in_body else b"\r\n"
            at = self.buffer.find(end)
            if at < 0:
                return
            line, self.buffer = self.buffer[:at], self.buffer[at + len(end) :]
            if self.in_body:
                _Plain.count += 1
                self.in_body = False
                self.transport.write(TAKEN)
            else:
                self.transport.write(self._answer(line[:4].upper()))

    def _answer(self, command: bytes) -> bytes:
        if command == b"DATA":
            self.in_body = True
            return b"354 Go on\r\n"
        if command == b"VRFY":
            return b"252 %d\r\n" % _Plain.count
        if command == b"QUIT":
            asyncio.get_running_loop().call_soon(self.transport.close)
            return b"221 Bye\r\n"
        return b"250 Ok\r\n"


class _Handler:
    count = 0

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        """Take the message."""
        self.count += 1
        return TAKEN.decode().strip()

    async def handle_VRFY(  # noqa: N802
        self, _server: Any, _session: Any, _envelope: Any, _address: str
    ) -> str:
        """Tell how many came."""
        return f"252 {self.count}"


async def _serve(kind: str) -> None:
    loop = asyncio.get_running_loop()
    handler = _Handler()
    factory: Any = _Plain if kind == "plain" else lambda: SMTP(handler, hostname="sink", loop=loop)
    server = await loop.create_server(factory, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
