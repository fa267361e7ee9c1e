"""Queries as text: known prefixes, safely written terms, and the named questions of ``ontology/queries``.

A named question is a SPARQL file that is a valid query by itself (prefixes aside). Its parameters are ``VALUES`` lines,
which ``bind`` rewrites; nothing else of a query is ever put together from what a user types::

    # title zh: …            # title en: …            # description: …
    # param place thing(*) – one place
    SELECT ?policy WHERE { VALUES ?place { UNDEF } ?policy st:appliesTo ?place }

Types are ``thing`` (any name of it), ``class`` (local name or label), ``text``, ``year`` and ``int``. What stands in
brackets is the default; ``*`` leaves the parameter open, no brackets mean that it must be given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from suantu.border.vocab import GRAPH_INFERRED, GRAPH_ONTOLOGY, PREFIXES, XSD
from suantu.errors import OntologyError, UsageError
from suantu.stores import sparql
from suantu.stores.base import Endpoint, Term, iri

ANY = "*"
# The prefixes of our own names, and what such a name has in the graph.
_OURS = {"st": "rdfs:label ?l", "sti": "a st:Entity", "stm": "a st:Metric", "stu": "a st:Unit"}

_REFUSED = re.compile(r'[\x00-\x20<>"{}|^`\\]')
# As text: most that imports this module reads no question, and compiling takes longer than importing.
_PARAM = r"# param (\w+) (\w+)(?:\((.*?)\))?\s*[–-]\s*(.+)$"
_HEAD = r"# (title zh|title en|description):\s*(.+)$"
_TYPES = ("thing", "class", "text", "year", "int")


# ---- terms -----------------------------------------------------------------------------------------------------------


def values(name: str, terms: Iterable[Term]) -> str:
    """A ``VALUES`` line; the terms escape themselves."""
    return f"VALUES ?{name} {{ {' '.join(term.sparql() for term in terms)} }}"


def one_of(name: str, iris: Iterable[str]) -> str:
    """A ``VALUES`` line over IRIs."""
    return values(name, map(iri, iris))


def full(curie: str) -> str:
    """``sti:Inspur`` or ``<…>`` or a full IRI as a full IRI; empty where it is none of them."""
    if curie.startswith("<") and curie.endswith(">"):
        curie = curie[1:-1]
    prefix, colon, local = curie.partition(":")
    if not colon:
        return ""
    if prefix in PREFIXES:
        curie = PREFIXES[prefix] + local
    elif not local.startswith("//") and prefix != "urn":
        return ""
    return _percent(curie)


def _percent(text: str) -> str:
    if text.isascii() and not _REFUSED.search(text):
        return text
    return "".join(c if "!" <= c <= "~" and c not in '<>"{}|^`\\' else _percent_bytes(c) for c in text)


def _percent_bytes(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


_BY_LENGTH = sorted(((base, prefix) for prefix, base in PREFIXES.items()), key=lambda item: -len(item[0]))


def readable(value: str) -> str:
    """A full IRI as people read it: a known prefix, percent-encoding undone; ``full`` takes it back."""
    for base, prefix in _BY_LENGTH:
        if value.startswith(base):
            return f"{prefix}:{_decoded(value[len(base) :])}"
    return value


def _decoded(local: str) -> str:
    if "%" not in local:
        return local
    from urllib.parse import unquote

    plain = unquote(local, errors="replace")
    return plain if _percent(plain) == local else local


# ---- named questions -------------------------------------------------------------------------------------------------


class Parameter(NamedTuple):
    """A parameter of a named question; ``default`` is None where it must be given, ``*`` where it may stay open."""

    name: str
    type: str
    default: str | None
    description: str


class NamedQuery(NamedTuple):
    """A question of ``ontology/queries``: its name, titles by language, description, parameters and SPARQL text."""

    name: str
    titles: Mapping[str, str]
    description: str
    parameters: tuple[Parameter, ...]
    text: str


def parse(name: str, text: str) -> NamedQuery:
    """A named question from its file's text; OntologyError where its head does not describe it."""
    head: dict[str, str] = {}
    parameters: list[Parameter] = []
    for line in text.splitlines():
        if match := re.match(_HEAD, line):
            head[match[1]] = match[2].strip()
        elif match := re.match(_PARAM, line):
            parameters.append(Parameter(match[1], match[2], match[3], match[4].strip()))
        elif line.startswith("# param"):
            raise OntologyError(f"{name}.rq: cannot read {line!r}: write '# param NAME TYPE(DEFAULT) – DESCRIPTION'")
    missing = {"title zh", "title en", "description"} - head.keys()
    if missing:
        raise OntologyError(f"{name}.rq: its head lacks '# {min(missing)}:'")
    for parameter in parameters:
        if parameter.type not in _TYPES:
            raise OntologyError(f"{name}.rq: type {parameter.type!r} is none of {', '.join(_TYPES)}")
        if not _slot(parameter.name).search(text):
            raise OntologyError(f"{name}.rq: parameter {parameter.name} has no 'VALUES ?{parameter.name} {{ … }}'")
    titles = {"zh": head["title zh"], "en": head["title en"]}
    return NamedQuery(name, titles, head["description"], tuple(parameters), text)


def load(directory: Path) -> list[NamedQuery]:
    """All named questions of an ontology folder, by name."""
    return [parse(path.stem, path.read_text("utf-8")) for path in sorted((directory / "queries").glob("*.rq"))]


def get(directory: Path, name: str) -> NamedQuery:
    """One named question; UsageError with the nearest names where there is none."""
    path = directory / "queries" / f"{name}.rq"
    if re.fullmatch(r"[\w-]+", name) and path.is_file():
        return parse(name, path.read_text("utf-8"))
    from difflib import get_close_matches

    near = get_close_matches(name, [p.stem for p in (directory / "queries").glob("*.rq")], 3)
    hint = f": did you mean {', '.join(near)}?" if near else ": see 'suantu query --list'"
    raise UsageError(f"unknown question {name!r}{hint}")


def bind(question: NamedQuery, given: Mapping[str, str], thing: Callable[[str], str], cls: Callable[[str], str]) -> str:
    """The SPARQL text of a question with its parameters in place.

    ``thing`` and ``cls`` turn what a user calls a thing or class into its IRI. UsageError for an unknown, a missing
    or an ill-typed parameter.
    """
    known = [p.name for p in question.parameters]
    for name in given:
        if name not in known:
            have = ", ".join(known) or "none"
            raise UsageError(f"{question.name} has no parameter {name!r} (it has: {have})")
    text = question.text
    for parameter in question.parameters:
        value = given.get(parameter.name, parameter.default)
        if value is None:
            raise UsageError(f"{question.name} needs {parameter.name}=… ({parameter.description})")
        line = "" if value == ANY else values(parameter.name, [_term(parameter, value, thing, cls)])
        text = _slot(parameter.name).sub(lambda _, line=line: line, text)  # type: ignore[misc]
    return text


def _slot(name: str) -> re.Pattern[str]:
    return re.compile(rf"VALUES\s+\?{name}\s*\{{[^{{}}]*\}}")


def _term(parameter: Parameter, value: str, thing: Callable[[str], str], cls: Callable[[str], str]) -> Term:
    if parameter.type == "thing":
        return iri(thing(value))
    if parameter.type == "class":
        return iri(cls(value))
    if parameter.type == "text":
        return Term("literal", value)
    year = parameter.type == "year"
    if not re.fullmatch(r"-?\d{4}" if year else r"-?\d{1,18}", value):
        raise UsageError(f"{parameter.name}={value}: not a {'year' if year else 'whole number'}")
    return Term("literal", value, datatype=XSD + ("gYear" if year else "integer"))


# ---- changing a query ------------------------------------------------------------------------------------------------


def limited(query: str, limit: int) -> str:
    """``query`` with at most ``limit`` rows; a lower limit of its own stays."""
    depth, before = 0, None
    end = len(query)
    for token in sparql.tokens(query):
        depth += (token.text == "{") - (token.text == "}")
        if before == "LIMIT" and depth == 0 and token.kind == "number":
            return query[: token.start] + str(min(limit, int(token.text))) + query[token.end :]
        if token.word == "VALUES" and depth == 0:
            end = token.start
        before = token.word
    return f"{query[:end]}\nLIMIT {limit}\n{query[end:]}"


def skipped(query: str, offset: int) -> str:
    """``query`` without its first ``offset`` rows. UsageError where it has an OFFSET of its own."""
    depth, at = 0, len(query)
    for token in sparql.tokens(query):
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.word == "OFFSET":
            raise UsageError("--offset cannot go with a query that has OFFSET")
        if depth == 0 and token.word in {"VALUES", "LIMIT"}:
            at = min(at, token.start)
    return f"{query[:at]}\nOFFSET {offset}\n{query[at:]}"


def unknown_terms(endpoint: Endpoint, query: str) -> dict[str, str]:
    """The names of the vocabulary and of things that the query uses and the graph does not know, each with the nearest
    that it knows (empty where none is near)."""
    used = {
        token.text: full(token.text.replace("\\", ""))
        for token in sparql.tokens(query)
        if token.kind == "name" and token.text.partition(":")[0] in _OURS and not token.text.endswith(":")
    }
    if not used:
        return {}
    block = one_of("t", used.values())
    there = "FILTER(EXISTS { ?t ?p ?o } || EXISTS { ?s ?t ?o })"  # which stops at the first triple
    rows = endpoint.select(f"SELECT ?t WHERE {{ {block} {there} }}")
    known = {row["t"].value for row in rows}
    return {name: _nearest(endpoint, name) for name, value in used.items() if value not in known}


def _nearest(endpoint: Endpoint, name: str) -> str:
    from difflib import get_close_matches

    prefix, _, local = name.partition(":")
    shape = f"?t {_OURS[prefix]} FILTER(STRSTARTS(STR(?t), STR({prefix}:)))"
    rows = endpoint.select(f"SELECT DISTINCT ?t WHERE {{ {shape} }}")
    there = [row["t"].value.removeprefix(PREFIXES[prefix]) for row in rows]
    same = next((one for one in there if one.lower() == local.lower()), "")
    near = [same] if same else get_close_matches(local, there, 1, 0.7)
    return f"{prefix}:{near[0]}" if near else ""


def without_graph(endpoint: Endpoint, query: str, left_out: str = GRAPH_INFERRED) -> str:
    """``query`` over all named graphs but ``left_out``. UsageError where it names its own graphs with FROM."""
    tokens = list(sparql.tokens(query))
    if any(t.word == "FROM" for t in tokens):
        raise UsageError("--no-inferred cannot go with a query that has FROM")
    kept = [iri(g).sparql() for g in _graphs(endpoint) if g != left_out]
    clause = " ".join(f"FROM {g} FROM NAMED {g}" for g in kept) or f"FROM {iri(GRAPH_ONTOLOGY).sparql()}"
    at = next((t.start for t in tokens if t.word == "WHERE"), None)
    if at is None:
        at = next((t.start for t in tokens if t.text == "{"), len(query))
    return f"{query[:at]} {clause} {query[at:]}"


def _graphs(endpoint: Endpoint) -> list[str]:
    """The names of the graphs that there are."""
    # The first takes no time where it is understood, as it should be everywhere; the second looks at every triple.
    for pattern in ("", "?s ?p ?o"):
        rows = endpoint.select(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ {pattern} }} }}")
        if found := sorted(row["g"].value for row in rows if "g" in row):
            return found
    return []
