"""The SPARQL 1.1 Protocol: what a request asks, in which format it wants the answer, and how errors are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from suantu.errors import EndpointError, LateError, SuantuError
from suantu.stores import sparql
from suantu.stores.base import GRAPH_FORMATS, ROW_FORMATS, Answer

MOST = 1 << 20  # bytes of a request's body
_FORM, _QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
_ALSO = {"application/json": "json", "application/xml": "xml", "text/plain": "nt", "text/xml": "xml"}

DESCRIPTION = """@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
[] a sd:Service ;
    sd:endpoint <> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:feature sd:UnionDefaultGraph ;
    sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON> , <http://www.w3.org/ns/formats/SPARQL_Results_XML> ,
        <http://www.w3.org/ns/formats/SPARQL_Results_CSV> , <http://www.w3.org/ns/formats/SPARQL_Results_TSV> ,
        <http://www.w3.org/ns/formats/Turtle> , <http://www.w3.org/ns/formats/N-Triples> ,
        <http://www.w3.org/ns/formats/RDF_XML> , <http://www.w3.org/ns/formats/JSON-LD> .
"""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the server read it; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def parameters(self) -> dict[str, list[str]]:
        """What stands behind the ``?``."""
        return parse_qs(self.query, keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Response:
    """What to answer."""

    status: int
    data: bytes
    media_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpError(Exception):
    """A request that is answered with an error and nothing else."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.response = Response(status, f"{text}\n".encode(), headers=headers or {})


def status_of(error: SuantuError) -> int:
    """HTTP's status for an error: whose fault it is."""
    if isinstance(error, LateError):
        return 503
    if isinstance(error, EndpointError):
        return 502
    return 400


Ask = Callable[[str, str, tuple[Sequence[str], Sequence[str]] | None], Answer]


def respond(request: Request, ask: Ask) -> Response:
    """The answer to a protocol request; ``ask`` gives the answer to a query in a format over a data set (None for the
    usual one). HttpError for what the protocol does not allow."""
    given = _given(request)
    queries = given.get("query", [])
    if "update" in given:
        raise HttpError(403, "this endpoint only reads; updates are refused")
    if not queries and request.method in {"GET", "HEAD"}:
        return Response(200, DESCRIPTION.encode(), "text/turtle; charset=utf-8")
    if len(queries) != 1:
        raise HttpError(400, "give exactly one query (query=…)")
    form = sparql.form(queries[0])
    name = wanted(form, request.headers.get("accept", ""), given.get("format", [""])[0])
    graphs = given.get("default-graph-uri", []), given.get("named-graph-uri", [])
    answer = ask(queries[0], name, graphs if any(graphs) else None)
    charset = "; charset=utf-8" if answer.media_type.startswith("text/") else ""
    return Response(200, answer.data, answer.media_type + charset, {"Vary": "Accept"})


def _given(request: Request) -> dict[str, list[str]]:
    given = request.parameters()
    if request.method in {"GET", "HEAD"}:
        return given
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text = request.body.decode("utf8")
    except UnicodeDecodeError:
        raise HttpError(400, "the request is not UTF-8") from None
    if kind == _QUERY:
        return {**given, "query": [text]}
    if kind == _FORM:
        return {**given, **parse_qs(text, keep_blank_values=True)}
    if kind == "application/sparql-update":
        raise HttpError(403, "this endpoint only reads; updates are refused")
    raise HttpError(415, f"send a query as {_FORM} or {_QUERY}")


def wanted(form: str, accept: str, named: str = "") -> str:
    """The short name of the format for an answer: the one that is named, else the best of the Accept header. HttpError
    406 where there is none that fits; QueryError where the named one does not fit."""
    if named:
        return named
    formats = ROW_FORMATS if form in {"SELECT", "ASK"} else GRAPH_FORMATS
    by_media = {media: name for name, media in formats.items()}
    by_media |= {media: name for media, name in _ALSO.items() if name in formats}
    usual = next(iter(formats))
    for media in _by_preference(accept or "*/*"):
        if media in by_media:
            return by_media[media]
        if media in {"*/*", "text/html", "application/*"}:
            return usual
        if media == "text/*":
            return next(name for name, one in formats.items() if one.startswith("text/"))
    raise HttpError(406, f"a {form} query can be answered as {', '.join(formats.values())}")


def _by_preference(accept: str) -> list[str]:
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.split(",")):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if quality > 0:
            found.append((-quality, place, media))
    return [media for _, _, media in sorted(found)]


def told(error: SuantuError) -> Response:
    """An error of ours as a response."""
    return Response(status_of(error), f"{error}\n".encode())
