"""The graph from Python.

>>> import suantu
>>> with suantu.open("kb") as graph:                                    # doctest: +SKIP
...     graph.thing("NVIDIA").relations
...     graph.select("SELECT ?chip WHERE { ?chip st:hasChipType ?type }").to_pandas()
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from suantu import lookup, names
from suantu.errors import SuantuError, UsageError
from suantu.stores.base import Endpoint, Term, iri

if TYPE_CHECKING:
    import networkx
    import rdflib

    from suantu.search import Hit, Index
    from suantu.stores.kb import KnowledgeBase

_NOTEBOOK_ROWS = 100
Value = str | int | Decimal | bool | None


class Rows(Sequence[Mapping[str, Value]]):
    """The rows of a query as dicts of Python values, in order.

    IRIs and texts are ``str``, whole numbers and years ``int``, decimals ``Decimal``, booleans ``bool``; a variable
    without a value is ``None``. ``terms`` holds the same rows as RDF terms.
    """

    def __init__(self, columns: tuple[str, ...], terms: Sequence[tuple[Term | None, ...]]) -> None:
        self.columns, self.terms = columns, terms

    def __len__(self) -> int:
        return len(self.terms)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a row, or the rows of a slice
        if isinstance(index, slice):
            return Rows(self.columns, self.terms[index])
        return self._row(self.terms[index])

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        return map(self._row, self.terms)

    def _row(self, terms: tuple[Term | None, ...]) -> dict[str, Value]:
        return {c: t.python() if t is not None else None for c, t in zip(self.columns, terms, strict=True)}

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        """A table for notebooks, of the first rows."""
        from html import escape

        head = "".join(f"<th>{escape(c)}</th>" for c in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(str(v)) if v is not None else str()}</td>' for v in row.values())}</tr>"
            for row in self[:_NOTEBOOK_ROWS]
        )
        more = f"<p>{len(self):,} rows, {_NOTEBOOK_ROWS} shown</p>" if len(self) > _NOTEBOOK_ROWS else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas.DataFrame, which need not be installed
        """A ``pandas.DataFrame`` with one column a variable; decimals become floats. SuantuError where pandas is not there."""
        from importlib import import_module

        try:
            pandas = import_module("pandas")
        except ImportError:
            raise SuantuError("pandas is not installed; install it with: pip install pandas") from None
        rows = ({c: float(v) if isinstance(v, Decimal) else v for c, v in row.items()} for row in self)
        return pandas.DataFrame(list(rows), columns=list(self.columns))


class Graph:
    """A graph to ask: a knowledge base on disk, or a SPARQL service. Use it in a ``with`` block, or ``close`` it.

    Wherever a thing is wanted, any of its names will do (in any case), or ``Class:name``, a CURIE or an IRI; an
    unknown or ambiguous name is a UsageError that lists what may be meant.
    """

    def __init__(self, endpoint: Endpoint, kb: KnowledgeBase | None = None, *, language: str = "zh") -> None:
        self.endpoint, self.kb, self.language = endpoint, kb, language

    # ---- asking ----

    def select(self, query: str, *, timeout: float | None = None, **bind: str | Term) -> Rows:
        """The rows of a SELECT query. Keywords give variables their values: a name or IRI of a thing, or a ``Term``.

        ``timeout`` is in seconds. QueryError: the query is wrong or took too long; EndpointError: the service failed.
        """
        terms = {name: v if isinstance(v, Term) else iri(self.find(v)) for name, v in bind.items()}
        table = self.endpoint.select(query, bind=terms or None, timeout=timeout)
        return Rows(table.columns, table.rows)

    def ask(self, query: str, *, timeout: float | None = None) -> bool:
        """The answer to an ASK query."""
        return self.endpoint.ask(query, timeout=timeout)

    def construct(self, query: str, format: str = "ttl", *, timeout: float | None = None) -> bytes:
        """The graph of a CONSTRUCT or DESCRIBE query, serialised as ``ttl``, ``nt``, ``rdfxml`` or ``jsonld``."""
        return self.endpoint.construct(query, format, timeout=timeout)

    def question(
        self, name: str, /, *, ontology: Path | None = None, timeout: float | None = None, **given: str
    ) -> Rows:
        """The rows of a named question (``suantu query --list``), its parameters as keywords. UsageError where the
        question or a parameter is unknown."""
        from suantu.paths import ontology_dir
        from suantu.query import bind, get

        asked = get(ontology or ontology_dir(), name)
        values = {key.rstrip("_"): str(value) for key, value in given.items()}
        text = bind(asked, values, self.find, lambda cls: names.resolve_class(self.endpoint, cls))
        return self.select(text, timeout=timeout)

    # ---- looking up ----

    def find(self, name: str) -> str:
        """The IRI of a thing by any of its names."""
        return names.resolve(self.endpoint, name, self.language, self._names if self.kb else None)

    def _names(self) -> Index:
        from suantu.search import index_of

        assert self.kb is not None  # noqa: S101 - asked only of a knowledge base on disk
        return index_of(self.kb, self.endpoint, pinyin=False)

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Things whose names are like ``text``: also pinyin, initials, and slips of the pen; best first."""
        from suantu.search import index, index_of, search

        pinyin = text.isascii()
        known = index_of(self.kb, self.endpoint, pinyin=pinyin) if self.kb else index(self.endpoint, pinyin=pinyin)
        return search(known, text, limit)

    def label(self, thing: str) -> str:
        """The label of an IRI in the graph's language, else in any; the shortened IRI where it has none."""
        return names.labels(self.endpoint, [thing], self.language)[thing]

    def thing(self, name: str) -> lookup.Card:
        """Everything about one thing: names, classes, relations, figures, ranks."""
        return lookup.show(self.endpoint, self.find(name))

    def members(self, cls: str, *, everything: bool = False) -> list[tuple[str, int]]:
        """The things (IRIs) of a class with the number of passages that name them, the most named first; also those
        that no document names if ``everything``."""
        return lookup.members(self.endpoint, names.resolve_class(self.endpoint, cls), everything=everything)

    def facts(
        self,
        *,
        about: str | Sequence[str] = (),
        metric: str = "",
        place: str = "",
        year: int | str = "",
        forecast: bool | None = None,
        said_by: str = "",
        limit: int = 0,
    ) -> list[lookup.Figure]:
        """The figures that meet every condition given. Values are decimal numbers as text, in the base unit
        (``USD``, ``percent``, ``GB/s`` …); ``forecast`` True gives only forecasts, False only what is none."""
        status = () if forecast is None else ("Forecast",) if forecast else ("Actual", "Estimate")
        return lookup.figures(
            self.endpoint,
            about=[self.find(name) for name in ([about] if isinstance(about, str) else about)],
            metric=names.resolve_metric(self.endpoint, metric) if metric else "",
            place=self.find(place) if place else "",
            year=str(year),
            status=status,
            said_by=self.find(said_by) if said_by else "",
            limit=limit,
        )

    def ranks(self, *, item: str = "", ranking: str = "", year: int | str = "") -> list[lookup.Rank]:
        """Places in rankings: of an item, of rankings whose name holds ``ranking``, of a year."""
        found = self.find(item) if item else ""
        return lookup.ranks(self.endpoint, item=found, ranking=ranking, year=str(year))

    def why(self, fact: str) -> Any:  # noqa: ANN401 - suantu.why.Reason, imported late
        """Why a fact (its IRI, or the beginning of its key) is in the graph: a ``suantu.why.Reason`` with its quotes."""
        from suantu.why import find_fact, why

        return why(self.endpoint, find_fact(self.endpoint, fact, self.kb), self.kb)

    def paths(self, a: str, b: str, *, limit: int = 3) -> list[list[lookup.Relation]]:
        """The shortest ways from one thing to another over relations, in either direction, of at most six relations."""
        from suantu.ways import paths

        return paths(self.endpoint, self.find(a), self.find(b), limit=limit)

    # ---- other libraries ----

    def dataset(self) -> rdflib.Dataset:
        """The store as an rdflib ``Dataset`` (read-only, through oxrdflib). UsageError for a SPARQL service."""
        if self.kb is None:
            raise UsageError("a dataset needs a knowledge base on disk, not a SPARQL service")
        import rdflib
        from oxrdflib import OxigraphStore

        return rdflib.Dataset(store=OxigraphStore(store=self.kb.store))

    def to_networkx(
        self, *, around: str = "", hops: int = 1, limit: int = 20_000, inferred: bool = False
    ) -> networkx.MultiDiGraph[str]:
        """Things as nodes (``label``) and relations as edges (``relation`` the property's local name, ``label``,
        ``fact`` and ``origin``): all of them, or those within ``hops`` steps of the thing ``around``, at most
        ``limit``. What was only inferred is left out unless ``inferred`` (only for the whole graph)."""
        import networkx

        from suantu.ways import neighbourhood

        if around:
            found = neighbourhood(self.endpoint, self.find(around), hops, limit)
        else:
            found = [r for r in lookup.relations(self.endpoint) if inferred or r.origin != "inferred"]
        labels = names.labels(self.endpoint, {i for r in found for i in r[1:4]}, self.language)
        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for r in found:
            for end in (r.subject, r.object):
                graph.add_node(end, label=labels[end])
            name = r.predicate.rpartition("#")[2]
            graph.add_edge(r.subject, r.object, relation=name, label=labels[r.predicate], fact=r.fact, origin=r.origin)
        return graph

    # ---- closing ----

    def close(self) -> None:
        """Let go of files and connections."""
        self.endpoint.close()
        if self.kb is not None:
            self.kb.close()

    def __enter__(self) -> Graph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_graph(where: str | Path, *, language: str = "zh", inferred: bool = True) -> Graph:
    """The graph in a directory, or behind the URL of a SPARQL service; labels come in ``language`` (zh or en).
    ``inferred`` False leaves out what no document and not the ontology says (UsageError for a SPARQL service).

    StoreError: the directory is no knowledge base; EndpointError: the URL is none.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        if not inferred:
            raise UsageError("leaving out what was inferred needs a knowledge base on disk, not a SPARQL service")
        from suantu.stores.remote import RemoteEndpoint

        return Graph(RemoteEndpoint(where), language=language)
    from suantu.stores.kb import KnowledgeBase

    kb = KnowledgeBase.open(Path(where))
    return Graph(kb.endpoint(inferred=inferred), kb, language=language)
