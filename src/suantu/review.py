"""What was discovered, to accept into a lexicon of the user's own or to reject; the next build reads both.

The folder holds ``accepted.ttl`` (SKOS, as the ontology's lexicon) and ``rejected.txt`` (one name a line).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from suantu.border.vocab import SKOS, ST
from suantu.errors import OntologyError, UsageError
from suantu.identity import discovered, group_of, normalise
from suantu.lookup import Source
from suantu.names import classes_of, parents
from suantu.ontology import REJECTED, listed
from suantu.query import full, one_of
from suantu.stores.base import Endpoint

ACCEPTED = "accepted.ttl"
_HEAD = f"""# Names accepted with `suantu review`; edit it freely. The next `suantu build` reads it.
@prefix st: <{ST}> .
@prefix skos: <{SKOS}> .
"""
_REJECTED_HEAD = (
    "# Names that are none, one a line; from `suantu review`. The next `suantu build` does not discover them.\n"
)
_QUOTES, _MANY = 3, 400


@dataclass(frozen=True, slots=True)
class Found:
    """A discovered thing. ``cls`` is its class (local name), ``labels`` its names as (kind, language, text),
    ``confidence`` how sure the surest document is, ``rule`` how that found it."""

    iri: str
    name: str
    cls: str
    labels: tuple[tuple[str, str, str], ...]
    confidence: Decimal
    rule: str
    passages: int
    documents: int


# ---- what there is ---------------------------------------------------------------------------------------------------


def found(endpoint: Endpoint, folder: Path) -> list[Found]:
    """The discovered things that are not decided yet, those named most often first. What a figure is about without
    being a name (class Subject) is none of them."""
    rows = endpoint.select(
        "SELECT DISTINCT ?x ?f ?k ?p ?d { ?x st:foundBy ?f ; st:confidence ?k ; st:mentionedIn ?p . ?p dcterms:isPartOf ?d }"
    )
    rules: dict[str, tuple[Decimal, str]] = {}
    passages: dict[str, set[str]] = {}
    documents: dict[str, set[str]] = {}
    for row in rows:
        x = row["x"].value
        rules[x] = max(rules.get(x, (Decimal(0), "")), (Decimal(row["k"].value), row["f"].value))
        passages.setdefault(x, set()).add(row["p"].value)
        documents.setdefault(x, set()).add(row["d"].value)
    classes, labels = classes_of(endpoint, rules), _labels(endpoint, rules)
    done = decided(folder)
    every = [
        Found(
            x,
            _main(labels[x]),
            classes[x][0].removeprefix(ST),
            labels[x],
            *rules[x],
            len(passages[x]),
            len(documents[x]),
        )
        for x in rules
        if classes[x] and labels.get(x)
    ]
    open_ = [f for f in every if f.cls != "Subject" and f.iri not in done and normalise(f.name) not in done]
    return sorted(open_, key=lambda f: (-f.passages, -f.documents, -f.confidence, f.name, f.iri))


def _labels(endpoint: Endpoint, iris: Iterable[str]) -> dict[str, tuple[tuple[str, str, str], ...]]:
    wanted, out = sorted(iris), dict[str, set[tuple[str, str, str]]]()
    for start in range(0, len(wanted), _MANY):
        block = one_of("x", wanted[start : start + _MANY])
        query = f"SELECT DISTINCT ?x ?p ?l {{ {block} VALUES ?p {{ skos:prefLabel skos:altLabel }} ?x ?p ?l }}"
        for row in endpoint.select(query):
            label = (row["p"].value.removeprefix(SKOS), row["l"].language or "zh", row["l"].value)
            out.setdefault(row["x"].value, set()).add(label)
    return {x: _ordered(labels) for x, labels in out.items()}


def _ordered(labels: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    """One preferred label a language, as SKOS wants it; documents may have given several."""
    preferred: dict[str, tuple[str, str, str]] = {}
    for label in sorted(labels):
        if label[0] == "prefLabel":
            preferred.setdefault(label[1], label)
    texts = {(language, text) for _, language, text in labels} - {each[1:] for each in preferred.values()}
    return (*preferred.values(), *(("altLabel", *each) for each in sorted(texts)))


def _main(labels: Sequence[tuple[str, str, str]]) -> str:
    return labels[0][2]


def quotes(endpoint: Endpoint, things: Sequence[Found], most: int = _QUOTES) -> dict[str, list[Source]]:
    """The first passages that name each thing, with some words around."""
    out: dict[str, list[Source]] = {}
    for start in range(0, len(things), _MANY):
        block = one_of("x", (f.iri for f in things[start : start + _MANY]))
        query = (
            f"SELECT DISTINCT * {{ {block} ?x st:mentionedIn ?p . ?p dcterms:isPartOf ?d ; oa:start ?start ;"
            " oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix OPTIONAL { ?d dcterms:title ?title }"
            " OPTIONAL { ?p st:page ?page } OPTIONAL { ?p st:section ?section } } ORDER BY ?x ?d ?start"
        )
        for row in endpoint.select(query):
            mine = out.setdefault(row["x"].value, [])
            if len(mine) < most:
                text = {name: row[name].value if name in row else "" for name in ("title", "page", "section")}
                before, after = row["prefix"].value.rpartition("\n")[2], row["suffix"].value.partition("\n")[0]
                words = f"{before}⟦{row['exact'].value}⟧{after}"
                mine.append(Source(row["d"].value, text["title"], text["page"], text["section"], words))
    return out


# ---- deciding --------------------------------------------------------------------------------------------------------


def decided(folder: Path) -> set[str]:
    """The IRIs of accepted things, and the normalised names of accepted and rejected ones."""
    out = {normalise(name) for name in listed(folder / REJECTED)} if (folder / REJECTED).is_file() else set()
    for path in sorted(folder.glob("*.ttl")):
        try:
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                if quad.predicate.value == SKOS + "prefLabel" and isinstance(quad.object, ox.Literal):
                    out |= {getattr(quad.subject, "value", ""), normalise(quad.object.value)}
        except SyntaxError as error:
            raise OntologyError(f"{path}: not valid Turtle: {error}") from error
    return out


def accept(folder: Path, things: Iterable[Found]) -> None:
    """Write the things, under their classes, into the folder's lexicon."""
    blocks = [_block(thing) for thing in things]
    _append(folder / ACCEPTED, _HEAD, "".join(f"\n{block}" for block in blocks))


def reject(folder: Path, things: Iterable[Found]) -> None:
    """Note the names as none."""
    _append(folder / REJECTED, _REJECTED_HEAD, "".join(f"{thing.name}\n" for thing in things))


def _append(path: Path, head: str, text: str) -> None:
    if not text:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        with path.open("a", encoding="utf8", newline="\n") as out:
            out.write(head + text if new else text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def _block(thing: Found) -> str:
    lines = [f"{ox.NamedNode(thing.iri)} a st:{thing.cls}"]
    lines += [f"    skos:{kind} {ox.Literal(text, language=language)}" for kind, language, text in thing.labels]
    return " ;\n".join(lines) + " .\n"


def with_class(endpoint: Endpoint, thing: Found, cls: str) -> Found:
    """The thing under another class (IRI); it keeps its IRI within a kind, as a Vendor that was an Organization does.
    UsageError where things cannot be of that class."""
    up = parents(endpoint)
    nearest = {c: sorted(s, key=lambda each: (-len(up.get(each, ())), each)) for c, s in up.items()}
    above = {c.removeprefix(ST): tuple(s.removeprefix(ST) for s in each) for c, each in nearest.items()}
    name = cls.removeprefix(ST)
    if "Entity" not in above.get(name, ()):
        raise UsageError(f"{name}: not a class of things; choose one such as Organization, Product, Technology")
    if group_of(name, above) == group_of(thing.cls, above):
        return replace(thing, cls=name)
    return replace(thing, cls=name, iri=discovered(thing.name, name, above, "", Decimal(1)).iri)


def chosen(things: Sequence[Found], name: str) -> Found:
    """The discovered thing of this IRI, CURIE or name. UsageError where there is none, or several."""
    iri, key = full(name), normalise(name)
    fits = [f for f in things if f.iri == iri] or [f for f in things if normalise(f.name) == key]
    if not fits:
        fits = [f for f in things if any(normalise(text) == key for _, _, text in f.labels)]
    if len(fits) > 1:
        raise UsageError(f"{name!r} may be {' or '.join(f'{f.cls} <{f.iri}>' for f in fits)}: give the IRI")
    if fits:
        return fits[0]
    from difflib import get_close_matches

    near = get_close_matches(name, [f.name for f in things], 3, 0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "`suantu review` lists what was discovered"
    raise UsageError(f"{name!r} was not discovered, or is decided already: {hint}")
