"""From a document to its facts: the stages in order, and nothing else.

text → blocks → mentions and quantities → sentences → claims, observations, rankings. A pure function of the text, the
ontology and the version: no clock, no randomness, no other document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suantu.ontology import Ontology
from suantu.phrases import Phrases
from suantu.records import (
    Block,
    BlockKind,
    Claim,
    Document,
    Evidence as Words,
    Extraction,
    Loose,
    Mention,
    Observation,
    Period,
    RankingEntry,
    Thing,
)
from suantu.rules import Alphabet, Compiler, read_rules
from suantu.scene import Node, Scene
from suantu.stages import discourse as talk
from suantu.stages.clean import clean
from suantu.stages.encode import Grammar, encode, language_of, sentences
from suantu.stages.evidence import Evidence
from suantu.stages.layout import Layout
from suantu.stages.moods import Moods, asserted
from suantu.stages.names import Gazetteer, Match
from suantu.stages.observations import Metrics, Observer, compile_frame
from suantu.stages.observations import merge as merge_observations
from suantu.stages.observations.circumstances import Circumstances
from suantu.stages.periods import PeriodGrammar
from suantu.stages.quantities import QuantityGrammar
from suantu.stages.relations import Relations, compile_rule
from suantu.stages.relations import merge as merge_claims

LANGUAGES = ("zh", "en")
_READ = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING, BlockKind.CAPTION, BlockKind.LABEL, BlockKind.ROW)
_KINDS = (
    "money percent multiple count data bandwidth compute power energy length area duration score frequency "
    "temperature mass transferRate number period ordinal tier top"
).split()


@dataclass
class Language:
    """The compiled rules of one language."""

    grammar: Grammar
    moods: Moods
    talk: talk.Discourse
    phrases: Phrases
    relations: Relations
    observer: Observer


class Pipeline:
    """Reads documents with one ontology. Build it once: compiling the rules costs more than reading a page."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        setting = ontology.setting
        self.alphabet = _alphabet(ontology)
        self.layout = Layout.from_settings(setting("layout"), "rules/layout.yaml")
        self.quantities = QuantityGrammar.from_settings(setting("quantities"), "rules/quantities.yaml")
        self.periods = PeriodGrammar.from_settings(setting("periods"), "rules/periods.yaml")
        names = setting("names")
        self.gazetteer = Gazetteer(ontology.names, names["decoys"])
        self.evidence = Evidence(names, ontology)
        self.languages = {code: self._language(code) for code in LANGUAGES}
        self.grammars = {code: language.grammar for code, language in self.languages.items()}

    def _language(self, code: str) -> Language:
        settings = self.ontology.setting(f"language.{code}")
        file = f"rules/language.{code}.yaml"
        compiler = Compiler(self.alphabet, code, settings["cues"], file)
        phrases = Phrases(settings, code, self.ontology, self.alphabet)
        return Language(
            Grammar.from_settings(settings),
            Moods(settings, code, self.alphabet.matching(["Organization"])),
            talk.Discourse(settings, code),
            phrases,
            self._relations(code, compiler),
            self._observer(code, compiler, settings, phrases),
        )

    def _relations(self, code: str, compiler: Compiler) -> Relations:
        settings = self.ontology.setting(f"relations.{code}")
        file = f"rules/relations.{code}.yaml"
        compiler = compiler.with_cues(settings.get("cues", {}), file)
        rules = [compile_rule(r, compiler, self.ontology.properties) for r in read_rules(settings, file)]
        return Relations(rules, self.ontology, settings)

    def _observer(self, code: str, compiler: Compiler, language: Mapping[str, Any], phrases: Phrases) -> Observer:
        settings = self.ontology.setting(f"observations.{code}")
        file = f"rules/observations.{code}.yaml"
        compiler = compiler.with_cues(settings.get("cues", {}), file)
        metrics = Metrics(self.ontology.setting("metrics"), code, self.ontology.metrics, "rules/metrics.yaml")
        frames = [compile_frame(r, compiler, metrics) for r in read_rules({"rules": settings["frames"]}, file)]
        when = Circumstances(language, code, self.alphabet, phrases.places)
        return Observer(frames, metrics, phrases, when, settings, self.ontology, self.alphabet, code)

    # -- one document ------------------------------------------------------------------------------------------------

    def extract(self, document: Document) -> Extraction:
        """All that the document says."""
        return _Reading(self, document).extraction()


@dataclass
class _Reading:
    """The reading of one document: what its stages hand on."""

    pipeline: Pipeline
    document: Document
    claims: list[Claim] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    rankings: list[RankingEntry] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    mentions: dict[str, tuple[Thing, list[Words]]] = field(default_factory=dict)
    previous: str = ""

    def extraction(self) -> Extraction:
        blocks = [b for b in clean(self.document, self.pipeline.layout) if b.kind in _READ]
        found = [self.pipeline.gazetteer.find(b.text) for b in blocks]
        certain = self.pipeline.evidence.certain(found)
        threads = {code: talk.Thread(self.pipeline.alphabet) for code in LANGUAGES}
        home = self._home()
        for block, matches in zip(blocks, found, strict=True):
            self._block(block, matches, certain, threads, home)
        return Extraction(
            self.document,
            tuple((thing, Words(tuple(s for w in words for s in w.spans), words[0].section)) for thing, words in self.mentions.values()),
            merge_claims(self.claims),
            merge_observations(self.observations),
            tuple(self.rankings),
            tuple(self.loose),
        )

    def _home(self) -> Thing | None:
        """The place that the title names: where market figures are from when nothing nearer says."""
        for match in self.pipeline.gazetteer.find(self.document.title):
            for name in match.names:
                if "Place" in self.pipeline.ontology.closure(name.thing.classes):
                    return name.thing
        return None

    def _block(
        self,
        block: Block,
        matches: Sequence[Match],
        certain: frozenset[str],
        threads: Mapping[str, talk.Thread],
        home: Thing | None,
    ) -> None:
        pipeline = self.pipeline
        singles = self._singles(block, matches, certain)
        for node in singles:
            for mention in node.mentions:
                thing = mention.thing
                words = Words(block.spans(mention.start, mention.end), block.sections[-1] if block.sections else "")
                self.mentions.setdefault(thing.iri, (thing, []))[1].append(words)
        language = language_of(block.text)
        thread = threads[language]
        thread.begin_block()
        place, period = home, None
        for bounds in sentences(block.text):
            inside = [n for n in singles if bounds[0] <= n.start and n.end <= bounds[1]]
            code = language_of(block.text[bounds[0] : bounds[1]])
            rules = pipeline.languages[code]
            nodes = talk.resolve_pronouns(block, bounds, inside, thread, rules.talk, pipeline.alphabet)
            scene = encode(block, bounds, nodes, pipeline.alphabet, pipeline.grammars)
            scene.moods, scene.sayers = rules.moods.read(scene)
            scene.place, scene.period = place, period
            talk.note_topics(scene, thread, rules.talk, pipeline.alphabet)
            self.claims.extend(rules.relations.read(scene, asserted))
            facts, loose = rules.observer.read(scene, self.document)
            self.observations.extend(facts)
            self.loose.extend(loose)
            thread.end_sentence(scene)

    def _singles(self, block: Block, matches: Sequence[Match], certain: frozenset[str]) -> list[Node]:
        pipeline = self.pipeline
        nodes: list[Node] = []
        for match, name in pipeline.evidence.choose(block.text, matches, certain):
            mention = Mention(match.start, match.end, name.thing)
            char = pipeline.alphabet.name(pipeline.ontology.closure(name.thing.classes))
            nodes.append(Node(match.start, match.end, char, (mention,)))
        taken = [(n.start, n.end) for n in nodes]
        periods = [
            p
            for p in pipeline.periods.find(block.text, self.document.issued, self.previous)
            if not _overlaps(p.start, p.end, taken)
        ]
        if known := [p.value for p in periods if p.value]:
            self.previous = known[-1]
        for period in periods:
            nodes.append(Node(period.start, period.end, pipeline.alphabet.kind("period"), periods=(period,)))
        taken += [(p.start, p.end) for p in periods]
        for quantity in pipeline.quantities.find(block.text, periods):
            if not _overlaps(quantity.start, quantity.end, taken):
                char = pipeline.alphabet.kind(quantity.kind)
                nodes.append(Node(quantity.start, quantity.end, char, quantities=(quantity,)))
                taken.append((quantity.start, quantity.end))
        for ordinal in pipeline.quantities.find_ordinals(block.text):
            if not _overlaps(ordinal.start, ordinal.end, taken):
                kind = "ordinal" if ordinal.kind == "rank" else ordinal.kind
                nodes.append(Node(ordinal.start, ordinal.end, pipeline.alphabet.kind(kind), ordinals=(ordinal,)))
                taken.append((ordinal.start, ordinal.end))
        return sorted(nodes, key=lambda n: n.start)


def _overlaps(start: int, end: int, taken: Iterable[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in taken)


def _alphabet(ontology: Ontology) -> Alphabet:
    combos = {ontology.closure(name.thing.classes) for name in ontology.names}
    combos |= {ontology.closure([cls]) for cls in ontology.parents}
    return Alphabet(combos, _KINDS)
