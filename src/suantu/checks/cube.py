"""The integrity constraints of the RDF Data Cube recommendation over the observations.

The recommendation states them as ASK queries that are true where a constraint is broken. Here each is a SELECT of the
nodes that break it (a row is what makes the ASK true), and ``FILTER NOT EXISTS``, which would be evaluated for every
pair of observations, is ``MINUS`` or an aggregate: time is linear in the number of observations. Constraints that speak
of the components of a structure are asked once for each component, which the structures name.

Left out are IC-15 to IC-17, for structures with a measure dimension, and IC-20 and IC-21, for hierarchical code lists:
the cube declares neither.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from suantu.checks.finding import ERROR, Finding, Part, quoted
from suantu.stores.base import Endpoint, iri

NAME = "cube"
_SHOWN = 20  # nodes named of each constraint that is broken

# The whole graph, by the numbers of the recommendation.
_FIXED: tuple[tuple[str, str, str], ...] = (
    (
        "IC-1",
        "an observation needs exactly one data set",
        """SELECT ?x WHERE { { ?x a qb:Observation MINUS { ?x qb:dataSet ?d } }
           UNION { SELECT ?x WHERE { ?x a qb:Observation ; qb:dataSet ?d } GROUP BY ?x HAVING(COUNT(DISTINCT ?d) > 1) } }""",
    ),
    (
        "IC-2",
        "a data set needs exactly one structure",
        """SELECT ?x WHERE { { ?x a qb:DataSet MINUS { ?x qb:structure ?d } }
           UNION { SELECT ?x WHERE { ?x a qb:DataSet ; qb:structure ?d } GROUP BY ?x HAVING(COUNT(DISTINCT ?d) > 1) } }""",
    ),
    (
        "IC-3",
        "a structure needs a measure",
        """SELECT ?x WHERE { ?x a qb:DataStructureDefinition
           MINUS { ?x qb:component/(qb:measure|qb:componentProperty) ?m . ?m a qb:MeasureProperty } }""",
    ),
    (
        "IC-4",
        "a dimension needs a range",
        "SELECT ?x WHERE { ?x a qb:DimensionProperty MINUS { ?x rdfs:range ?r } }",
    ),
    (
        "IC-5",
        "a dimension of concepts needs a code list",
        "SELECT ?x WHERE { ?x a qb:DimensionProperty ; rdfs:range skos:Concept MINUS { ?x qb:codeList ?l } }",
    ),
    (
        "IC-6",
        "only attributes may be optional",
        """SELECT ?x WHERE { ?d qb:component ?c . ?c qb:componentRequired false ; qb:componentProperty|qb:dimension|qb:measure ?x
           MINUS { ?x a qb:AttributeProperty } }""",
    ),
    (
        "IC-7",
        "a slice key belongs to a structure",
        "SELECT ?x WHERE { ?x a qb:SliceKey MINUS { ?d a qb:DataStructureDefinition ; qb:sliceKey ?x } }",
    ),
    (
        "IC-8",
        "a slice key has dimensions of its structure only",
        """SELECT ?x WHERE { ?x a qb:SliceKey ; qb:componentProperty ?p . ?d qb:sliceKey ?x
           MINUS { ?d qb:component/(qb:componentProperty|qb:dimension) ?p } }""",
    ),
    (
        "IC-9",
        "a slice needs exactly one key",
        """SELECT ?x WHERE { { ?x a qb:Slice MINUS { ?x qb:sliceStructure ?k } }
           UNION { SELECT ?x WHERE { ?x a qb:Slice ; qb:sliceStructure ?k } GROUP BY ?x HAVING(COUNT(DISTINCT ?k) > 1) } }""",
    ),
    (
        "IC-10",
        "a slice gives every dimension of its key",
        """SELECT ?x WHERE { ?x qb:sliceStructure/qb:componentProperty ?p MINUS { ?x ?p ?v } }""",
    ),
    (
        "IC-18",
        "the observations of a data set's slices belong to the data set",
        "SELECT ?x WHERE { ?d qb:slice/qb:observation ?x MINUS { ?x qb:dataSet ?d } }",
    ),
    (
        "IC-19",
        "a coded value is in its dimension's code list",
        """SELECT ?x WHERE { ?p a qb:DimensionProperty ; qb:codeList ?l . ?x a qb:Observation ; ?p ?v
           MINUS { ?v skos:inScheme ?l } MINUS { ?l skos:member ?v } }""",
    ),
)
_STRUCTURES = """SELECT DISTINCT ?set ?p ?role ?required WHERE { ?set a qb:DataSet ; qb:structure/qb:component ?c .
    { ?c qb:dimension ?p BIND("dimension" AS ?role) } UNION { ?c qb:measure ?p BIND("measure" AS ?role) }
    UNION { ?c qb:attribute ?p BIND("attribute" AS ?role) }
    UNION { ?c qb:componentProperty ?p . VALUES (?t ?role) { (qb:DimensionProperty "dimension")
      (qb:MeasureProperty "measure") (qb:AttributeProperty "attribute") } ?p a ?t }
    OPTIONAL { ?c qb:componentRequired ?required } } ORDER BY ?set ?p"""


class _Set(NamedTuple):
    """A data set and the properties of its structure."""

    iri: str
    dimensions: list[str]
    measures: list[str]
    required: list[str]


def check_cube(endpoint: Endpoint) -> Part:
    """Every constraint; each node that breaks one is an error (at most twenty of a constraint are named)."""
    found: list[Finding] = []
    tried: set[str] = set()
    for number, message, query in (*_FIXED, *_by_component(endpoint)):
        tried.add(number)
        rows = endpoint.select(f"{query} LIMIT {_SHOWN}")
        found += [Finding(NAME, ERROR, row["x"].value, f"{number}: {message}") for row in rows if "x" in row]
    return Part(NAME, "constraints", len(tried), quoted(endpoint, found))


def _by_component(endpoint: Endpoint) -> list[tuple[str, str, str]]:
    """IC-11 to IC-14, for the components that the structures have."""
    queries: list[tuple[str, str, str]] = []
    for one in _sets(endpoint):
        inside = f"?x a qb:Observation ; qb:dataSet {iri(one.iri).sparql()}"
        for number, what, names in (("IC-11", "dimension", one.dimensions), ("IC-13", "attribute", one.required)):
            queries += [(number, f"the {what} {_short(p)} is missing", _lacking(inside, p)) for p in names]
        queries.append(("IC-12", "another observation has the same dimension values", _same(inside, one.dimensions)))
        queries += [("IC-14", f"the measure {_short(p)} is missing", _lacking(inside, p)) for p in one.measures]
    return queries


def _sets(endpoint: Endpoint) -> list[_Set]:
    by_set: dict[str, _Set] = defaultdict(lambda: _Set("", [], [], []))
    for row in endpoint.select(_STRUCTURES):
        name, role, prop = row["set"].value, row["role"].value, row["p"].value
        one = by_set[name] = by_set[name]._replace(iri=name)
        if role == "attribute":
            if "required" in row and row["required"].value in {"true", "1"}:
                one.required.append(prop)
        else:
            (one.dimensions if role == "dimension" else one.measures).append(prop)
    return list(by_set.values())


def _lacking(inside: str, prop: str) -> str:
    return f"SELECT ?x WHERE {{ {inside} MINUS {{ ?x {iri(prop).sparql()} ?v }} }}"


def _same(inside: str, dimensions: list[str]) -> str:
    """Of each group of observations with the same dimension values, one."""
    names = [f"?d{n}" for n in range(len(dimensions))]
    values = " ".join(f"; {iri(p).sparql()} {name}" for p, name in zip(dimensions, names, strict=True))
    return (
        f"SELECT ?x WHERE {{ {{ SELECT (MIN(?o) AS ?x) WHERE {{ {inside.replace('?x', '?o')} {values} }}"
        f" GROUP BY {' '.join(names) or '?o'} HAVING(COUNT(DISTINCT ?o) > 1) }} }}"
    )


def _short(prop: str) -> str:
    from suantu.query import readable

    return readable(prop)
