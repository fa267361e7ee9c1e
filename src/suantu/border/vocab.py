"""The IRIs that Suantu writes and reads, and the prefixes that its queries know. Plain strings; no RDF library."""

from __future__ import annotations

from urllib.parse import quote

ST = "https://w3id.org/suantu/ontology#"
STI = "https://w3id.org/suantu/id/"
STM = "https://w3id.org/suantu/metric/"
STU = "https://w3id.org/suantu/unit/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
OA = "http://www.w3.org/ns/oa#"
QB = "http://purl.org/linked-data/cube#"
DCTERMS = "http://purl.org/dc/terms/"
SDMX_ATTRIBUTE = "http://purl.org/linked-data/sdmx/2009/attribute#"
SDMX_CODE = "http://purl.org/linked-data/sdmx/2009/code#"

PREFIXES: dict[str, str] = {
    "st": ST,
    "sti": STI,
    "stm": STM,
    "stu": STU,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "xsd": XSD,
    "skos": SKOS,
    "prov": PROV,
    "oa": OA,
    "qb": QB,
    "dcterms": DCTERMS,
    "org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
    "wd": "http://www.wikidata.org/entity/",
    "sdmx-attribute": SDMX_ATTRIBUTE,
    "sdmx-code": SDMX_CODE,
}

GRAPH_ONTOLOGY = STI + "graph/ontology"
GRAPH_INFERRED = STI + "graph/inferred"
DATA_SET = STI + "observations"

_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def prefix_header() -> str:
    """The PREFIX lines of all known prefixes, for a SPARQL service that does not know them."""
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


def shorten(iri: str) -> str:
    """``prefix:rest`` where a known namespace begins ``iri``, else the IRI itself. For people: the rest may hold
    ``/``, which SPARQL wants escaped; ``expand`` takes it back."""
    for name, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{name}:{iri[len(namespace) :]}"
    return iri


def expand(curie: str) -> str:
    """The IRI of ``prefix:rest`` or of ``<iri>``; anything else comes back as it is."""
    if curie.startswith("<") and curie.endswith(">"):
        return curie[1:-1]
    name, colon, rest = curie.partition(":")
    if colon and name in PREFIXES and not rest.startswith("//"):
        return PREFIXES[name] + rest.replace("\\", "")
    return curie


def document_iri(sha256: str) -> str:
    """The IRI of the document with this hash, which is also the name of its graph."""
    return f"{STI}document/{sha256[:16]}"


def metric_iri(name: str) -> str:
    """The IRI of a metric by its local name."""
    return STM + quote(name, safe="")


def unit_iri(notation: str) -> str:
    """The IRI of a unit that the lexicon does not list, from its notation (``GB/s`` → ``stu:GB-per-s``)."""
    return STU + quote(notation.replace("/", "-per-"), safe="-")
