"""The exported graph as records: nodes and edges with labels in both languages, typed values and source quotes.

Every writer takes a ``Graph`` and nothing else; no writer asks the endpoint. Facts are folded: a claim into the edge
it states, an observation into its subject's figures and, where it ties the subject to another thing, an edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh", "en")
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that a fact rests on, those around them, and where they stand."""

    before: str
    words: str
    after: str
    document: str
    page: str
    section: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact with all that it says. ``kind`` is ``relation``, ``lexicon``, ``figure`` or ``rank``; ``predicate`` the
    IRI of the relation or metric, ``names`` its labels by language. ``value`` is a decimal number as text in ``unit``;
    ``words`` are those of the source. Empty is what is not known."""

    id: str
    kind: str
    predicate: str
    names: Names
    year: str = ""
    period: str = ""
    value: str = ""
    unit: str = ""
    bound: str = ""
    status: str = ""
    status_names: Names | None = None
    place: Names | None = None
    said_by: Names | None = None
    words: str = ""
    rank: str = ""
    confidence: str = ""
    quotes: tuple[Quote, ...] = ()

    @property
    def forecast(self) -> bool:
        """Whether the fact is said of the future."""
        return self.status == "Forecast"

    @property
    def quote(self) -> Quote:
        """The first quote, an empty one where there is none."""
        return self.quotes[0] if self.quotes else Quote("", "", "", "", "", "")

    def amount(self) -> str:
        """The value as the source words it, else as number and unit; a rank as ``#1``."""
        if self.rank:
            return f"#{self.rank}"
        bound = "" if self.bound in ("", "=") or self.words else self.bound
        return self.words or f"{bound}{self.value} {self.unit}".strip()

    def text(self, language: str) -> str:
        """The fact in short, without its subject: property, period, value, and the status where it is not a fact yet."""
        parts = [best(self.names, language), self.period, self.amount()]
        if self.status and self.status != "Actual":
            parts.append(f"({best(self.status_names or {}, language) or self.status})")
        return " ".join(p for p in parts if p)


@dataclass(frozen=True, slots=True)
class Node:
    """A thing, a ranking, or (in a full export) a fact, passage or document. ``classes`` are local names, the first
    of which gives the colour; ``figures`` are all that the selection holds about it."""

    id: str
    names: Names
    classes: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    figures: tuple[Fact, ...] = ()
    fact: Fact | None = None
    seed: bool = False

    @property
    def cls(self) -> str:
        """The class that the node is shown as."""
        return self.classes[0] if self.classes else ""

    def label(self, language: str) -> str:
        """The label in ``language``, else in the other."""
        return best(self.names, language)


@dataclass(frozen=True, slots=True)
class Edge:
    """A fact between two nodes, by their ids."""

    source: str
    target: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Graph:
    """What a writer writes. ``class_names`` are the labels of the classes by local name."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    language: str
    class_names: Mapping[str, Names]
    left_out: int = 0
    facts_left_out: int = 0

    def class_label(self, name: str) -> str:
        """The label of a class in the graph's language."""
        return best(self.class_names.get(name, {}), self.language) or name


def best(names: Names, language: str) -> str:
    """The name in ``language``, else in the other one."""
    return names.get(language) or next((names[x] for x in LANGUAGES if names.get(x)), "")
