"""What every endpoint answers, and in which words: terms, tables, serialised answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from suantu.border.vocab import XSD
from suantu.errors import QueryError

if TYPE_CHECKING:
    from decimal import Decimal

_INTEGERS = {
    XSD + n for n in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "gYear")
}
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_DECIMALS = {XSD + n for n in ("decimal", "double", "float")}


class Term(NamedTuple):
    """One RDF term of an answer. ``kind`` is ``iri``, ``literal``, ``blank`` or ``triple``; ``value`` its text."""

    kind: str
    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return self.value

    def python(self) -> str | int | Decimal | bool:
        """The plain value: a number for numbers and years, a bool for booleans, text for everything else."""
        try:
            if self.datatype in _INTEGERS:
                return int(self.value)
            if self.datatype in _DECIMALS:
                from decimal import Decimal

                return Decimal(self.value)
        except (ValueError, ArithmeticError):
            return self.value
        if self.datatype == XSD + "boolean":
            return self.value in {"true", "1"}
        return self.value

    def sparql(self) -> str:
        """The term as SPARQL writes it, escaped. QueryError where an IRI has characters that no IRI has."""
        if self.kind == "iri":
            if _NO_IRI.search(self.value):
                raise QueryError(f"not an IRI: {self.value!r}")
            return f"<{self.value}>"
        text = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        if self.language:
            return f'"{text}"@{self.language}'
        return f'"{text}"^^<{self.datatype}>' if self.datatype else f'"{text}"'


def iri(value: str) -> Term:
    """An IRI, to bind a variable to."""
    return Term("iri", value)


def text(value: str, language: str = "") -> Term:
    """A piece of text, to bind a variable to."""
    return Term("literal", value, language)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a SELECT. An unbound variable is None. Rows come as tuples in the order of ``columns``."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Term]]:
        """Each row as a dict of its bound variables."""
        for row in self.rows:
            yield {c: t for c, t in zip(self.columns, row, strict=True) if t is not None}

    def __len__(self) -> int:
        return len(self.rows)


class Answer(NamedTuple):
    """A serialised answer. ``form`` is ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``; ``format`` the short name
    of its format (``json``, ``ttl`` …)."""

    form: str
    format: str
    media_type: str
    data: bytes

    @property
    def text(self) -> str:
        """The data as text (all formats are UTF-8)."""
        return self.data.decode("utf8")


ROW_FORMATS: Mapping[str, str] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
GRAPH_FORMATS: Mapping[str, str] = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_SAME = {"turtle": "ttl", "ntriples": "nt", "xml": "rdfxml", "json": "jsonld", "json-ld": "jsonld", "rdf": "rdfxml"}


def format_for(form: str, wanted: str) -> tuple[str, str]:
    """The short name and media type of the format ``wanted`` for an answer of ``form``; empty gives the usual one.
    QueryError where the form has no such format."""
    if form in {"SELECT", "ASK"}:
        name, formats, kind = wanted or "json", ROW_FORMATS, "rows" if form == "SELECT" else "yes or no"
    else:
        name, formats, kind = _SAME.get(wanted, wanted) or "ttl", GRAPH_FORMATS, "a graph"
    if name not in formats:
        raise QueryError(f"a {form} query gives {kind}, which {wanted} cannot hold; use {', '.join(formats)}")
    return name, formats[name]


@runtime_checkable
class Endpoint(Protocol):
    """Something that answers SPARQL queries: the local store, or a remote service.

    ``timeout`` is in seconds and truly ends the work; None sets no limit. ``bind`` gives variables their values
    without joining strings. The prefixes of ``vocab.PREFIXES`` need not be declared. QueryError: the query is wrong
    or took too long; EndpointError: the remote service failed.
    """

    def select(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> Table:
        """The rows of a SELECT query."""
        ...

    def ask(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> bool:
        """The answer to an ASK query."""
        ...

    def construct(
        self, query: str, format: str = "ttl", *, bind: Mapping[str, Term] | None = None, timeout: float | None = None
    ) -> bytes:
        """The graph of a CONSTRUCT or DESCRIBE query, serialised as ``ttl``, ``nt``, ``rdfxml`` or ``jsonld``."""
        ...

    def answer(
        self, query: str, format: str = "", *, bind: Mapping[str, Term] | None = None, timeout: float | None = None
    ) -> Answer:
        """The answer to a query of any form, serialised; an empty ``format`` is JSON for rows and Turtle for graphs."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
