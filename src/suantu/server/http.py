"""The application behind a socket, with the standard library's server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from suantu import __version__
from suantu.server.protocol import MOST, Request, Response

Application = Callable[[Request], Response]
_IDLE = 30  # seconds that a client may keep silent


class Server(ThreadingHTTPServer):
    """Listens at once; ``serve_forever`` answers until ``shutdown``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, application: Application) -> None:
        """OSError where nobody may listen there."""
        self.application = application
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """Where the page is."""
        host, port = self.server_address[:2]
        name = str(host)
        return f"http://{f'[{name}]' if ':' in name else name}:{port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is no one's fault."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = f"suantu/{__version__}"
    sys_version = ""
    timeout = _IDLE

    def _handle(self) -> None:
        size = self.headers.get("Content-Length") or "0"
        if not size.isdecimal() or int(size) > MOST or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._write(Response(413, f"a request holds at most {MOST:,} bytes, and says how many\n".encode()))
            return
        body = self.rfile.read(int(size))
        # what a client leaves unencoded is UTF-8, which the library reads as Latin-1
        path, _, query = self.path.encode("latin-1", "replace").decode("utf8", "replace").partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._write(self.server.application(Request(self.command, path, query, headers, body)))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _handle  # noqa: N815

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.media_type)
        self.send_header("Content-Length", str(len(response.data)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.data)

    def log_message(self, format: str, *args: object) -> None:
        """Queries are nobody's business; nothing is written down."""
