"""The figures of the source texts: which became facts, which did not, and why.

Of the figures that the readers recognise in a text,

``captured``    are in an observation,
``missed``      state something that no observation holds,
``unasserted``  the text itself does not assert (a condition, a supposition, a rumour, a question): they must not become
                facts,
``plain``       measure nothing (one of an enumeration, a mere duration).

The capture rate is captured / (captured + missed).
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from suantu.lookup import documents
from suantu.stores.base import Endpoint

MISSED, UNASSERTED, PLAIN = "missed", "unasserted", "plain"
_GROUPS = {
    "an enumeration": PLAIN,
    "an ordinal": PLAIN,
    "a duration": PLAIN,
    "a condition": UNASSERTED,
    "denied": UNASSERTED,
    "supposed, rumoured or asked": UNASSERTED,
}


class LooseFigure(NamedTuple):
    """A figure that is in no observation: its group (see above), words, the reason, the sentence and the document."""

    group: str
    words: str
    reason: str
    sentence: str
    document: str


class Capture(NamedTuple):
    """What became of the figures of one document."""

    document: str
    title: str
    captured: int
    missed: int
    unasserted: int
    plain: int

    @property
    def rate(self) -> float:
        """The capture rate from 0 to 1; 1 where there was nothing to capture."""
        whole = self.captured + self.missed
        return self.captured / whole if whole else 1.0


def loose_figures(endpoint: Endpoint) -> list[LooseFigure]:
    """All loose figures, in the order of the texts."""
    query = (
        "SELECT DISTINCT ?d ?l ?words ?reason ?sentence ?start WHERE { ?d st:looseFigure ?l . ?l st:valueText ?words ;"
        " st:reason ?reason OPTIONAL { ?l prov:wasDerivedFrom ?p . ?p oa:exact ?sentence ; oa:start ?start } }"
        " ORDER BY ?d ?start ?l"
    )
    found: dict[str, LooseFigure] = {}
    for row in endpoint.select(query):
        reason, sentence = row["reason"].value, row["sentence"].value if "sentence" in row else ""
        group = _GROUPS.get(reason, MISSED)
        found.setdefault(row["l"].value, LooseFigure(group, row["words"].value, reason, sentence, row["d"].value))
    return list(found.values())


def captures(endpoint: Endpoint, loose: list[LooseFigure]) -> list[Capture]:
    """The figures of each document, counted."""
    query = (
        "SELECT ?d (COUNT(DISTINCT ?o) AS ?n) WHERE"
        " { ?o a st:Observation ; prov:wasDerivedFrom/dcterms:isPartOf ?d } GROUP BY ?d"
    )
    captured = {row["d"].value: int(row["n"].value) for row in endpoint.select(query) if "d" in row}
    groups = Counter((one.document, one.group) for one in loose)
    return [
        Capture(d.iri, d.title, captured.get(d.iri, 0), *(groups[d.iri, g] for g in (MISSED, UNASSERTED, PLAIN)))
        for d in documents(endpoint)
    ]
