"""From a request to a response; nothing here knows sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from suantu.errors import SuantuError, UsageError
from suantu.query import limited
from suantu.server.explorer import Explorer
from suantu.server.protocol import HttpError, Request, Response, respond, told
from suantu.stores import sparql
from suantu.stores.base import Answer, Endpoint
from suantu.stores.kb import KnowledgeBase
from suantu.stores.local import LocalEndpoint

_STATIC = Path(__file__).parent / "static"
_PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_ROWS = 1000  # rows that the page shows


class Source:
    """The graph that is served: a remote endpoint, or a knowledge base on disk in its newest state."""

    def __init__(self, directory: Path | None, endpoint: Endpoint | None = None) -> None:
        self._directory, self._lock = directory, threading.Lock()
        self._state: object = None
        self._open: tuple[Endpoint, KnowledgeBase | None] | None = (endpoint, None) if endpoint else None
        self.current()

    def current(self) -> tuple[Endpoint, KnowledgeBase | None]:
        """The endpoint and the knowledge base. One that was built anew meanwhile is opened; requests that are under
        way keep the old one."""
        if self._directory is None:
            assert self._open is not None  # noqa: S101 - given when made
            return self._open
        with self._lock:
            state = self._stamp()
            if self._open is None or (state is not None and state != self._state):
                kb = KnowledgeBase.open(self._directory)
                self._open, self._state = (kb.endpoint(), kb), state
            return self._open

    def _stamp(self) -> object:
        try:
            found = ((self._directory or Path()) / "manifest.json").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino


class App:
    """Answers requests: ``/sparql`` the protocol, ``/api/…`` what the page asks, ``/`` the page.

    ``timeout`` is the limit of a query in seconds, ``jobs`` the queries that run at once; others wait their turn, at
    most as long. ``hosts`` are the names under which requests may come (empty for any): a page elsewhere that makes
    its own name point here is refused.
    """

    def __init__(
        self, source: Source, ontology: Path, *, timeout: float = 60.0, jobs: int = 2, hosts: Sequence[str] = ()
    ) -> None:
        self._source, self._ontology, self._timeout, self._hosts = source, ontology, timeout, frozenset(hosts)
        self._turn = threading.BoundedSemaphore(jobs)

    def __call__(self, request: Request) -> Response:
        """The response; never fails."""
        try:
            answered = self._answer(request)
        except HttpError as error:
            answered = error.response
        except SuantuError as error:
            answered = told(error)
        return Response(answered.status, answered.data, answered.media_type, {**_SAFE, **answered.headers})

    def _answer(self, request: Request) -> Response:
        host = request.headers.get("host", "").rsplit(":", 1)[0].strip("[]").lower()
        if self._hosts and host not in self._hosts:
            raise HttpError(403, "this server is not known by that name")
        if request.method not in {"GET", "HEAD", "POST"}:
            raise HttpError(405, "use GET or POST", {"Allow": "GET, HEAD, POST"})
        if request.path == "/sparql":
            return respond(request, partial(self._ask, self._seconds(request)))
        if request.method == "POST":
            raise HttpError(405, "use GET", {"Allow": "GET, HEAD"})
        if page := _PAGES.get(request.path):
            return Response(200, (_STATIC / page[0]).read_bytes(), page[1])
        if request.path.startswith("/api/"):
            return self._api(request)
        raise HttpError(404, "there is nothing there; see /")

    def _seconds(self, request: Request) -> float:
        """The limit of a query: the server's, or a shorter one that the client waits for (``Timeout``, in seconds)."""
        try:
            wanted = float(request.headers.get("timeout", ""))
        except ValueError:
            return self._timeout
        return min(self._timeout, wanted) if wanted > 0 else self._timeout

    def _ask(
        self, seconds: float, query: str, format: str, graphs: tuple[Sequence[str], Sequence[str]] | None
    ) -> Answer:
        endpoint, _ = self._source.current()
        with self._waiting():
            if graphs is None:
                return endpoint.answer(query, format, timeout=seconds)
            if not isinstance(endpoint, LocalEndpoint):
                raise HttpError(400, "default-graph-uri and named-graph-uri do not reach the service behind this one")
            return endpoint.answer(query, format, timeout=seconds, graphs=graphs)

    def _waiting(self) -> _Turn:
        return _Turn(self._turn, self._timeout)

    def _api(self, request: Request) -> Response:
        given = {name: values[-1] for name, values in request.parameters().items()}
        language = given.pop("lang", "en")
        endpoint, kb = self._source.current()
        explorer = Explorer(endpoint, kb, self._ontology, language if language in {"zh", "en"} else "en")
        calls: dict[str, Callable[[], Any]] = {
            "overview": explorer.overview,
            "questions": explorer.questions,
            "find": lambda: explorer.find(_needed(given, "q")),
            "members": lambda: explorer.members(_needed(given, "class")),
            "thing": lambda: explorer.thing(_needed(given, "name")),
            "why": lambda: explorer.why(_needed(given, "fact")),
            "question": lambda: self._question(explorer, given),
            "select": lambda: self._select(explorer, _needed(given, "query")),
        }
        name = request.path.removeprefix("/api/")
        if name not in calls:
            raise HttpError(404, f"there is no {name!r}; there are {', '.join(calls)}")
        with self._waiting():
            data = calls[name]()
        return Response(200, json.dumps(data, ensure_ascii=False, default=str).encode(), "application/json")

    def _question(self, explorer: Explorer, given: dict[str, str]) -> dict[str, Any]:
        text = explorer.question(given.pop("question", ""), {k: v for k, v in given.items() if v})
        return {"query": text, **self._select(explorer, text)}

    def _select(self, explorer: Explorer, text: str) -> dict[str, Any]:
        if sparql.form(text) != "SELECT":
            raise UsageError("the page shows the rows of SELECT queries; ask /sparql for other forms")
        return explorer.rows(explorer.endpoint.select(limited(text, _ROWS), timeout=self._timeout))


class _Turn:
    """A turn among the queries that run at once."""

    def __init__(self, turn: threading.BoundedSemaphore, timeout: float) -> None:
        self._turn, self._timeout = turn, timeout

    def __enter__(self) -> None:
        if not self._turn.acquire(timeout=self._timeout):
            raise HttpError(503, "too many queries are running; try again later", {"Retry-After": "5"})

    def __exit__(self, *_: object) -> None:
        self._turn.release()


def _needed(given: dict[str, str], name: str) -> str:
    if not given.get(name, "").strip():
        raise HttpError(400, f"give {name}=…")
    return given[name].strip()
