"""The remote endpoint: any SPARQL 1.1 service, through SPARQLWrapper."""

from __future__ import annotations

import http.client
import os
import time
import urllib.error
import urllib.parse
import warnings
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from SPARQLWrapper import JSON, POST, TURTLE, URLENCODED, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException, Unauthorized

from suantu.border.vocab import PREFIXES
from suantu.errors import EndpointError, LateError, QueryError
from suantu.stores import sparql
from suantu.stores.base import Answer, Table, Term, format_for
from suantu.stores.local import GRAPHS, ROWS, check_form, parse_message, table, yes_or_no

_LOST = (ConnectionError, http.client.HTTPException)
_PARTIAL = "S1TAT"
_VIRTUOSOS = "__ASK_RETVAL"  # the variable in which Virtuoso 7 answers ASK


class RemoteEndpoint:
    """Answers from the SPARQL service at ``url``, by form-encoded POST (the one way that every server takes).

    Name and password come from the arguments or from SUANTU_ENDPOINT_USER and SUANTU_ENDPOINT_PASSWORD. A lost
    connection is tried once more: queries only read. EndpointError says what the server said. ``patience`` is the
    time limit of calls that name none, so that a server that is gone keeps nobody waiting for ever.

    A limit ends the waiting here and hangs up. Whether the server ends its work too is up to it: it is told the limit
    (in headers that Suantu's own server, Fuseki and Blazegraph heed and others pass over); Virtuoso stops when its
    client hangs up; an Oxigraph server goes on unless it was started with a limit of its own (``--timeout-s``).
    """

    def __init__(
        self, url: str, *, user: str | None = None, password: str | None = None, patience: float = 300.0
    ) -> None:
        self._patience = patience
        self._url, self._user, self._password = credentials(url, user, password)

    def select(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> Table:
        """The rows of a SELECT query."""
        data = self._answer(query, "json", {"SELECT"}, bind, timeout).data
        try:
            return table(data)
        except (ValueError, KeyError, TypeError) as error:
            raise EndpointError(f"{self._url}: the answer breaks off or is not JSON: {excerpt(data[-300:])}") from error

    def ask(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> bool:
        """The answer to an ASK query."""
        return self._answer(query, "csv", {"ASK"}, bind, timeout).data.strip() == b"true"

    def construct(
        self, query: str, format: str = "ttl", *, bind: Mapping[str, Term] | None = None, timeout: float | None = None
    ) -> bytes:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        return self._answer(query, format, {"CONSTRUCT", "DESCRIBE"}, bind, timeout).data

    def answer(
        self, query: str, format: str = "", *, bind: Mapping[str, Term] | None = None, timeout: float | None = None
    ) -> Answer:
        """The answer to a query of any form."""
        return self._answer(query, format, None, bind, timeout)

    def close(self) -> None:
        """Nothing is kept open."""

    def _answer(
        self, query: str, format: str, forms: set[str] | None, bind: Mapping[str, Term] | None, timeout: float | None
    ) -> Answer:
        form = check_form(query, forms)
        name, media = format_for(form, format)
        timeout = self._patience if timeout is None else timeout
        text = sparql.with_prefixes(sparql.bound(query, bind))
        try:
            if form == "ASK":
                return Answer(form, name, media, yes_or_no(self._holds(self._fetch(text, JSON, timeout)), name))
            if form == "SELECT":
                return Answer(form, name, media, self._rows(text, name, timeout))
            data = self._fetch(text, TURTLE, timeout)
        except QueryBadFormed as error:
            raise self._refused(query, error) from None
        try:
            triples = list(ox.parse(data, format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise EndpointError(f"{self._url}: the answer is not Turtle ({error}): {excerpt(data)}") from error
        known = PREFIXES if name == "ttl" else None
        return Answer(form, name, media, ox.serialize(triples, format=GRAPHS[name], prefixes=known) or b"")

    def _rows(self, query: str, name: str, timeout: float) -> bytes:
        """Rows come as JSON, the one format that all servers write alike, and are written here."""
        data = self._fetch(query, JSON, timeout)
        if name == "json":
            return data
        try:
            results = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
            return results.serialize(format=ROWS[name]) or b""
        except (SyntaxError, ValueError, OSError) as error:
            raise EndpointError(f"{self._url}: the answer breaks off or is not JSON: {excerpt(data[-300:])}") from error

    def _holds(self, data: bytes) -> bool:
        import json

        try:
            found = json.loads(data)
            if found["head"].get("vars") == [_VIRTUOSOS]:
                return any(int(row[_VIRTUOSOS]["value"]) for row in found["results"]["bindings"])
            return bool(found["boolean"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EndpointError(f"{self._url}: the answer is not JSON: {excerpt(data)}") from error

    def _fetch(self, query: str, format: str, timeout: float) -> bytes:
        for attempt in (1, 2):
            try:
                return self._once(query, format, timeout)
            except TimeoutError as error:
                raise LateError(_late(self._url, timeout)) from error
            except QueryBadFormed:
                raise
            except Unauthorized as error:
                remedy = "set SUANTU_ENDPOINT_USER and SUANTU_ENDPOINT_PASSWORD"
                raise EndpointError(f"{self._url}: {_server_words(error)}; {remedy}") from error
            except SPARQLWrapperException as error:
                raise EndpointError(f"{self._url}: {_server_words(error)}") from error
            except urllib.error.HTTPError as error:
                raise EndpointError(
                    f"{self._url}: HTTP {error.code}: {excerpt(error.read()) or error.reason}"
                ) from error
            except (*_LOST, urllib.error.URLError) as error:
                reason = getattr(error, "reason", error)
                if isinstance(reason, TimeoutError):
                    raise LateError(_late(self._url, timeout)) from error
                if attempt == 2 or not isinstance(reason, _LOST):
                    raise EndpointError(f"{self._url}: cannot be reached: {reason}") from error
        raise AssertionError

    def _once(self, query: str, format: str, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SPARQLWrapper guesses the query's form, and warns where it cannot
            request: Any = SPARQLWrapper(self._url)
            request.setMethod(POST)
            request.setRequestMethod(URLENCODED)
            request.setOnlyConneg(True)
            request.setReturnFormat(format)
            request.setQuery(query)
            request.addCustomHttpHeader("Timeout", f"{timeout:g}")  # seconds
            request.addCustomHttpHeader("X-BIGDATA-MAX-QUERY-MILLIS", f"{max(1, timeout * 1000):.0f}")
            if self._user:
                request.setCredentials(self._user, self._password)
            request.timeout = timeout
            response = request.query().response
        with response:
            self._check_whole(query, response.headers)
            return _read(response, deadline)

    def _check_whole(self, query: str, headers: Mapping[str, str]) -> None:
        """Virtuoso gives a part of an answer as if it were all of it, and says so in a header only."""
        if headers.get("X-SQL-State") == _PARTIAL:
            raise LateError(
                f"{self._url}: the server stopped at a time limit of its own and gave a part of the answer, which is "
                "not used; narrow the query, or raise the server's limit"
            )
        most = headers.get("X-SPARQL-MaxRows", "")
        own = sparql.limit(query)
        if most.isdecimal() and (own is None or own > int(most)):
            raise EndpointError(
                f"{self._url}: the server gives {most} rows at most, and cut the answer there; ask for fewer (LIMIT, "
                "--limit with --offset), or raise the server's limit"
            )

    def _refused(self, query: str, error: QueryBadFormed) -> QueryError:
        """The service's 400, with the place of the mistake where our own parser sees one too."""
        if message := parse_message(query):
            return sparql.syntax_error(query, message, parse_message, lambda _local: False)
        return QueryError(f"{self._url} refuses the query: {_server_words(error)}")


def credentials(url: str, user: str | None = None, password: str | None = None) -> tuple[str, str, str]:
    """The address without the name and password that may stand in it, and these two: as given, or from the address, or
    from SUANTU_ENDPOINT_USER and SUANTU_ENDPOINT_PASSWORD. EndpointError where it is no address."""
    parts = urllib.parse.urlsplit(url)
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise EndpointError(f"{plain}: not an address of a SPARQL service (http://… or https://…)")
    own = [urllib.parse.unquote(part) if part else None for part in (parts.username, parts.password)]
    names = ("SUANTU_ENDPOINT_USER", "SUANTU_ENDPOINT_PASSWORD")
    found = [
        one if one is not None else here if here is not None else os.environ.get(name, "")
        for one, here, name in zip((user, password), own, names, strict=True)
    ]
    return plain, found[0], found[1]


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The whole answer. A socket's own limit is for each packet, so it is set to what is left before each of them."""
    connection = getattr(getattr(response.fp, "raw", None), "_sock", None)
    parts: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if connection is not None:
            connection.settimeout(left)
        part = response.read1(1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _late(url: str, timeout: float) -> str:
    return (
        f"{url} did not answer within {timeout:g} s and may still be at work; give it longer with --timeout SECONDS, or "
        "narrow the query"
    )


def _server_words(error: Exception) -> str:
    """What the server said, out of SPARQLWrapper's message."""
    said = str(error).partition("Response:")[2] or str(error)
    if said.strip().startswith(("b'", 'b"')):
        said = said.strip()[2:-1].replace("\\n", " ")
    return excerpt(said.encode("utf8")) or type(error).__name__


def excerpt(data: bytes) -> str:
    """The beginning of what a server said, on one line."""
    return " ".join(data.decode("utf8", "replace").split())[:500]
