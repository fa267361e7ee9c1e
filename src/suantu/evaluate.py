"""Recall against hand-made facts: what of a gold file the graph holds, what it lacks, what it has beyond.

A gold file has one fact a line, fields between ``|``; ``#`` begins a comment::

    E|class|name|other names, ;-separated
    R|subject|property|object|words                    a relation
    O|metric|about|place|period|value|unit|status|bound|words   a figure
    K|ranking|period|rank|item|tier|words              a place in a ranking
    N|subject|property|object|words                    must not be in the graph
    X|value|unit|words                                 must not be a figure

A comment ``# complete`` says that it has all facts of its text, ``# complete: relations, rankings`` all of these kinds:
only then is what the graph holds beyond it wrong, and precision can be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from suantu.border.vocab import ST
from suantu.errors import InputError
from suantu.stores.base import Endpoint

Row = Mapping[str, str]
FIELDS = {"E": 3, "R": 4, "O": 9, "K": 6, "N": 4, "X": 3}  # the least number of fields; the words may hold more
KINDS = ("entities", "relations", "observations", "rankings")
PARTS = ("metric", "about", "place", "period", "status", "bound")
_TOLERANCE = 0.004  # of the larger value: rounding in print
_COMPLETE = re.compile(r"#\s*complete\s*(?::(.*))?$", re.IGNORECASE)
_DROPPED = re.compile(r"[\s《》“”\"'·\-—_]")
# a gold class is met leniently by any class of its group
_GROUPS = (
    frozenset({"Organization", "Vendor", "ResearchInstitution", "GovernmentBody", "Consortium"}),
    frozenset({"Place", "City", "Region", "Country"}),
    frozenset({"Chip", "ChipType"}),
    frozenset({"Product", "Server"}),
    frozenset({"Standard", "Benchmark"}),
    frozenset({"Policy", "Report"}),
)


@dataclass(frozen=True, slots=True)
class Extra:
    """Something the graph holds that the gold does not; ``fact`` is its IRI, ``rules`` those that found it."""

    text: str
    fact: str = ""
    rules: tuple[str, ...] = ()


@dataclass(slots=True)
class Part:
    """The result for one kind of fact. ``counts`` hold ``gold``, what of it was found (``found``, for entities
    ``strict`` and ``lenient``, for figures ``value_unit`` and ``full``), ``predicted`` and ``matched``. ``partly``
    are the matched ones of which some part is wrong; ``complete`` says that the gold has all."""

    counts: dict[str, int]
    misses: list[str] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    matched: set[str] = field(default_factory=set)
    partly: set[str] = field(default_factory=set)
    complete: bool = False

    @property
    def precision(self) -> float | None:
        """Which part of what the graph holds is in the gold; None where the gold does not have all."""
        predicted = self.counts["predicted"]
        return self.counts["matched"] / predicted if self.complete and predicted else None


class RuleScore(NamedTuple):
    """The facts of one rule: in the gold, of these with some part wrong, and beyond the gold. ``precision`` is None
    where the gold does not have all facts of their kind."""

    in_gold: int
    partly: int
    beyond: int
    precision: float | None


class Gold(dict[str, list[list[str]]]):
    """The lines of a gold file by kind (see above); ``complete`` names the kinds of which it has all facts."""

    complete: frozenset[str] = frozenset()


@dataclass(slots=True)
class Score:
    """The results by kind; ``figure_parts`` counts, over the figures found, which parts were right; ``ungrounded``
    counts facts without a passage; ``errors`` are facts that must not be there; ``by_rule`` tells it for every rule."""

    entities: Part
    relations: Part
    observations: Part
    rankings: Part
    figure_parts: dict[str, int]
    ungrounded: int
    errors: list[str]
    by_rule: dict[str, RuleScore]


# ---- reading ---------------------------------------------------------------------------------------------------------


def read_gold(path: Path) -> Gold:
    """The lines of a gold file by kind. InputError names the line that is not one."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    gold = Gold({kind: [] for kind in FIELDS})
    for number, line in enumerate(lines, 1):
        if match := _COMPLETE.match(line):
            gold.complete |= _kinds(match[1] or "", f"{path}:{number}")
        if not line.strip() or line.startswith("#"):
            continue
        kind, *fields = (part.strip() for part in line.split("|"))
        if kind not in FIELDS or len(fields) < FIELDS[kind]:
            raise InputError(f"{path}:{number}: not a gold line: {line[:60]!r}")
        gold[kind].append(fields)
    return gold


def _kinds(text: str, where: str) -> frozenset[str]:
    named = frozenset(text.replace(",", " ").split())
    if unknown := named.difference(KINDS):
        raise InputError(f"{where}: complete in what? {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    return named or frozenset(KINDS)


def normal(name: str) -> str:
    """The form in which names are compared: width, case, spaces, quotes and dashes do not count."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", name).casefold())


def local(iri: str) -> str:
    """The last segment of an IRI."""
    return re.split(r"[#/]", iri)[-1]


class _Names:
    """The names of things in the graph, and the names that the gold lists as one thing's."""

    def __init__(self, endpoint: Endpoint, entities: Iterable[list[str]]) -> None:
        self.of: dict[str, set[str]] = defaultdict(set)
        self.shown: dict[str, str] = {}
        query = "SELECT DISTINCT ?e ?l WHERE { ?e skos:prefLabel|skos:altLabel|rdfs:label ?l }"
        for row in endpoint.select(query):
            iri, label = row["e"].value, row["l"].value
            self.of[iri].add(normal(label))
            self.shown[iri] = min(self.shown.get(iri, label), label, key=lambda s: (len(s), s))
        self.same: dict[str, set[str]] = {}
        for _, name, others, *_ in entities:
            names = {normal(n) for n in (name, *others.split(";")) if n.strip()}
            self.same.update(dict.fromkeys(names, names))

    def wanted(self, name: str) -> set[str]:
        return self.same.get(normal(name), {normal(name)})

    def is_named(self, iri: str, name: str) -> bool:
        return not self.of.get(iri, set()).isdisjoint(self.wanted(name))

    def overlaps(self, iri: str, name: str) -> bool:
        """Whether one of its names holds, or is held by, the name."""
        return any(a in b or b in a for a in self.of.get(iri, ()) for b in self.wanted(name))

    def show(self, iri: str) -> str:
        return self.shown.get(iri, iri or "-")


def _rows(endpoint: Endpoint, query: str) -> list[Row]:
    return [{name: term.value for name, term in row.items()} for row in endpoint.select(query)]


def _rules(endpoint: Endpoint) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    kinds = "VALUES ?k { st:Claim st:Observation st:RankingEntry }"
    for row in _rows(endpoint, f"SELECT DISTINCT ?f ?r WHERE {{ {kinds} ?f a ?k ; st:foundBy ?r }}"):
        found[row["f"]].add(row["r"])
    return {fact: tuple(sorted(rules)) for fact, rules in found.items()}


# ---- scoring ---------------------------------------------------------------------------------------------------------


def evaluate(endpoint: Endpoint, gold: Mapping[str, list[list[str]]]) -> Score:
    """How much of ``gold`` (as ``read_gold`` gives it) the graph holds, and what it holds beyond."""
    names, rules = _Names(endpoint, gold["E"]), _rules(endpoint)
    errors: list[str] = []
    entities = _entities(endpoint, gold["E"], names)
    relations = _relations(endpoint, gold, names, rules, errors)
    observations, parts = _observations(endpoint, gold, names, rules, errors)
    rankings = _rankings(endpoint, gold["K"], names, rules)
    found = dict(zip(KINDS, (entities, relations, observations, rankings), strict=True))
    for kind in getattr(gold, "complete", ()):
        found[kind].complete = True
    return Score(
        entities,
        relations,
        observations,
        rankings,
        parts,
        _ungrounded(endpoint),
        errors,
        _by_rule((relations, observations, rankings), rules),
    )


def _entities(endpoint: Endpoint, gold: list[list[str]], names: _Names) -> Part:
    types: dict[str, set[str]] = defaultdict(set)
    for row in _rows(endpoint, "SELECT DISTINCT ?e ?c WHERE { ?e st:mentionedIn ?p ; a ?c }"):
        if row["c"].startswith(ST):
            types[row["e"]].add(local(row["c"]))
    part = Part({"gold": len(gold), "strict": 0, "lenient": 0, "predicted": len(types)})
    for cls, name, *_ in gold:
        found = [e for e in types if names.is_named(e, name)]
        part.matched.update(found)
        group = next((g for g in _GROUPS if cls in g), frozenset({cls}))
        strict = any(cls in types[e] for e in found)
        part.counts["strict"] += strict
        part.counts["lenient"] += strict or any(types[e] & group for e in found)
        if not strict:
            seen = ", ".join(sorted({t for e in found for t in types[e]}))
            part.misses.append(f"{cls} {name}" + (f"  (found as {seen})" if seen else ""))
    part.counts["matched"] = len(part.matched)
    for e in sorted(types.keys() - part.matched):
        part.extras.append(Extra(f"{'/'.join(sorted(types[e]))} {names.show(e)}", e))
    return part


def _relations(
    endpoint: Endpoint,
    gold: Mapping[str, list[list[str]]],
    names: _Names,
    rules: Mapping[str, tuple[str, ...]],
    errors: list[str],
) -> Part:
    claims: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    query = "SELECT DISTINCT ?c ?s ?p ?o WHERE { ?c a st:Claim ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"
    for row in _rows(endpoint, query):
        claims[row["s"], local(row["p"]), row["o"]].append(row["c"])

    def holding(s: str, p: str, o: str) -> list[tuple[str, str, str]]:
        return [t for t in claims if t[1] == p and names.is_named(t[0], s) and names.is_named(t[2], o)]

    part, matched = Part({"gold": len(gold["R"]), "found": 0, "predicted": len(claims)}), set()
    for s, p, o, *words in gold["R"]:
        found = holding(s, p, o)
        matched.update(found)
        part.counts["found"] += bool(found)
        if not found:
            part.misses.append(f"{s} {p} {o}   «{'|'.join(words)}»")
    part.matched = {claim for triple in matched for claim in claims[triple]}
    part.counts["matched"] = len(matched)
    for s, p, o in sorted(claims.keys() - matched):
        for claim in claims[s, p, o][:1]:
            part.extras.append(Extra(f"{names.show(s)} {p} {names.show(o)}", claim, rules.get(claim, ())))
    wrong = [(s, p, o, "|".join(words)) for s, p, o, *words in gold["N"] if holding(s, p, o)]
    errors += [f"asserted but false: {s} {p} {o}   «{words}»" for s, p, o, words in wrong]
    return part


def _same(a: str, b: str) -> bool:
    x, y = float(a), float(b)
    return abs(x - y) <= _TOLERANCE * max(abs(x), abs(y), 1e-9)


_FIGURES = """SELECT ?o ?metric ?about ?place ?period ?value ?unit ?status ?bound WHERE {
  ?o a st:Observation ; st:value ?value .
  OPTIONAL { ?o st:metric ?metric } OPTIONAL { ?o st:about ?about } OPTIONAL { ?o st:place ?place }
  OPTIONAL { ?o st:period ?period } OPTIONAL { ?o st:unit/skos:notation ?unit }
  OPTIONAL { ?o st:status ?status } OPTIONAL { ?o st:bound ?bound } }"""


def _checks(row: Row, wanted: Mapping[str, str], names: _Names) -> dict[str, bool]:
    """Which parts of a figure are as the gold has them; an empty about, place or period of the gold is always met."""
    return {
        "metric": local(row.get("metric", "")) == wanted["metric"],
        "about": not wanted["about"] or names.overlaps(row.get("about", ""), wanted["about"]),
        "place": not wanted["place"] or names.is_named(row.get("place", ""), wanted["place"]),
        "period": not wanted["period"] or row.get("period", "") == wanted["period"],
        "status": local(row.get("status", "")).lower() == wanted["status"],
        "bound": row.get("bound", "=") == wanted["bound"],
    }


def _observations(
    endpoint: Endpoint,
    gold: Mapping[str, list[list[str]]],
    names: _Names,
    rules: Mapping[str, tuple[str, ...]],
    errors: list[str],
) -> tuple[Part, dict[str, int]]:
    rows = _rows(endpoint, _FIGURES)
    part = Part({"gold": len(gold["O"]), "value_unit": 0, "full": 0, "predicted": len({r["o"] for r in rows})})
    parts = dict.fromkeys(PARTS, 0)
    for metric, about, place, period, value, unit, status, bound, *words in gold["O"]:
        wanted = dict(zip(PARTS, (metric, about, place, period, status, bound), strict=True))
        alike = [r for r in rows if r.get("unit") == unit and _same(r["value"], value)]
        said = f"{metric} {about} {place} {period} {value} {unit}"
        if not alike:
            part.misses.append(f"{said}   «{'|'.join(words)}»")
            continue
        tried = [(row, _checks(row, wanted, names)) for row in alike]
        best, checks = max(tried, key=lambda pair: sum(pair[1].values()) + 2 * pair[1]["about"])
        part.matched.add(best["o"])
        part.counts["value_unit"] += 1
        for name, right in checks.items():
            parts[name] += right
        if all(checks.values()):
            part.counts["full"] += 1
        else:
            part.partly.add(best["o"])
            wrong = ", ".join(f"{k}={_has(best, k, names)}" for k, right in checks.items() if not right)
            part.misses.append(f"partly: {said} {status} {bound}: has {wrong}   «{'|'.join(words)}»")
    part.counts["matched"] = len(part.matched)
    for row in rows:
        if row["o"] not in part.matched:
            text = f"{local(row.get('metric', '-'))} {names.show(row.get('about', ''))} {row.get('period', '-')}"
            shown = f"{text} {row['value']} {row.get('unit', '-')}"
            part.extras.append(Extra(shown, row["o"], rules.get(row["o"], ())))
    for value, unit, *words in gold["X"]:
        if any(row.get("unit") == unit and _same(row["value"], value) for row in rows):
            errors.append(f"observed but false: {value} {unit}   «{'|'.join(words)}»")
    return part, parts


def _has(row: Row, name: str, names: _Names) -> str:
    return names.show(row.get(name, "")) if name in {"about", "place"} else local(row.get(name, "-"))


_ENTRIES = """SELECT DISTINCT ?e ?label ?period ?rank ?item ?tier WHERE {
  ?e a st:RankingEntry ; st:inRanking ?r ; st:rank ?rank ; st:item ?item .
  OPTIONAL { ?r rdfs:label ?label } OPTIONAL { ?r st:period ?period } OPTIONAL { ?e st:tier ?tier } } ORDER BY ?e"""


def _rankings(endpoint: Endpoint, gold: list[list[str]], names: _Names, rules: Mapping[str, tuple[str, ...]]) -> Part:
    entries = _rows(endpoint, _ENTRIES)
    part = Part({"gold": len(gold), "found": 0, "predicted": len({e["e"] for e in entries})})
    for ranking, period, rank, item, tier, *words in gold:
        found = [
            e["e"]
            for e in entries
            if float(e["rank"]) == float(rank)
            and names.is_named(e["item"], item)
            and period in ("", e.get("period"))
            and tier in ("", e.get("tier"))
        ]
        part.matched.update(found)
        part.counts["found"] += bool(found)
        if not found:
            part.misses.append(f"{ranking} {period} #{rank} {item}   «{'|'.join(words)}»")
    part.counts["matched"] = len(part.matched)
    for e in entries:
        if e["e"] not in part.matched:
            text = f"{e.get('label', '-')} {e.get('period', '-')} #{e['rank']} {names.show(e['item'])}"
            part.extras.append(Extra(text, e["e"], rules.get(e["e"], ())))
    return part


def _ungrounded(endpoint: Endpoint) -> int:
    query = """SELECT (COUNT(DISTINCT ?f) AS ?n) WHERE {
      VALUES ?k { st:Claim st:Observation st:RankingEntry } ?f a ?k
      OPTIONAL { ?f prov:wasDerivedFrom/oa:exact ?q } FILTER(!BOUND(?q)) }"""
    return int(_rows(endpoint, query)[0]["n"])


def _by_rule(parts: Iterable[Part], rules: Mapping[str, tuple[str, ...]]) -> dict[str, RuleScore]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    incomplete: set[str] = set()
    for part in parts:
        for name, facts in (
            ("in_gold", part.matched),
            ("partly", part.partly),
            ("beyond", {extra.fact for extra in part.extras}),
        ):
            for rule in (rule for fact in facts for rule in rules.get(fact, ())):
                counts[rule][name] += 1
                if not part.complete:
                    incomplete.add(rule)
    return {rule: _rule_score(counts[rule], rule not in incomplete) for rule in sorted(counts)}


def _rule_score(n: Counter[str], complete: bool) -> RuleScore:
    precision = n["in_gold"] / (n["in_gold"] + n["beyond"]) if complete else None
    return RuleScore(n["in_gold"], n["partly"], n["beyond"], precision)
