"""Putting graphs into a remote store: the Graph Store Protocol and SPARQL Update, both over plain HTTP.

Every call may be repeated: what it puts is the same set of triples afterwards. So a lost connection, or a server that
is busy, is tried again.
"""

from __future__ import annotations

import base64
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Protocol

from suantu.errors import EndpointError
from suantu.stores.remote import credentials, excerpt

_BUSY = {429, 502, 503, 504}
_OTHER_KIND = {400, 404, 405, 406, 415, 500, 501}
_PAUSES = (0.5, 1.0, 2.0)  # seconds before each repetition
_LOST = (ConnectionError, TimeoutError, http.client.HTTPException)


class RefusedError(EndpointError):
    """The server answered with an error; ``status`` is HTTP's."""

    def __init__(self, url: str, status: int, said: str) -> None:
        self.status, self.said = status, said
        remedy = "; set SUANTU_ENDPOINT_USER and SUANTU_ENDPOINT_PASSWORD" if status in {401, 403} else ""
        super().__init__(f"{url}: HTTP {status}: {said}{remedy}")


class Target(Protocol):
    """A remote store to put graphs into. Data are N-Triples; the graph ``""`` is the default graph."""

    most: int
    """The bytes to send at once."""

    def put(self, graph: str, data: bytes, *, replace: bool) -> None:
        """Add triples to a graph, or replace what it held. EndpointError says what the server said."""
        ...


class _Http:
    """POST and PUT with credentials (Basic or Digest, as the server asks), repeated where the connection is lost."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url, self._user, self._password = credentials(url)
        self._timeout = timeout
        self._digest: urllib.request.HTTPDigestAuthHandler | None = None
        self._challenge: str | None = None

    def send(self, method: str, query: str, data: bytes, media_type: str) -> None:
        url = f"{self.url}{'&' if '?' in self.url else '?'}{query}" if query else self.url
        for pause in (*_PAUSES, None):
            try:
                self._send(method, url, data, media_type)
                return
            except urllib.error.HTTPError as error:
                with error:
                    said = excerpt(error.read()) or error.reason
                if error.code not in _BUSY or pause is None:
                    raise RefusedError(self.url, error.code, said) from None
            except (*_LOST, urllib.error.URLError) as error:
                reason = getattr(error, "reason", error)
                if not isinstance(reason, _LOST) or pause is None:
                    raise EndpointError(f"{self.url}: cannot be reached: {reason or type(error).__name__}") from None
            time.sleep(pause)

    def _send(self, method: str, url: str, data: bytes, media_type: str) -> None:
        if self._user and self._challenge is None:
            # Asked before the data go: a server may hang up on a large body that comes without credentials.
            self._challenge = self._asked(url)
        while True:
            request = urllib.request.Request(url, data, {"Content-Type": media_type}, method=method)  # noqa: S310
            self._sign(request)
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as response:  # noqa: S310 - http(s) only
                    response.read()
                return
            except urllib.error.HTTPError as error:
                news = error.headers.get("WWW-Authenticate", "")
                if error.code != 401 or not self._user or not news or news == self._challenge:
                    raise
                again = not self._challenge or "stale=true" in news.lower().replace('"', "")
                self._challenge = news
                if not again:
                    raise

    def _asked(self, url: str) -> str:
        """What credentials the server wants, empty where it wants none."""
        try:
            with urllib.request.urlopen(url, timeout=self._timeout):  # noqa: S310 - http(s) only
                return ""
        except urllib.error.HTTPError as error:
            with error:
                return error.headers.get("WWW-Authenticate", "")

    def _sign(self, request: urllib.request.Request) -> None:
        kind, _, rest = (self._challenge or "").partition(" ")
        if kind.lower() == "basic":
            pair = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {pair}")
        elif kind.lower() == "digest":
            if self._digest is None:
                known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
                known.add_password(None, self.url, self._user, self._password)
                self._digest = urllib.request.HTTPDigestAuthHandler(known)
            wanted = urllib.request.parse_keqv_list([part for part in urllib.request.parse_http_list(rest) if part])
            signed = self._digest.get_authorization(request, wanted)
            request.add_unredirected_header("Authorization", f"Digest {signed}")


class GraphStore:
    """A service of the SPARQL 1.1 Graph Store Protocol."""

    most = 1 << 22

    def __init__(self, url: str, timeout: float) -> None:
        self._http = _Http(url, timeout)

    def put(self, graph: str, data: bytes, *, replace: bool) -> None:
        """Add triples to a graph, or replace what it held."""
        which = urllib.parse.urlencode({"graph": graph}) if graph else "default"
        self._http.send("PUT" if replace else "POST", which, data, "text/turtle")


class Updates:
    """A service of SPARQL 1.1 Update."""

    most = 1 << 17  # Virtuoso refuses updates that compile to more than some thousand lines

    def __init__(self, url: str, timeout: float) -> None:
        self._http = _Http(url, timeout)

    def put(self, graph: str, data: bytes, *, replace: bool) -> None:
        """Add triples to a graph, or replace what it held."""
        text = data.decode("utf8")
        triples = f"GRAPH <{graph}> {{ {text} }}" if graph else text
        # Blank nodes may stand in a template everywhere, in INSERT DATA not with Virtuoso
        update = f"INSERT {{ {triples} }} WHERE {{ }}" if "_:" in text else f"INSERT DATA {{ {triples} }}"
        if replace:
            update = f"CLEAR SILENT {f'GRAPH <{graph}>' if graph else 'DEFAULT'} ;\n{update}"
        body = urllib.parse.urlencode({"update": update}).encode()
        self._http.send("POST", "", body, "application/x-www-form-urlencoded")


def target(url: str, timeout: float, protocol: str = "") -> Target:
    """The target at ``url``: ``store`` or ``update``, found out by the first that answers where ``protocol`` is empty."""
    if protocol:
        return GraphStore(url, timeout) if protocol == "store" else Updates(url, timeout)
    return _Either(GraphStore(url, timeout), Updates(url, timeout))


class _Either:
    """Takes the Graph Store Protocol where the first graph goes in by it, else SPARQL Update."""

    most = Updates.most

    def __init__(self, store: GraphStore, updates: Updates) -> None:
        self._store, self._updates = store, updates
        self._chosen: Target | None = None

    def put(self, graph: str, data: bytes, *, replace: bool) -> None:
        """Add triples to a graph, or replace what it held."""
        if self._chosen is None:
            self._choose(graph, data, replace)
        else:
            self._chosen.put(graph, data, replace=replace)

    def _choose(self, graph: str, data: bytes, replace: bool) -> None:
        try:
            self._store.put(graph, data, replace=replace)
            self._chosen = self._store
        except RefusedError as first:
            if first.status not in _OTHER_KIND:
                raise
            try:
                self._updates.put(graph, data, replace=replace)
            except RefusedError as second:
                raise EndpointError(
                    f"{first}. Nor does it take SPARQL Update (HTTP {second.status}: {second.said}); give the address "
                    "of the Graph Store or of the update service"
                ) from None
            self._chosen = self._updates
        self.most = self._chosen.most
