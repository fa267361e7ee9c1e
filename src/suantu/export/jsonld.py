"""JSON-LD with a compact context: short terms, one name a language, numbers and IRIs typed by the context."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from suantu.border.vocab import PREFIXES, RDF, XSD, shorten
from suantu.export.rdf import Quad
from suantu.stores.base import Term

_TYPE = RDF + "type"
_STRINGS = {"", XSD + "string"}
Value = str | dict[str, str]


def write(quads: Iterable[Quad]) -> bytes:
    """The triples as JSON-LD 1.1, UTF-8, whatever graph they stand in."""
    triples = sorted({q._replace(graph="") for q in quads})
    objects: dict[str, list[Term]] = defaultdict(list)
    for quad in triples:
        if quad.predicate != _TYPE:
            objects[quad.predicate].append(quad.object)
    terms = _terms(objects)
    context: dict[str, object] = {"@version": 1.1, **_prefixes(triples)}
    shapes = {p: _shape(found) for p, found in objects.items()}
    for predicate, term in sorted(terms.items(), key=lambda item: item[1]):
        context[term] = {"@id": shorten(predicate), **shapes[predicate]}
    whole = {"@context": context, "@graph": _subjects(triples, terms, shapes)}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _terms(predicates: Iterable[str]) -> dict[str, str]:
    """A short term for each property: its local name, the prefixed name where two share one."""
    found: dict[str, str] = {}
    for predicate in sorted(predicates):
        name = re.split(r"[/#]", predicate)[-1]
        found[predicate] = shorten(predicate) if not name or name in found.values() or name in PREFIXES else name
    return found


def _prefixes(triples: Iterable[Quad]) -> dict[str, str]:
    used: set[str] = {"xsd"}
    for quad in triples:
        iris = [quad.predicate, quad.subject.value, quad.object.datatype or quad.object.value]
        used |= {shorten(x).partition(":")[0] for x in iris}
    return {name: base for name, base in PREFIXES.items() if name in used}


def _shape(found: list[Term]) -> dict[str, str]:
    """What the context says of a property's values, where they are all of one kind."""
    if all(t.kind != "literal" for t in found):
        return {"@type": "@id"}
    if all(t.kind == "literal" and t.language for t in found):
        return {"@container": "@language"}
    datatypes = {t.datatype for t in found}
    plain = all(t.kind == "literal" and not t.language for t in found)
    if plain and len(datatypes) == 1 and not datatypes & _STRINGS:
        return {"@type": shorten(datatypes.pop())}
    return {}


def _subjects(
    triples: Iterable[Quad], terms: dict[str, str], shapes: dict[str, dict[str, str]]
) -> list[dict[str, object]]:
    rows: dict[str, dict[str, list[Term]]] = {}
    for quad in triples:
        row = rows.setdefault(_id(quad.subject), {})
        row.setdefault(quad.predicate, []).append(quad.object)
    found = []
    for subject, row in rows.items():
        record: dict[str, object] = {"@id": subject}
        if _TYPE in row:
            record["@type"] = _one([_id(t) for t in row.pop(_TYPE)])
        for predicate, objects in row.items():
            record[terms[predicate]] = _values(objects, shapes[predicate])
        found.append(record)
    return found


def _values(objects: list[Term], shape: dict[str, str]) -> object:
    if "@container" in shape:
        by_language: dict[str, list[str]] = {}
        for term in objects:
            by_language.setdefault(term.language, []).append(term.value)
        return {language: _one(texts) for language, texts in by_language.items()}
    return _one([_value(term, shape) for term in objects])


def _value(term: Term, shape: dict[str, str]) -> Value:
    if term.kind != "literal":
        return _id(term) if shape else {"@id": _id(term)}
    if shape or (term.datatype in _STRINGS and not term.language):
        return term.value
    mark = {"@language": term.language} if term.language else {"@type": shorten(term.datatype)}
    return {"@value": term.value, **mark}


def _id(term: Term) -> str:
    return f"_:{term.value}" if term.kind == "blank" else shorten(term.value)


def _one(values: list[str] | list[Value]) -> object:
    return values[0] if len(values) == 1 else values
