"""The remote endpoint: any SPARQL 1.1 service, through SPARQLWrapper."""

from __future__ import annotations

import http.client
import os
import time
import urllib.error
import warnings
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from SPARQLWrapper import CSV, JSON, POST, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException, Unauthorized

from suantu.border.vocab import PREFIXES
from suantu.errors import EndpointError, QueryError
from suantu.stores import sparql
from suantu.stores.base import Answer, Table, Term, format_for
from suantu.stores.local import check_form, parse_message, table

_ROWS = {"json": JSON, "xml": XML, "csv": CSV, "tsv": TSV}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_LOST = (ConnectionError, http.client.HTTPException)


class RemoteEndpoint:
    """Answers from the SPARQL service at ``url``, by form-encoded POST (the one way that every server takes).

    Name and password come from the arguments or from SUANTU_ENDPOINT_USER and SUANTU_ENDPOINT_PASSWORD. A lost
    connection is tried once more: queries only read. EndpointError says what the server said.
    """

    def __init__(self, url: str, *, user: str | None = None, password: str | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise EndpointError(f"{url}: not an address of a SPARQL service (http://… or https://…)")
        self._url = url
        self._user = os.environ.get("SUANTU_ENDPOINT_USER", "") if user is None else user
        self._password = os.environ.get("SUANTU_ENDPOINT_PASSWORD", "") if password is None else password

    def select(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> Table:
        """The rows of a SELECT query."""
        data = self._answer(query, "json", {"SELECT"}, bind, timeout).data
        try:
            return table(data)
        except (ValueError, KeyError, TypeError) as error:
            raise EndpointError(
                f"{self._url}: the answer breaks off or is not JSON: {_excerpt(data[-300:])}"
            ) from error

    def ask(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> bool:
        """The answer to an ASK query."""
        import json

        data = self._answer(query, "json", {"ASK"}, bind, timeout).data
        try:
            return bool(json.loads(data)["boolean"])
        except (ValueError, KeyError, TypeError) as error:
            raise EndpointError(f"{self._url}: the answer is not JSON: {_excerpt(data)}") from error

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
        text = sparql.with_prefixes(sparql.bound(query, bind))
        try:
            if form in {"SELECT", "ASK"}:
                return Answer(form, name, media, self._fetch(text, _ROWS[name], timeout))
            data = self._fetch(text, TURTLE, timeout)
        except QueryBadFormed as error:
            raise self._refused(query, error) from None
        try:
            triples = list(ox.parse(data, format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise EndpointError(f"{self._url}: the answer is not Turtle ({error}): {_excerpt(data)}") from error
        known = PREFIXES if name == "ttl" else None
        return Answer(form, name, media, ox.serialize(triples, format=_GRAPHS[name], prefixes=known) or b"")

    def _fetch(self, query: str, format: str, timeout: float | None) -> bytes:
        for attempt in (1, 2):
            try:
                return self._once(query, format, timeout)
            except TimeoutError as error:
                raise QueryError(_late(self._url, timeout)) from error
            except QueryBadFormed:
                raise
            except Unauthorized as error:
                remedy = "set SUANTU_ENDPOINT_USER and SUANTU_ENDPOINT_PASSWORD"
                raise EndpointError(f"{self._url}: {_server_words(error)}; {remedy}") from error
            except SPARQLWrapperException as error:
                raise EndpointError(f"{self._url}: {_server_words(error)}") from error
            except urllib.error.HTTPError as error:
                raise EndpointError(
                    f"{self._url}: HTTP {error.code}: {_excerpt(error.read()) or error.reason}"
                ) from error
            except (*_LOST, urllib.error.URLError) as error:
                reason = getattr(error, "reason", error)
                if isinstance(reason, TimeoutError):
                    raise QueryError(_late(self._url, timeout)) from error
                if attempt == 2 or not isinstance(reason, _LOST):
                    raise EndpointError(f"{self._url}: cannot be reached: {reason}") from error
        raise AssertionError

    def _once(self, query: str, format: str, timeout: float | None) -> bytes:
        deadline = None if timeout is None else time.monotonic() + timeout
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SPARQLWrapper guesses the query's form, and warns where it cannot
            request: Any = SPARQLWrapper(self._url)
            request.setMethod(POST)
            request.setRequestMethod(URLENCODED)
            request.setOnlyConneg(True)
            request.setReturnFormat(format)
            request.setQuery(query)
            if self._user:
                request.setCredentials(self._user, self._password)
            if timeout is not None:
                request.timeout = timeout
            response = request.query().response
        with response:
            return _read(response, deadline)

    def _refused(self, query: str, error: QueryBadFormed) -> QueryError:
        """The service's 400, with the place of the mistake where our own parser sees one too."""
        if message := parse_message(query):
            return sparql.syntax_error(query, message, parse_message, lambda _local: False)
        return QueryError(f"{self._url} refuses the query: {_server_words(error)}")


def _read(response: http.client.HTTPResponse, deadline: float | None) -> bytes:
    """The whole answer. A socket's own limit is for each packet, so the clock is looked at between them."""
    parts: list[bytes] = []
    while part := response.read1(1 << 16):
        parts.append(part)
        if deadline is not None and time.monotonic() > deadline:
            raise TimeoutError
    return b"".join(parts)


def _late(url: str, timeout: float | None) -> str:
    limit = f"within {timeout:g} s" if timeout is not None else "in time"
    return f"{url} did not answer {limit}; give it longer with --timeout SECONDS, or narrow the query"


def _server_words(error: Exception) -> str:
    """What the server said, out of SPARQLWrapper's message."""
    said = str(error).partition("Response:")[2] or str(error)
    if said.strip().startswith(("b'", 'b"')):
        said = said.strip()[2:-1].replace("\\n", " ")
    return _excerpt(said.encode("utf8")) or type(error).__name__


def _excerpt(data: bytes) -> str:
    return " ".join(data.decode("utf8", "replace").split())[:500]
