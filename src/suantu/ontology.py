"""Loads an ontology folder: the vocabulary, the lexicon, and the settings that stages compile into rules.

Everything is checked here, so that a mistake in the data is one clear error and never a wrong fact.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from suantu import kept
from suantu.errors import OntologyError
from suantu.identity import normalise
from suantu.paths import ontology_dir
from suantu.records import Thing
from suantu.yamls import parse

ST = "https://w3id.org/suantu/ontology#"
STI = "https://w3id.org/suantu/id/"
STM = "https://w3id.org/suantu/metric/"
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_PREF, _ALT = _SKOS + "prefLabel", _SKOS + "altLabel"
_AMBIGUOUS = ST + "ambiguousLabel"
REJECTED = "rejected.txt"
EXTENDS = "extends.yaml"


@dataclass(frozen=True, slots=True)
class Name:
    """A label of a known thing. An ambiguous one is also an everyday word and counts only with evidence beside it."""

    text: str
    thing: Thing
    ambiguous: bool
    language: str


@dataclass(frozen=True, slots=True)
class Property:
    """A relation of the vocabulary, with the classes that it takes (empty where any will do)."""

    name: str
    domain: tuple[str, ...]
    range: tuple[str, ...]
    symmetric: bool


@dataclass(frozen=True)
class Ontology:
    """A loaded ontology folder.

    ``parents`` gives all superclasses of a class by local name (the class itself excluded); ``settings`` the content
    of ``rules/*.yaml`` by file stem; ``digest`` identifies the content of all files. ``turtle`` are the files of the
    vocabulary and the lexicon; ``rejected`` the normalised names that a reader of the graph has found to be none.

    A folder with an ``extends.yaml`` takes the packaged rules and adds its own to them: ``own`` are its own settings
    alone, ``foreign`` the packaged classes that it lacks, which rules may ask for and nothing has.
    """

    directory: Path
    digest: str
    parents: Mapping[str, tuple[str, ...]]
    properties: Mapping[str, Property]
    names: tuple[Name, ...]
    metrics: frozenset[str]
    units: frozenset[str]
    facts: frozenset[tuple[str, str, str]]
    settings: Mapping[str, Mapping[str, Any]] = field(hash=False)
    turtle: tuple[Path, ...] = ()
    rejected: frozenset[str] = frozenset()
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    foreign: frozenset[str] = frozenset()

    def closure(self, classes: Iterable[str]) -> frozenset[str]:
        """The classes with all their superclasses."""
        out: set[str] = set()
        for cls in classes:
            out.add(cls)
            out.update(self.parents.get(cls, ()))
        return frozenset(out)

    @cached_property
    def things(self) -> Mapping[str, Thing]:
        """The known things by IRI."""
        return {name.thing.iri: name.thing for name in self.names}

    def setting(self, stem: str) -> Mapping[str, Any]:
        """The content of ``rules/<stem>.yaml``; an error that names the file where it is missing."""
        try:
            return self.settings[stem]
        except KeyError:
            raise OntologyError(
                f"{self.directory}: rules/{stem}.yaml is missing; every ontology folder needs it"
            ) from None


def load(directory: Path, own: Path | None = None) -> Ontology:
    """Read and check the ontology folder ``directory``; OntologyError names the file and what to change.

    ``own`` is a folder of the user's (it need not exist): its ``*.ttl`` join the lexicon, and what ``rejected.txt``
    lists, one name a line, is not discovered.
    """
    if not (directory / "suantu.ttl").is_file():
        raise OntologyError(f"{directory}: not an ontology folder (suantu.ttl is missing)")
    base = _Base.of(directory)
    added = sorted(own.glob("*.ttl")) if own else []
    refused = [own / REJECTED] if own and (own / REJECTED).is_file() else []
    files = {
        p.relative_to(directory).as_posix(): p for p in directory.rglob("*") if p.suffix in {".ttl", ".yaml", ".rq"}
    }
    files |= {f"own/{p.name}": p for p in (*added, *refused)}
    files |= {f"extends/{p.name}": p for p in base.files}
    turtle = [*base.lexicon, *sorted((directory / "lexicon").glob("*.ttl")), *added]
    digest = _digest(files)
    key = (digest, *sorted(base.classes | base.properties))
    content = _unpacked(kept.load("ontology", key))
    if content is None:
        content = _read(directory, turtle, base, refused)
        kept.save("ontology", key, _packed(content))
    return replace(
        content,
        directory=directory,
        digest=digest,
        turtle=(directory / "suantu.ttl", *turtle),
        foreign=base.classes.difference(content.parents),
    )


def _read(directory: Path, lexicon: Iterable[Path], base: _Base, refused: Iterable[Path]) -> Ontology:
    """What the files say."""
    vocabulary = _triples([directory / "suantu.ttl"])
    parents, properties = _parents(vocabulary), _properties(vocabulary)
    names, metrics, units, facts = _lexicon(_triples(lexicon), parents)
    settings = {p.stem: _yaml(p) for p in sorted((directory / "rules").glob("*.yaml"))}
    return Ontology(
        directory,
        "",
        parents=parents,
        properties=properties,
        names=names,
        metrics=metrics,
        units=units,
        facts=facts,
        settings=base.extended(settings, parents, properties),
        rejected=frozenset(normalise(name) for path in refused for name in listed(path)),
        own=settings,
    )


_PLAIN = ("parents", "metrics", "units", "facts", "settings", "rejected", "own")


def _packed(content: Ontology) -> tuple[Any, ...]:
    """An ontology's content as plain data."""
    things = {iri: (iri, t.label, t.classes, t.labels) for iri, t in content.things.items()}
    names = [(n.text, n.thing.iri, n.ambiguous, n.language) for n in content.names]
    properties = [astuple(p) for p in content.properties.values()]
    return {name: getattr(content, name) for name in _PLAIN}, things, names, properties


def _unpacked(plain: tuple[Any, ...] | None) -> Ontology | None:
    if plain is None:
        return None
    rest, things, names, properties = plain
    known = {iri: Thing(*thing) for iri, thing in things.items()}
    return Ontology(
        Path(),
        "",
        names=tuple(Name(text, known[iri], ambiguous, language) for text, iri, ambiguous, language in names),
        properties={p[0]: Property(*p) for p in properties},
        **rest,
    )


def _digest(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Base:
    """What a folder with an ``extends.yaml`` takes from the packaged ontology: all rules, and the lexicon files that it
    lists. Empty for a folder without."""

    lexicon: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()
    classes: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()

    @classmethod
    def of(cls, directory: Path) -> _Base:
        """OntologyError where it lists a lexicon file that is not there."""
        if not (directory / EXTENDS).is_file():
            return cls()
        base = ontology_dir()
        lexicon = [base / "lexicon" / f"{name}.ttl" for name in _yaml(directory / EXTENDS).get("lexicon", ())]
        for path in lexicon:
            if not path.is_file():
                there = ", ".join(sorted(p.stem for p in path.parent.glob("*.ttl")))
                raise OntologyError(f"{directory / EXTENDS}: lexicon: there is no {path.stem}; there are {there}")
        vocabulary = _triples([base / "suantu.ttl"])
        rules = tuple(sorted((base / "rules").glob("*.yaml")))
        return cls(tuple(lexicon), rules, frozenset(_parents(vocabulary)), frozenset(_properties(vocabulary)))

    @property
    def files(self) -> tuple[Path, ...]:
        """All files taken."""
        return (*self.lexicon, *self.rules)

    def extended(
        self, own: Mapping[str, Mapping[str, Any]], parents: Collection[str], properties: Collection[str]
    ) -> Mapping[str, Mapping[str, Any]]:
        """The folder's own rules, and behind them the packaged ones that need no class or property that it lacks."""
        lacking = self.classes.difference(parents), self.properties.difference(properties)
        taken = {path.stem: _fitting(_yaml(path), *lacking) for path in self.rules}
        joined: Mapping[str, Mapping[str, Any]] = _joined(own, taken)
        return joined


def _fitting(value: Any, classes: Collection[str], properties: Collection[str]) -> Any:  # noqa: ANN401 - YAML
    """The part of a setting that needs none of these classes (as a key) and properties (as what it makes)."""

    def lacks(part: object) -> bool:
        return isinstance(part, dict) and bool({str(part.get("makes")), str(part.get("property"))} & set(properties))

    if isinstance(value, dict):
        return {k: _fitting(v, classes, properties) for k, v in value.items() if k not in classes and not lacks(v)}
    if isinstance(value, list):
        return [_fitting(v, classes, properties) for v in value if not lacks(v)]
    return value


def _joined(own: Any, taken: Any) -> Any:  # noqa: ANN401 - YAML
    """Mappings joined key by key and lists end to end, one's own first; anything else is one's own."""
    if isinstance(own, dict) and isinstance(taken, dict):
        return {k: _joined(own[k], taken.get(k)) if k in own else taken[k] for k in (own | taken)}
    return [*own, *taken] if isinstance(own, list) and isinstance(taken, list) else own


def listed(path: Path) -> list[str]:
    """The lines of a list of names, without blank ones and those that begin with ``#``."""
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise OntologyError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    return [line for line in lines if line and not line.startswith("#")]


def _yaml(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        data = parse(path.read_text(encoding="utf8"))
    except yaml.YAMLError as error:
        raise OntologyError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise OntologyError(f"{path}: a mapping is expected at the top")
    return data


def _triples(paths: Iterable[Path]) -> dict[str, dict[str, list[Any]]]:
    """Subject → predicate → objects (pyoxigraph terms) over some Turtle files."""
    out: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for path in paths:
        try:
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                subject = quad.subject
                key = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
                out[key][quad.predicate.value].append(quad.object)
        except SyntaxError as error:
            raise OntologyError(f"{path}: not valid Turtle: {error}") from error
    return out


def _local(term: object) -> str | None:
    value = getattr(term, "value", "")
    return value[len(ST) :] if isinstance(term, ox.NamedNode) and value.startswith(ST) else None


def _parents(vocabulary: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, tuple[str, ...]]:
    direct: dict[str, list[str]] = {}
    for iri, about in vocabulary.items():
        if iri.startswith(ST) and any(t.value == _OWL + "Class" for t in about.get(_RDF_TYPE, ())):
            direct[iri[len(ST) :]] = [c for t in about.get(_RDFS + "subClassOf", ()) if (c := _local(t))]
    return superclasses(direct)


def superclasses(direct: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """All superclasses of each class, nearest first, itself excluded."""
    out: dict[str, tuple[str, ...]] = {}
    for cls in direct:
        seen: dict[str, None] = {}
        todo = list(direct[cls])
        while todo:
            parent = todo.pop(0)
            if parent != cls and parent not in seen:
                seen[parent] = None
                todo.extend(direct.get(parent, ()))
        out[cls] = tuple(seen)
    return out


def _properties(vocabulary: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, Property]:
    out: dict[str, Property] = {}
    for iri, about in vocabulary.items():
        kinds = {t.value for t in about.get(_RDF_TYPE, ())}
        if iri.startswith(ST) and _OWL + "ObjectProperty" in kinds:
            name = iri[len(ST) :]
            out[name] = Property(
                name,
                _union(vocabulary, about.get(_RDFS + "domain", ())),
                _union(vocabulary, about.get(_RDFS + "range", ())),
                _OWL + "SymmetricProperty" in kinds,
            )
    return out


def _union(vocabulary: Mapping[str, Mapping[str, list[Any]]], terms: Iterable[Any]) -> tuple[str, ...]:
    """The local class names of a domain or range, through owl:unionOf lists."""
    first, rest = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first", "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
    out: list[str] = []
    for term in terms:
        if name := _local(term):
            out.append(name)
            continue
        for cell in vocabulary.get(str(term), {}).get(_OWL + "unionOf", ()):
            while str(cell) in vocabulary:
                node = vocabulary[str(cell)]
                out.extend(n for t in node.get(first, ()) if (n := _local(t)))
                cell = node.get(rest, [None])[0]
    return tuple(out)


_Lexicon = tuple[tuple[Name, ...], frozenset[str], frozenset[str], frozenset[tuple[str, str, str]]]


def _lexicon(lexicon: Mapping[str, Mapping[str, list[Any]]], parents: Mapping[str, tuple[str, ...]]) -> _Lexicon:
    names: list[Name] = []
    metrics: set[str] = set()
    units: set[str] = set()
    facts: set[tuple[str, str, str]] = set()
    for iri in sorted(lexicon):
        about = lexicon[iri]
        classes = [c for t in about.get(_RDF_TYPE, ()) if (c := _local(t))]
        if "Metric" in classes:
            metrics.add(iri.removeprefix(STM))
        elif "Unit" in classes:
            units.update(t.value for t in about.get(_SKOS + "notation", ()))
        elif classes:
            if unknown := [c for c in classes if c not in parents]:
                raise OntologyError(f"lexicon: {iri}: class st:{unknown[0]} is not in suantu.ttl")
            names.extend(_names(iri, tuple(sorted(classes)), about))
            facts.update(
                (iri, p[len(ST) :], o.value)
                for p, objects in about.items()
                if p.startswith(ST)
                for o in objects
                if isinstance(o, ox.NamedNode)
            )
    return tuple(names), frozenset(metrics), frozenset(units), frozenset(facts)


def _names(iri: str, classes: tuple[str, ...], about: Mapping[str, list[Any]]) -> list[Name]:
    labels: dict[str, list[str]] = {}
    for kind, predicate in (("alt@", _ALT), ("pref@", _PREF)):
        for literal in about.get(predicate, ()):
            labels.setdefault(kind + (literal.language or "zh"), []).append(literal.value)
    if not (main := labels.get("pref@zh") or labels.get("pref@en")):
        raise OntologyError(f"lexicon: {iri} has no skos:prefLabel")
    keys = sorted(labels)
    thing = Thing(iri, main[0], classes, {k: tuple(labels[k]) for k in keys})
    ambiguous = {literal.value for literal in about[_AMBIGUOUS]} if _AMBIGUOUS in about else ()
    seen: dict[str, Name] = {}
    for key in reversed(keys):
        for text in labels[key]:
            if text not in seen:
                seen[text] = Name(text, thing, text in ambiguous, key[-2:])
    return list(seen.values())
