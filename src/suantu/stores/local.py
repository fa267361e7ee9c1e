"""The local endpoint: an Oxigraph store on disk, opened read-only."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from suantu import child
from suantu.border.vocab import PREFIXES, ST
from suantu.errors import LateError, QueryError, StoreError
from suantu.stores import sparql, tsv
from suantu.stores.base import Answer, Table, Term, format_for
from suantu.stores.place import Hold

ROWS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}

Graphs = tuple[Sequence[str], Sequence[str]]


class LocalEndpoint:
    """Answers from the store in ``directory``. The store's default graph already holds the union of its graphs, each
    triple once (see ``suantu.stores.kb``).

    FILTER NOT EXISTS is asked as MINUS where that is the same and faster (see ``suantu.stores.minus``).
    ``allow_service`` lets queries call other SPARQL services. With a ``timeout`` a query runs in a child process that
    is killed at the limit; without one it runs here, which is for queries that are known to be cheap.
    """

    def __init__(self, directory: Path, *, allow_service: bool = False) -> None:
        self._directory, self._allow_service = directory, allow_service
        try:
            self._hold = Hold(directory)
        except OSError:
            raise StoreError(f"{directory}: not a store; build the knowledge base with: suantu build") from None
        self._store: ox.Store | None = open_read_only(directory)

    @property
    def store(self) -> ox.Store:
        """The store itself, read-only. StoreError once closed."""
        if self._store is None:
            raise StoreError(f"{self._directory}: the knowledge base is closed")
        return self._store

    def select(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> Table:
        """The rows of a SELECT query."""
        try:
            return tsv.table(self._serialised(query, "tsv", {"SELECT"}, bind, timeout).data)
        except tsv.TripleTermError:
            return table(self._serialised(query, "json", {"SELECT"}, bind, timeout).data)

    def ask(self, query: str, *, bind: Mapping[str, Term] | None = None, timeout: float | None = None) -> bool:
        """The answer to an ASK query."""
        return self._serialised(query, "csv", {"ASK"}, bind, timeout).data.strip() == b"true"

    def construct(
        self, query: str, format: str = "ttl", *, bind: Mapping[str, Term] | None = None, timeout: float | None = None
    ) -> bytes:
        """The graph of a CONSTRUCT or DESCRIBE query."""
        return self._serialised(query, format, {"CONSTRUCT", "DESCRIBE"}, bind, timeout).data

    def answer(
        self,
        query: str,
        format: str = "",
        *,
        bind: Mapping[str, Term] | None = None,
        timeout: float | None = None,
        graphs: Graphs | None = None,
    ) -> Answer:
        """The answer to a query of any form. ``graphs`` are the IRIs of the graphs that make up the default graph and of
        those that GRAPH sees, in place of what the query says."""
        return self._serialised(query, format, None, bind, timeout, graphs)

    def close(self) -> None:
        """Close the store."""
        self._store = None
        self._hold.close()

    def _serialised(
        self,
        query: str,
        format: str,
        forms: set[str] | None,
        bind: Mapping[str, Term] | None,
        timeout: float | None,
        graphs: Graphs | None = None,
    ) -> Answer:
        form = check_form(query, forms)
        name, media = format_for(form, format)
        if not self._allow_service and sparql.uses_service(query):
            raise QueryError("the query calls another service (SERVICE), which is refused; --allow-service permits it")
        text = sparql.bound(query, bind)
        if "EXISTS" in text.upper():
            from suantu.stores.minus import rewritten  # a module that few queries need

            text = rewritten(text).query
        try:
            data = self._run(text, name, timeout, graphs)
        except SyntaxError as error:
            raise sparql.syntax_error(query, str(error), parse_message, self._is_term) from None
        return Answer(form, name, media, data)

    def _run(self, query: str, name: str, timeout: float | None, graphs: Graphs | None) -> bytes:
        if timeout is None:
            try:
                return evaluate(self.store, query, name, graphs)
            except (RuntimeError, ValueError, OSError) as error:
                raise QueryError(f"the query failed: {error}") from error
        if child.FORKS and threading.active_count() == 1:
            work = partial(evaluate, self.store, query, name, graphs)
        else:  # another thread may hold a lock of the open store at the moment of the fork: the child opens its own
            work = partial(_evaluate_path, str(self._directory), query, name, graphs)
        try:
            return child.run(work, timeout)
        except child.ChildError as error:
            raise _no_answer(error, timeout) from None

    def _is_term(self, local: str) -> bool:
        try:
            node = ox.NamedNode(ST + local)
        except ValueError:
            return False
        return next(iter(self.store.quads_for_pattern(node, None, None, None)), None) is not None


def _no_answer(error: child.ChildError, seconds: float) -> QueryError:
    if error.late:
        return LateError(
            f"the query was stopped after {seconds:g} s; give it longer with --timeout SECONDS, or narrow it (LIMIT, "
            "fewer unconnected patterns)"
        )
    if error.died:
        return QueryError(
            "the query died before it answered: most likely it needed too much memory; narrow it (LIMIT, no ORDER BY)"
        )
    return QueryError(f"the query failed: {error}")


def open_read_only(directory: Path) -> ox.Store:
    """The store in ``directory``; StoreError where it is none or is damaged. Hold it as long as the store is used."""
    if not (directory / "CURRENT").is_file():
        raise StoreError(f"{directory}: not a store; build the knowledge base again with: suantu build")
    try:
        return ox.Store.read_only(str(directory))
    except (OSError, RuntimeError, ValueError) as error:
        raise StoreError(f"{directory}: cannot be opened ({error}); build it again with: suantu build") from error


def check_form(query: str, forms: set[str] | None) -> str:
    """The form of ``query``; QueryError where it is not among ``forms``."""
    form = sparql.form(query)
    if forms is not None and form not in forms:
        raise QueryError(f"a {' or '.join(sorted(forms))} query is needed here, not {form}")
    return form


def evaluate(store: ox.Store, query: str, name: str, graphs: Graphs | None = None) -> bytes:
    """The serialised answer to ``query`` in the format ``name``. SyntaxError where it does not parse."""
    text = _in_order(query)
    if graphs is None:
        results = store.query(text, prefixes=PREFIXES)
    else:
        results = store.query(
            text,
            prefixes=PREFIXES,
            default_graph=[ox.NamedNode(one) for one in graphs[0]],
            named_graphs=[ox.NamedNode(one) for one in graphs[1]],
        )
    if not isinstance(results, ox.QueryTriples):
        return results.serialize(format=ROWS[name]) or b""
    if name == "ttl":
        return ox.serialize(results, format=GRAPHS[name], prefixes=PREFIXES) or b""
    return results.serialize(format=GRAPHS[name]) or b""


def _in_order(query: str) -> str:
    """The query with the variables of a ``SELECT *`` in the order of the text; an empty store tells which they are."""
    found = sparql.star(query)
    if found is None or sparql.uses_service(query):
        return query
    results = _empty().query(query, prefixes=PREFIXES)
    names = [v.value for v in results.variables] if isinstance(results, ox.QuerySolutions) else []
    return sparql.spelled_out(query, found, names) if names else query


def _evaluate_path(directory: str, query: str, name: str, graphs: Graphs | None) -> bytes:
    return evaluate(open_read_only(Path(directory)), query, name, graphs)


@cache
def _empty() -> ox.Store:
    return ox.Store()


def parse_message(query: str) -> str | None:
    """The parser's message for a query that is not valid, None for a valid one."""
    try:
        if not sparql.uses_service(query):  # evaluating a service call, even on nothing, would reach the network
            _empty().query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        return str(error)
    except (RuntimeError, ValueError):
        return None
    return None


def yes_or_no(holds: bool, name: str) -> bytes:
    """The answer to an ASK query in a format for rows."""
    return evaluate(_empty(), "ASK {}" if holds else "ASK { FILTER(false) }", name)


def table(data: bytes) -> Table:
    """The rows of SPARQL 1.1 JSON results."""
    parsed = json.loads(data)
    columns = tuple(parsed["head"]["vars"])
    rows = parsed["results"]["bindings"]
    return Table(columns, tuple(tuple(_term(row.get(c)) for c in columns) for row in rows))


_KINDS = {"uri": "iri", "bnode": "blank", "literal": "literal", "typed-literal": "literal"}


def _term(cell: dict[str, Any] | None) -> Term | None:
    if cell is None:
        return None
    value = cell["value"]
    if not isinstance(value, str):
        return Term("triple", json.dumps(value, ensure_ascii=False))
    return Term(_KINDS[cell["type"]], value, cell.get("xml:lang", ""), cell.get("datatype", ""))
