"""Figures as statements: each with the document that makes it, its date, its publisher and its words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from suantu.query import one_of
from suantu.stores.base import Endpoint, Term


class Statement(NamedTuple):
    """One observation and where it stands. IRIs in ``fact``, ``metric``, ``about``, ``place``, ``within``,
    ``compared_with``, ``said_by`` and ``document``; ``value`` (in ``unit``, a notation) is the middle where ``lower``
    and ``upper`` are given; ``status`` is a local name; ``start`` the offset of the quote in the source. What is not
    known is empty."""

    fact: str
    metric: str
    about: str
    place: str
    within: str
    period: str
    compared_with: str
    compared_period: str
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None
    unit: str
    bound: str
    status: str
    said_by: str
    words: str
    document: str
    title: str
    issued: str
    publisher: str
    page: str
    section: str
    start: int
    quote: str


_REQUIRED = "?fact a st:Observation ; st:metric ?metric ; st:about ?about ; st:value ?value ."
_OPTIONAL = {
    "place": "st:place",
    "within": "st:within",
    "period": "st:period",
    "compared_with": "st:comparedWith",
    "compared_period": "st:comparedPeriod",
    "lower": "st:lowerValue",
    "upper": "st:upperValue",
    "unit": "st:unit/skos:notation",
    "bound": "st:bound",
    "status": "st:status",
    "said_by": "st:saidBy",
    "words": "st:valueText",
}
_WHERE = (
    "?fact a st:Observation ; prov:wasDerivedFrom ?p . ?p dcterms:isPartOf ?document ; oa:exact ?quote ;"
    " oa:start ?start OPTIONAL { ?p st:page ?page } OPTIONAL { ?p st:section ?section }"
)
_DOCUMENTS = (
    "SELECT DISTINCT * WHERE { ?document a st:Document OPTIONAL { ?document dcterms:title ?title }"
    " OPTIONAL { ?document dcterms:issued ?issued } OPTIONAL { ?document dcterms:publisher ?publisher } }"
)


def statements(endpoint: Endpoint, document: str = "") -> list[Statement]:
    """The observations (of one document where its IRI is given), by metric, thing, place, period and fact. A fact that
    several passages state comes once, with the first of them."""
    only = f"{one_of('document', [document])} " if document else ""
    sources: dict[str, dict[str, str]] = {}
    for row in endpoint.select(f"SELECT DISTINCT * WHERE {{ {only}{_WHERE} }}"):
        plain = texts(row)
        before = sources.get(plain["fact"])
        if before is None or int(plain["start"]) < int(before["start"]):
            sources[plain["fact"]] = plain
    described = {r["document"].value: texts(r) for r in endpoint.select(_DOCUMENTS)}
    found: dict[str, Statement] = {}
    optional = " ".join(f"OPTIONAL {{ ?fact {path} ?{name} }}" for name, path in _OPTIONAL.items())
    for row in endpoint.select(f"SELECT DISTINCT * WHERE {{ {_REQUIRED} {optional} }} ORDER BY ?fact"):
        plain = texts(row)
        source = sources.get(plain["fact"], {})
        if source or not document:
            known = plain | described.get(source.get("document", ""), {}) | source
            found.setdefault(plain["fact"], _statement(known))
    return sorted(found.values(), key=lambda s: (s.metric, s.about, s.place, s.period, s.fact))


def _statement(known: dict[str, str]) -> Statement:
    numbers = {name: Decimal(known[name]) if name in known else None for name in ("lower", "upper")}
    rest = {name: known.get(name, "") for name in Statement._fields if name not in {*numbers, "value", "start"}}
    rest["status"] = rest["status"].rpartition("#")[2]
    return Statement(value=Decimal(known["value"]), start=int(known.get("start") or 0), **rest, **numbers)  # type: ignore[arg-type]


def texts(row: dict[str, Term]) -> dict[str, str]:
    """A row's bound variables as plain text."""
    return {name: term.value for name, term in row.items()}


def iris_of(found: Iterable[Statement]) -> set[str]:
    """Everything in the statements that has a label."""
    return {i for s in found for i in (s.metric, s.about, s.place, s.within, s.compared_with, s.said_by)} - {""}
