"""What people call things: from a label, alias, CURIE or IRI to the thing, and back to the best label."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from suantu.border.vocab import ST, STM
from suantu.errors import UsageError
from suantu.query import full, one_of, readable, values
from suantu.stores.base import Endpoint, Term, iri

if TYPE_CHECKING:
    from suantu.search import Index

    Known = Callable[[], Index]

_NAMING = "VALUES ?p { skos:prefLabel skos:altLabel rdfs:label dcterms:title skos:notation }"
_OTHER_LABELS = ("rdfs:label", "dcterms:title", "skos:notation", "skos:altLabel")
_MANY = 400


class Candidate(NamedTuple):
    """A thing that a name may mean: its IRI, label and most specific class (local names, ``/`` between several)."""

    iri: str
    label: str
    cls: str


class AmbiguousNameError(UsageError):
    """A name that several things have; ``candidates`` lists them."""

    def __init__(self, name: str, candidates: list[Candidate]) -> None:
        self.name, self.candidates = name, candidates
        shown = "; ".join(f"{c.cls}:{c.label} = {readable(c.iri)}" for c in candidates[:8])
        super().__init__(f"{name!r} may be {shown}: give the class or the identifier")


# ---- labels and classes ----------------------------------------------------------------------------------------------


def labels(endpoint: Endpoint, iris: Iterable[str], language: str = "zh") -> dict[str, str]:
    """The best label of each IRI in ``language``, else in any; an IRI without one gets its readable form."""
    wanted = sorted(set(iris))
    best = _best(endpoint, wanted, "{ ?x skos:prefLabel ?l }", language)
    # Only what has no preferred label is asked for others: two VALUES blocks over all would take ten times as long.
    left = [x for x in wanted if x not in best]
    best |= _best(endpoint, left, " UNION ".join(f"{{ ?x {p} ?l }}" for p in _OTHER_LABELS), language)
    return {x: best.get(x) or readable(x) for x in wanted}


def _best(endpoint: Endpoint, iris: list[str], pattern: str, language: str) -> dict[str, str]:
    best: dict[str, tuple[int, str]] = {}
    for start in range(0, len(iris), _MANY):
        block = one_of("x", iris[start : start + _MANY])
        for row in endpoint.select(f"SELECT DISTINCT ?x ?l WHERE {{ {block} {pattern} }}"):
            label = row["l"]
            order = 0 if label.language == language else 1 if label.language in {"", "zh"} else 2
            best[row["x"].value] = min(best.get(row["x"].value, (order, label.value)), (order, label.value))
    return {x: label for x, (_, label) in best.items()}


def parents(endpoint: Endpoint) -> dict[str, set[str]]:
    """The superclasses of each class of the vocabulary, at any depth, by IRI."""
    direct: dict[str, set[str]] = {}
    for row in endpoint.select("SELECT DISTINCT ?c ?s WHERE { ?c rdfs:subClassOf ?s FILTER(isIRI(?c) && isIRI(?s)) }"):
        direct.setdefault(row["c"].value, set()).add(row["s"].value)
    above: dict[str, set[str]] = {}
    for cls in direct:  # not a path (+): Virtuoso follows one only from a given start
        todo, found = [cls], set[str]()
        while todo:
            new = direct.get(todo.pop(), set()) - found
            found |= new
            todo += new
        above[cls] = found
    return above


def specific(classes: Iterable[str], above: Mapping[str, set[str]]) -> list[str]:
    """Those of ``classes`` (IRIs) of the vocabulary that are not superclasses of another of them."""
    own = {c for c in classes if c.startswith(ST)}
    return sorted(own - {s for c in own for s in above.get(c, ())})


def classes_of(endpoint: Endpoint, iris: Iterable[str]) -> dict[str, list[str]]:
    """The most specific classes of the vocabulary, by IRI."""
    wanted, above = sorted(set(iris)), parents(endpoint)
    found: dict[str, set[str]] = {}
    for start in range(0, len(wanted), _MANY):
        block = one_of("x", wanted[start : start + _MANY])
        for row in endpoint.select(f"SELECT DISTINCT ?x ?c WHERE {{ {block} ?x a ?c }}"):
            found.setdefault(row["x"].value, set()).add(row["c"].value)
    return {x: specific(found.get(x, ()), above) for x in wanted}


def short(classes: Iterable[str]) -> str:
    return "/".join(c.removeprefix(ST) for c in classes)


# ---- one thing -------------------------------------------------------------------------------------------------------


def resolve(endpoint: Endpoint, name: str, language: str = "zh", known: Known | None = None) -> str:
    """The IRI of the thing that ``name`` means: an IRI, a CURIE, ``Class:label``, or any label in any case.

    A preferred label outweighs another name, and a thing outweighs a metric or unit. UsageError for a name that
    nothing has, with the nearest ones; AmbiguousNameError where several things are left. ``known`` gives the names of
    all things where they are at hand, which saves going through every label for one in another case.
    """
    name = name.strip()
    direct = full(name)
    if direct and _exists(endpoint, direct):
        return direct
    cls, colon, label = name.partition(":")
    if colon and label and cls.isascii() and cls.isalpha() and endpoint.ask(f"ASK {{ {iri(ST + cls).sparql()} a ?t }}"):
        found = candidates(endpoint, label, language, ST + cls, known)
    else:
        found = candidates(endpoint, name, language, known=known)
    if not found:
        raise UsageError(f"unknown thing {name!r}{_did_you_mean(endpoint, name, known)}")
    if len(found) > 1:
        raise AmbiguousNameError(name, found)
    return found[0].iri


def _exists(endpoint: Endpoint, value: str) -> bool:
    term = iri(value).sparql()
    return endpoint.ask(f"ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?p {term} }} }}")


def candidates(
    endpoint: Endpoint, name: str, language: str = "zh", cls: str = "", known: Known | None = None
) -> list[Candidate]:
    """The things that have this name, those that have it first and foremost where there are such."""
    own = f"?thing a {iri(cls).sparql()} ." if cls else ""
    tagged = [Term("literal", name, tag) for tag in ("", "zh", "en")]
    rows = list(
        endpoint.select(f"SELECT DISTINCT ?thing ?p WHERE {{ {values('l', tagged)} {_NAMING} ?thing ?p ?l . {own} }}")
    )
    rows = rows or _in_another_case(endpoint, name, own, known)
    preferred = {r["thing"].value for r in rows if not r["p"].value.endswith("altLabel")}
    found = preferred or {r["thing"].value for r in rows}
    if len(found) > 1:
        found = _things_first(endpoint, found)
    shown, classes = labels(endpoint, found, language), classes_of(endpoint, found) if len(found) > 1 else {}
    return [Candidate(x, shown[x], short(classes.get(x, ()))) for x in sorted(found)]


def _in_another_case(endpoint: Endpoint, name: str, own: str, known: Known | None) -> list[dict[str, Term]]:
    """What has the name in other letters: things by the index of all names where there is one, else anything."""
    low = fold(name)
    things = {n.iri for n in known().holding(f"{low}\t") if n.folded == low} if known and low else set()
    among = one_of("thing", sorted(things)) if things else ""
    query = f"SELECT DISTINCT ?thing ?p ?l WHERE {{ {among} {_NAMING} ?thing ?p ?l . {own}"
    if things:
        return [row for row in endpoint.select(f"{query} }}") if fold(row["l"].value) == low]
    return list(endpoint.select(f"{query} FILTER(LCASE(STR(?l)) = {Term('literal', low).sparql()}) }}"))


def _things_first(endpoint: Endpoint, found: set[str]) -> set[str]:
    entities = {
        r["x"].value for r in endpoint.select(f"SELECT DISTINCT ?x WHERE {{ {one_of('x', found)} ?x a st:Entity }}")
    }
    return entities or found


def resolve_class(endpoint: Endpoint, name: str) -> str:
    """The IRI of a class of the vocabulary, by local name, CURIE or label in any case."""
    low = fold(name.removeprefix("st:"))
    known: dict[str, str] = {}
    for row in endpoint.select(
        "SELECT DISTINCT ?c ?l WHERE { ?c a owl:Class . OPTIONAL { ?c rdfs:label ?l } FILTER(isIRI(?c)) }"
    ):
        local = row["c"].value
        if not local.startswith(ST):
            continue
        known[fold(local.removeprefix(ST))] = local
        if "l" in row:
            known.setdefault(fold(row["l"].value), local)
    if low in known:
        return known[low]
    from difflib import get_close_matches

    near = get_close_matches(low, known, 1)
    names = sorted(c.removeprefix(ST) for c in set(known.values()))
    hint = f"did you mean {known[near[0]].removeprefix(ST)!r}?" if near else f"there are {', '.join(names) or 'none'}"
    raise UsageError(f"unknown class {name!r}: {hint}")


def resolve_metric(endpoint: Endpoint, name: str) -> str:
    """The IRI of a metric by local name, CURIE or label in any case; UsageError lists the metrics there are."""
    query = (
        "SELECT DISTINCT ?m ?l WHERE { ?m a st:Metric . OPTIONAL { ?m skos:prefLabel|skos:altLabel ?l } } ORDER BY ?m"
    )
    known: dict[str, str] = {}
    for row in endpoint.select(query):
        metric = row["m"].value
        known[fold(metric.removeprefix(STM))] = known[fold(readable(metric))] = known[fold(metric)] = metric
        if "l" in row:
            known.setdefault(fold(row["l"].value), metric)
    if fold(name) in known:
        return known[fold(name)]
    there = ", ".join(sorted({m.removeprefix(STM) for m in known.values()}))
    raise UsageError(f"unknown metric {name!r}: there are {there or 'none'}")


def fold(text: str) -> str:
    """The form in which names are compared: NFKC, case-folded, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _did_you_mean(endpoint: Endpoint, name: str, known: Known | None) -> str:
    from suantu.search import index, search

    names = known() if known else index(endpoint, pinyin=False)
    near = list(dict.fromkeys(hit.name for hit in search(names, name)))[:3]
    return f": did you mean {', '.join(near)}?" if near else ""
