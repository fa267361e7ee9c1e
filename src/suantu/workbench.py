"""The rule author's workbench: runs the examples of rule files, and shows what is recognised in a text and by which rule.

An example is a text with the facts that its rule must find in it:

=============  ========================================================================================
relations      ``[subject, object]``, found by this rule alone; none: the rule stays silent
observations   ``[metric, value, unit]``, among the figures; none: the frame stays silent
rankings       ``[rank, item, period, tier]`` (the last two may be left out)
discovery      ``[class, name]``, a name that no lexicon knows
tables         ``[metric, about, period, value, unit]``, ``[rank, item, period]``, ``[property, subject, object]``
=============  ========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from suantu.errors import RuleError
from suantu.identity import normalise
from suantu.ontology import Ontology, load
from suantu.pipeline import Pipeline
from suantu.records import Claim, Evidence, Extraction, Observation, RankingEntry, Span, Thing
from suantu.scene import Scene
from suantu.stages.read import document_from_text

_CLOSE = Decimal("0.0005")


@dataclass(frozen=True, slots=True)
class Trial:
    """One example: the file's stem, the rule, the text, and the facts that it must give."""

    stem: str
    rule: str
    text: str
    facts: tuple[tuple[str, ...], ...]

    @property
    def file(self) -> str:
        """The file, as messages name it."""
        return f"rules/{self.stem}.yaml"


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold, or a rule that cannot be loaded."""

    file: str
    rule: str
    reason: str


# ---- examples ----


def trials(ontology: Ontology) -> list[Trial]:
    """The examples of the folder's own rule files, in the order of the files."""
    return [
        Trial(stem, rule, str(example["text"]), tuple(tuple(map(str, fact)) for fact in example.get("facts", ())))
        for stem, settings in sorted(ontology.own.items())
        for rule, example in _examples(settings)
    ]


def _examples(part: object, name: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """All examples below a part of a rule file, each with the name of its rule (or its own)."""
    if isinstance(part, Mapping):
        name = str(part.get("name", name))
        for example in part.get("examples", ()):
            yield str(example.get("name", name)), example
        for key, inner in part.items():
            if key != "examples":
                yield from _examples(inner, name)
    elif isinstance(part, list):
        for inner in part:
            yield from _examples(inner, name)


def check(directory: Path) -> tuple[int, list[Failure]]:
    """Load the ontology folder, compile every rule, run every example: their number, and what does not hold.

    A rule that cannot be loaded is a failure and ends the check; any other fault of the folder is an OntologyError.
    """
    try:
        pipeline = Pipeline(load(directory))
    except RuleError as error:
        return 0, [Failure(error.file, error.rule, error.reason)]
    found = trials(pipeline.ontology)
    failed = ((trial, problem(pipeline, trial)) for trial in found)
    return len(found), [Failure(t.file, t.rule, reason) for t, reason in failed if reason]


def problem(pipeline: Pipeline, trial: Trial) -> str:
    """What is wrong with an example; empty where it holds."""
    kind = trial.stem.split(".")[0]
    reader = _alone(pipeline, trial) if kind == "relations" else pipeline
    extraction = reader.extract(document_from_text(trial.text, pipeline.layout, "example.txt"))
    wrong = {
        "relations": _relation_faults,
        "observations": _figure_faults,
        "rankings": _rank_faults,
        "discovery": _name_faults,
    }.get(kind, _table_faults)(trial, extraction, pipeline.ontology)
    faults = "; ".join(wrong)
    return f"{' '.join(trial.text.split())}: {faults}" if faults else ""


def _alone(pipeline: Pipeline, trial: Trial) -> Pipeline:
    """The pipeline with just this relation rule, so that no other rule hides that it finds nothing."""
    code = trial.stem.rpartition(".")[2]
    language = pipeline.languages[code]
    one = copy(pipeline)
    only = replace(language, relations=language.relations.only(trial.rule))
    one.languages = {**pipeline.languages, code: only}
    return one


def _relation_faults(trial: Trial, extraction: Extraction, _ontology: Ontology) -> Iterator[str]:
    made = [c for c in extraction.claims if c.found_by.split("/")[0] == trial.rule]
    yield from _compared(
        trial.facts,
        made,
        lambda fact, c: _is_named(c.subject, fact[0]) and _is_named(c.object, fact[1]),
        lambda c: f"{c.subject.label} {c.predicate} {c.object.label}",
    )


def _figure_faults(trial: Trial, extraction: Extraction, _ontology: Ontology) -> Iterator[str]:
    found = extraction.observations
    for fact in trial.facts:
        if not any((o.metric, o.unit) == (fact[0], fact[2]) and _same(o.value, fact[1]) for o in found):
            yield f"misses {' '.join(fact)}"
    if not trial.facts:
        yield from (f"finds {_figure(o)}" for o in found if o.found_by == trial.rule)


def _rank_faults(trial: Trial, extraction: Extraction, _ontology: Ontology) -> Iterator[str]:
    made = extraction.rankings if trial.facts else [e for e in extraction.rankings if e.found_by == trial.rule]
    yield from _compared(trial.facts, made, _is_rank, _rank)


def _name_faults(trial: Trial, extraction: Extraction, ontology: Ontology) -> Iterator[str]:
    found = [thing for thing, _ in extraction.mentions if thing.found_by != "lexicon"]
    for cls, name in trial.facts:
        if not any(_is_named(t, name) and cls in ontology.closure(t.classes) for t in found):
            yield f"misses {cls} {name}"
    if not trial.facts:
        yield from (f"finds {'/'.join(t.classes)} {t.label}" for t in found if t.found_by == trial.rule)


def _table_faults(trial: Trial, extraction: Extraction, ontology: Ontology) -> Iterator[str]:
    relations = [f for f in trial.facts if f[0] in ontology.properties]
    ranks = [f for f in trial.facts if f[0].isdigit()]
    figures = [f for f in trial.facts if f not in relations and f not in ranks]
    yield from _compared(
        relations,
        extraction.claims,
        lambda f, c: c.predicate == f[0] and _is_named(c.subject, f[1]) and _is_named(c.object, f[2]),
        lambda c: f"{c.predicate} {c.subject.label} {c.object.label}",
    )
    yield from _compared(ranks, extraction.rankings, _is_rank, _rank)
    yield from _compared(
        figures,
        extraction.observations,
        lambda f, o: (
            (o.metric, o.period, o.unit) == (f[0], f[2], f[4]) and _same(o.value, f[3]) and _is_named(o.about, f[1])
        ),
        _figure,
    )


def _compared(wanted: Iterable[tuple[str, ...]], made: Iterable[Any], fits: Any, show: Any) -> Iterator[str]:  # noqa: ANN401 - any kind of fact
    """What is wanted and was not made, and what was made and is not wanted."""
    rest = list(made)
    for fact in wanted:
        right = [one for one in rest if fits(fact, one)]
        if not right:
            yield f"misses {' '.join(fact)}"
        rest = [one for one in rest if one not in right]
    yield from (f"finds {show(one)}" for one in rest)


def _is_rank(fact: tuple[str, ...], entry: RankingEntry) -> bool:
    said = (str(entry.rank), None, entry.period, "" if entry.tier is None else str(entry.tier))
    rest = all(f == s for f, s in zip(fact, said, strict=False) if s is not None)
    return rest and _is_named(entry.item, fact[1])


def _is_named(thing: Thing, name: str) -> bool:
    """Whether the name is one of the thing's labels."""
    labels = (thing.label, *(label for some in thing.labels.values() for label in some))
    return normalise(name) in {normalise(label) for label in labels}


def _same(value: Decimal, wanted: str) -> bool:
    try:
        number = Decimal(wanted)
    except InvalidOperation:
        return False
    return abs(value - number) <= _CLOSE * max(abs(value), abs(number), Decimal(1))


# ---- what is recognised in a text ----


@dataclass(frozen=True, slots=True)
class Part:
    """Something recognised: ``kind`` (name, figure, time, rank, mood, sayer), where, its words, and what it means."""

    kind: str
    start: int
    end: int
    words: str
    label: str
    says: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: ``kind`` (relation, figure, rank), what it says, the rule that made it, and the words it rests on."""

    kind: str
    says: str
    rule: str
    confidence: str
    words: str


@dataclass(slots=True)
class Sentence:
    """A sentence of the text with what was recognised in it and what came of it; ``loose`` are its figures that became
    no fact, with the reason. Facts that stand in no sentence (those of tables) come under their own."""

    start: int
    end: int
    text: str
    parts: list[Part] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    loose: list[tuple[str, str]] = field(default_factory=list)


def read_text(pipeline: Pipeline, text: str) -> list[Sentence]:
    """What is recognised in ``text``, and which rules make which facts of it. Offsets count the text as given."""
    scenes: list[Scene] = []
    extraction = pipeline.extract(document_from_text(text, pipeline.layout), watch=scenes.append)
    sentences = [_sentence(scene, text) for scene in scenes]
    rest = Sentence(len(text), len(text), "")

    def place(span: Span) -> Sentence:
        return next((s for s in sentences if s.start <= span.start < s.end), rest)

    facts: list[Claim | Observation | RankingEntry] = [
        *extraction.claims,
        *extraction.observations,
        *extraction.rankings,
    ]
    for fact in facts:
        place(fact.evidence.spans[0]).facts.append(_fact(fact, text))
    for loose in extraction.loose:
        place(loose.span).loose.append((loose.quantity, loose.reason))
    return [*sentences, rest] if rest.facts or rest.loose else sentences


def _sentence(scene: Scene, text: str) -> Sentence:
    whole = scene.block.span(scene.start, scene.end)
    sentence = Sentence(whole.start, whole.end, text[whole.start : whole.end].strip())
    for node in scene.nodes.values():
        for kind, item, label, says in _recognised(node):
            span = scene.block.span(item.start, item.end)
            words = text[span.start : span.end]
            sentence.parts.append(Part(kind, span.start, span.end, words, label, says))
    for mood in scene.moods:
        if mood.start < mood.end:
            span = scene.evidence(mood.start, mood.end).spans[0]
            sentence.parts.append(Part("mood", span.start, span.end, text[span.start : span.end], mood.kind, ""))
    for start, end, thing in scene.sayers:
        span = scene.evidence(start, end).spans[0]
        sentence.parts.append(Part("sayer", span.start, span.end, text[span.start : span.end], thing.label, ""))
    return sentence


def _recognised(node: Any) -> Iterator[tuple[str, Any, str, str]]:  # noqa: ANN401 - any record with start and end
    for mention in node.mentions:
        thing: Thing = mention.thing
        found = "" if thing.found_by == "lexicon" else f"{thing.found_by} {thing.confidence}"
        says = " ".join(filter(None, (thing.label, node.pronoun and f"({node.pronoun})", found)))
        yield "name", node if node.pronoun else mention, "/".join(thing.classes), says
    for q in node.quantities:
        yield "figure", q, q.kind, f"{'' if q.bound == '=' else q.bound}{_number(q.value)} {q.unit}"
    for period in node.periods:
        yield "time", period, "period", period.value or "?"
    for ordinal in node.ordinals:
        yield "rank", ordinal, ordinal.kind, str(ordinal.value)


def _fact(fact: Claim | Observation | RankingEntry, text: str) -> Fact:
    if isinstance(fact, Claim):
        kind, says = "relation", f"{fact.subject.label} {fact.predicate} {fact.object.label}"
    elif isinstance(fact, Observation):
        kind, says = "figure", _figure(fact)
    else:
        kind, says = "rank", _rank(fact)
    return Fact(kind, says, fact.found_by, str(fact.confidence), _words(fact.evidence, text))


def _words(evidence: Evidence, text: str) -> str:
    return " ".join(text[evidence.spans[0].start : evidence.spans[0].end].split())


def _figure(o: Observation) -> str:
    place = f"@{o.place.label}" if o.place else ""
    within = f"/{o.within.label}" if o.within else ""
    bound = "" if o.bound == "=" else o.bound
    said = f"({o.said_by.label})" if o.said_by else ""
    parts = (o.metric, o.about.label + within, place, o.period, f"{bound}{_number(o.value)}", o.unit, o.status, said)
    return " ".join(filter(None, parts))


def _rank(entry: RankingEntry) -> str:
    tier = "" if entry.tier is None else f"tier {entry.tier}"
    return " ".join(filter(None, (f"#{entry.rank}", entry.item.label, entry.ranking, entry.period, tier)))


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
