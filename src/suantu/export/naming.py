"""What users call relations and metrics, as IRIs."""

from __future__ import annotations

from suantu.border.vocab import ST, STM
from suantu.errors import UsageError
from suantu.names import fold
from suantu.query import full, readable
from suantu.stores.base import Endpoint


def resolve_property(endpoint: Endpoint, name: str) -> tuple[str, bool]:
    """The IRI of a relation or metric by local name, CURIE or label in any case, and whether it is a metric.
    UsageError with the nearest names where there is none."""
    known: dict[str, tuple[str, bool]] = {}
    for cls, metric in (("owl:ObjectProperty", False), ("st:Metric", True)):
        query = f"SELECT DISTINCT ?p ?l WHERE {{ ?p a {cls} OPTIONAL {{ ?p rdfs:label|skos:prefLabel|skos:altLabel ?l }} }} ORDER BY ?p"
        for row in endpoint.select(query):
            iri = row["p"].value
            for text in (
                iri,
                readable(iri),
                iri.removeprefix(ST).removeprefix(STM),
                row["l"].value if "l" in row else "",
            ):
                if text:
                    known.setdefault(fold(text), (iri, metric))
    for text in (name, full(name)):
        if fold(text) in known:
            return known[fold(text)]
    from difflib import get_close_matches

    near = get_close_matches(fold(name), known, 3)
    locals_ = sorted({iri.removeprefix(ST) for iri, _ in known.values() if iri.startswith(ST)})
    hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(locals_)}"
    raise UsageError(f"unknown property {name!r}: {hint}")
