"""How many SQL statements a request sends, counted within a process.

`python -m bench.statements` reads requests as JSON from standard input, a list of [name, raw
request], and prints the counts by name.
"""

import base64
import json
import sys
from io import BytesIO
from typing import Any

from tests.support.statements import recorded_statements
from wsgi import app


def count(request: bytes) -> tuple[int, int]:
    """Return the status of the answer and the number of statements but BEGIN, COMMIT and the like."""
    with recorded_statements(app) as statements:
        answer = app.test_client(use_cookies=False).open(environ_overrides=_environ(request), path="/")
        answer.get_data()
    return answer.status_code, len(statements)


def _environ(request: bytes) -> dict[str, Any]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "wsgi.input": BytesIO(body),
        "REMOTE_ADDR": "127.0.0.1",
    }
    for name, _, value in (line.partition(": ") for line in lines):
        key = name.upper().replace("-", "_")
        environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
    return environ


def main() -> None:
    """Count for every request of standard input."""
    counts = {}
    for name, encoded in json.load(sys.stdin):
        counts[name] = count(base64.b64decode(encoded))
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
