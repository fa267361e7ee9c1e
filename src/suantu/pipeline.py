"""From a document to its facts: the stages in order, and nothing else.

text → blocks → mentions, quantities → sentences → claims, observations, rankings: a pure function of text and ontology.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from suantu.expressions import compiled
from suantu.ontology import Name, Ontology
from suantu.phrases import Phrases
from suantu.records import (
    Block,
    BlockKind,
    Claim,
    Document,
    Extraction,
    Loose,
    Mention,
    Observation,
    Period,
    Thing,
)
from suantu.records import (
    Evidence as Words,
)
from suantu.rejecting import without
from suantu.rules import KINDS, Alphabet, Compiler, Pattern, read_rules
from suantu.scene import Node, Scene, Topic
from suantu.stages import eras
from suantu.stages.antecedents import resolve_pronouns
from suantu.stages.clean import clean
from suantu.stages.discourse import Discourse
from suantu.stages.discovery import Discovery
from suantu.stages.encode import Grammar, encode, language_of, sentences
from suantu.stages.evidence import Evidence
from suantu.stages.families import Families
from suantu.stages.home import home_of, host_of
from suantu.stages.layout import Layout
from suantu.stages.moods import Moods, asserted
from suantu.stages.names import Gazetteer, Match
from suantu.stages.observations import Metrics, Observer, compile_frame, plain_words
from suantu.stages.observations import merge as merge_observations
from suantu.stages.observations.circumstances import Circumstances
from suantu.stages.overlaps import apart
from suantu.stages.periods import PeriodGrammar
from suantu.stages.quantities import QuantityGrammar
from suantu.stages.rankings import Rankings, RankThread, compile_ranking
from suantu.stages.rankings import merge as merge_rankings
from suantu.stages.relations import Relations, compile_frames, compile_rule, compile_skips
from suantu.stages.relations import merge as merge_claims
from suantu.stages.tables import Heads, Tables, group_rows
from suantu.stages.topics import note_topics
from suantu.thread import Thread

LANGUAGES = ("zh", "en")
_READ = (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING, BlockKind.CAPTION, BlockKind.LABEL, BlockKind.ROW)
_LISTED = (BlockKind.ITEM, BlockKind.LABEL)


@dataclass
class Language:
    """The compiled rules of one language."""

    grammar: Grammar
    moods: Moods
    talk: Discourse
    phrases: Phrases
    relations: Relations
    observer: Observer
    rankings: Rankings
    insertion: Pattern | None = None


class Pipeline:
    """Reads documents with one ontology. Build it once: compiling the rules costs more than reading a page."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        setting = ontology.setting
        combos = {ontology.closure(name.thing.classes) for name in ontology.names}
        combos |= {ontology.closure([cls]) for cls in ontology.parents}
        self.alphabet = Alphabet(combos, KINDS, ontology.foreign)
        self.layout = Layout.from_settings(setting("layout"), "rules/layout.yaml")
        self.quantities = QuantityGrammar.from_settings(setting("quantities"), "rules/quantities.yaml")
        self.periods = PeriodGrammar.from_settings(setting("periods"), "rules/periods.yaml")
        names = setting("names")
        decoys = [*names["decoys"], *plain_words(setting("metrics"))]
        self.gazetteer = Gazetteer(ontology.names, compiled(str(names["not-opening"])), decoys)
        self.families = Families(ontology, self.gazetteer.inside)
        self.evidence = Evidence(names, ontology)
        self.discovery = Discovery(ontology, self.alphabet)
        self.layout_label = compiled(str(names["paragraph-label"]))
        self.languages = {code: self._language(code) for code in LANGUAGES}
        self.tables = self._tables(setting("tables"))
        self.grammars = {code: language.grammar for code, language in self.languages.items()}

    def _language(self, code: str) -> Language:
        settings = self.ontology.setting(f"language.{code}")
        file = f"rules/language.{code}.yaml"
        compiler = Compiler(self.alphabet, code, settings["cues"], file)
        everyday = self.ontology.settings.get(f"words.{code}", {})
        phrases = Phrases(settings, code, self.ontology, self.alphabet, everyday)
        grammar = Grammar.from_settings(settings)
        return Language(
            grammar,
            Moods(settings, code, self.alphabet.matching(["Organization"]), self.alphabet.matching(["period"])),
            Discourse(settings, code, {n.text: n.thing for n in self.ontology.names}, self.ontology.closure),
            phrases,
            self._relations(code, compiler, phrases, grammar),
            self._observer(code, compiler, settings, phrases),
            self._rankings(code, compiler, phrases),
            compiler.pattern(settings["insertion"], "insertion") if "insertion" in settings else None,
        )

    def _relations(self, code: str, compiler: Compiler, phrases: Phrases, grammar: Grammar) -> Relations:
        settings = self.ontology.setting(f"relations.{code}")
        file = f"rules/relations.{code}.yaml"
        places = {word: place for word, place in phrases.places.items() if place is not None}
        compiler = compiler.with_cues({"demonym": [*map(re.escape, places), "(?!)"], **settings.get("cues", {})}, file)
        rules = [compile_rule(r, compiler, self.ontology.properties) for r in read_rules(settings, file)]
        skips = compile_skips(settings, compiler, self.ontology.properties)
        words, framed = compile_frames(settings, compiler, self.ontology.properties)
        return Relations(
            [*rules, *framed], words, self.ontology, settings, skips, places, grammar.folding(self.alphabet)
        )

    def _observer(self, code: str, compiler: Compiler, language: Mapping[str, Any], phrases: Phrases) -> Observer:
        settings = self.ontology.setting(f"observations.{code}")
        file = f"rules/observations.{code}.yaml"
        moved = [f"{verb}{to}" for verb in settings.get("moves", ()) for to in settings.get("moved-to", ())]
        settings = {**settings, **{key: [*settings[key], *moved] for key in ("link", "list-link")}}
        links = [re.escape(str(word)) for word in settings["link"]] + ["{period}"]
        compiler = compiler.with_cues({"link": links, **settings.get("cues", {})}, file)
        metrics = Metrics(self.ontology.setting("metrics"), code, self.ontology.metrics, "rules/metrics.yaml")
        frames = [compile_frame(r, compiler, metrics) for r in read_rules({"rules": settings["frames"]}, file)]
        when = Circumstances(language, code, self.alphabet, phrases.places, self.ontology)
        settings = {key: language[key] for key in ("speakers", "spoke") if key in language} | settings
        observer = Observer(frames, metrics, phrases, when, settings, self.ontology, self.alphabet, compiler)
        observer.load_defaults(settings.get("defaults", {}), compiler)
        return observer

    def _rankings(self, code: str, compiler: Compiler, phrases: Phrases) -> Rankings:
        settings = self.ontology.setting(f"rankings.{code}")
        file = f"rules/rankings.{code}.yaml"
        compiler = compiler.with_cues(settings.get("cues", {}), file)
        rules = [compile_ranking(r, compiler) for r in read_rules(settings, file)]
        return Rankings(rules, settings, compiler, phrases, self.ontology, code)

    def _tables(self, settings: Mapping[str, Any]) -> Tables:
        heads = Heads(
            settings,
            lambda text: [(m.start, m.end, tuple(n.thing for n in m.names)) for m in self.gazetteer.find(text)],
            lambda text: self.periods.find(text, "", ""),
            self.quantities.find,
            lambda text: self.languages[language_of(text)].observer.metric_words(text),
        )
        return Tables(settings, heads, self.ontology)

    # -- one document ------------------------------------------------------------------------------------------------

    def extract(self, document: Document, watch: Callable[[Scene], None] | None = None) -> Extraction:
        """All that the document says; ``watch`` is shown every sentence once its names, figures and moods are known."""
        found = _Reading(self, document, watch).extraction()
        return without(found, self.ontology.rejected) if self.ontology.rejected else found


@dataclass
class _Reading:
    """The reading of one document: what its stages hand on."""

    pipeline: Pipeline
    document: Document
    watch: Callable[[Scene], None] | None = None
    claims: list[Claim] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    mentions: dict[str, tuple[Thing, list[Words]]] = field(default_factory=dict)
    ranks: RankThread = field(init=False)
    dated: Document = field(init=False)
    measured: dict[str, Thing] = field(default_factory=dict)
    spot: Thing | None = None
    eras: eras.Eras = field(default_factory=eras.Eras)
    previous: str = ""
    sections: tuple[str, ...] = ()
    label: Thing | None = None
    heading: Thing | None = None
    heading_only: bool = False
    heads: tuple[Topic, ...] = ()
    makers: dict[str, Thing] = field(default_factory=dict)
    inside: Callable[[str], list[tuple[int, int, Thing]]] = field(init=False)

    def extraction(self) -> Extraction:
        blocks = [b for b in clean(self.document, self.pipeline.layout) if b.kind in _READ]
        found = [self.pipeline.gazetteer.find(b.text) for b in blocks]
        certain = self.pipeline.evidence.certain(found)
        chosen = [self.pipeline.evidence.choose(b.text, m, certain) for b, m in zip(blocks, found, strict=True)]
        named = self.pipeline.discovery.read(
            [(b.text, c) for b, c in zip(blocks, chosen, strict=True)], self.document.title
        )
        title, publisher = self.document.title, self.document.publisher
        host = host_of(title, named, self.pipeline.alphabet, self.pipeline.ontology.closure)
        home = home_of(
            title, publisher, [b.text for b in blocks], self.pipeline.gazetteer.sure, self.pipeline.ontology.closure
        )
        self.inside = self.pipeline.families.finder(named)
        threads = {code: Thread(host, home) for code in LANGUAGES}
        times = self.pipeline.periods
        issued, self.now = self._dates(blocks)
        self.dated = replace(self.document, issued=issued)
        self.ranks = RankThread(self.document.title, lambda text: times.find(text, self.document.issued, ""))
        tabled = self._tables(blocks, named, home)
        for block, names in zip(blocks, named, strict=True):
            self._block(block, names, threads, home, tabled)
        return Extraction(
            self.document,
            tuple(
                (thing, Words(tuple(s for w in words for s in w.spans), words[0].section))
                for thing, words in self.mentions.values()
            ),
            merge_claims(self.claims),
            merge_observations(self.observations),
            merge_rankings(self.ranks),
            tuple(self.loose),
        )

    def _tables(
        self, blocks: Sequence[Block], named: Sequence[Sequence[tuple[Match, Name]]], home: Thing | None
    ) -> frozenset[int]:
        """Read the tables; the ids of the rows that said something and need no reading as sentences."""
        document = self.document
        names = {n.text.casefold(): n.thing for found in named for _, n in found if n.thing.found_by != "lexicon"}
        tabled: set[int] = set()
        for rows in group_rows(blocks, lambda b: b.kind is BlockKind.ROW):
            facts = self.pipeline.tables.read(rows, document.title, home, document.issued, names)
            self.claims += facts.claims
            self.observations += facts.observations
            self.loose += facts.loose
            self.ranks.entries += [(entry, rows[0].sections) for entry in facts.rankings]
            for thing, words in facts.things:
                self.mentions.setdefault(thing.iri, (thing, []))[1].append(words)
            if facts.claims or facts.observations or facts.rankings or facts.loose:
                tabled.update(id(row) for row in rows)
        return frozenset(tabled)

    def _dates(self, blocks: Sequence[Block]) -> tuple[str, str]:
        """When the document is from, and what 今年 counts from. Undated, it is from the latest year that it tells of as
        past; 今年 counts from the first day or month of it that is told, if one is."""
        if self.document.issued:
            return self.document.issued, self.document.issued
        texts = [(b.text[a:z], language_of(b.text)) for b in blocks for a, z in sentences(b.text)]
        ahead = {code: rules.moods.looks_ahead for code, rules in self.pipeline.languages.items()}
        return eras.dates(texts, self.pipeline.periods.find, ahead)

    def _block(
        self,
        block: Block,
        names: Sequence[tuple[Match, Name]],
        threads: Mapping[str, Thread],
        home: Thing | None,
        tabled: Collection[int],
    ) -> None:
        pipeline, times, issued = self.pipeline, self.pipeline.periods, self.document.issued
        era = self.eras.enter((self.document.title, *block.sections), lambda text: times.find(text, issued), issued)
        self.previous = self.eras.since(self.previous, issued, block.sections != self.sections)
        singles = self._singles(block, names)
        for node in singles:
            for mention in node.mentions:
                thing = mention.thing
                words = Words(block.spans(mention.start, mention.end), block.sections[-1] if block.sections else "")
                self.mentions.setdefault(thing.iri, (thing, []))[1].append(words)
        if id(block) in tabled:
            return
        language = language_of(block.text)
        thread = threads[language]
        thread.begin_block()
        self.ranks.begin_block(block)
        place, near = self._place_of(block, singles, home)
        period = self.eras.announced if block.kind in _LISTED else None
        opening: Period | None = None
        paragraph: list[Observation] = []
        of_market = False
        told: tuple[Observation, ...] = ()
        for bounds in sentences(block.text):
            rules = pipeline.languages[language_of(block.text[bounds[0] : bounds[1]])]
            scene = self._scene(block, bounds, singles, thread, rules)
            scene.place, scene.place_near, scene.period, scene.of_market = place, near, period, of_market
            scene.earlier, scene.makers, scene.era_near = paragraph, self.makers, self.eras.heading is not None
            scene.told, scene.era, scene.heads, scene.measured, scene.home = told, era, self.heads, self.measured, home
            note_topics(scene, thread, rules.talk, pipeline.alphabet, pipeline.ontology.closure)
            if self.watch:
                self.watch(scene)
            self.claims.extend(rules.relations.read(scene, asserted))
            self.claims.extend(rules.relations.named(scene, self.inside))
            facts, loose = self._told(scene, rules)
            paragraph.extend(facts)
            told = tuple(facts) or told
            self.measured |= eras.measured(facts, self.pipeline.ontology.closure)
            of_market = of_market or any(f.metric == "marketShare" for f in facts)
            period, place, near = eras.carried(facts, scene, *rules.observer.onward(scene), self.dated.issued)
            opening = opening or period
            self.loose.extend(loose)
            thread.end_sentence(scene, rules.talk.heads)
        self.observations.extend(paragraph)
        if block.kind not in _LISTED:
            self.eras.announce(block.text, period, pipeline.layout.clause_end)
        self.eras.leave(opening, self.dated.issued)
        self.spot = place if language == "zh" else None  # an English paragraph says anew where its figures are from

    def _scene(
        self, block: Block, bounds: tuple[int, int], singles: Sequence[Node], thread: Thread, rules: Language
    ) -> Scene:
        """A sentence, encoded, with its pronouns, moods and insertions."""
        alphabet, grammars = self.pipeline.alphabet, self.pipeline.grammars
        inside = [n for n in singles if bounds[0] <= n.start and n.end <= bounds[1]]
        asides = self._insertions(block, bounds, inside, rules)
        nodes = resolve_pronouns(block, bounds, inside, thread, rules.talk, alphabet, asides)
        scene = encode(block, bounds, nodes, alphabet, grammars)
        scene.host = thread.host
        scene.moods, scene.sayers = rules.moods.read(scene)
        if rules.insertion:
            scene.insertions = tuple(m.span() for m in rules.insertion.regex.finditer(scene.text))
        return scene

    def _told(self, scene: Scene, rules: Language) -> tuple[list[Observation], list[Loose]]:
        """The figures and ranks of a sentence: read without its insertions, and then those inside them."""
        rules.rankings.read(scene, self.ranks, asserted)
        scene.ranked = self.ranks.latest
        if not scene.insertions:
            return rules.observer.read(scene, self.dated)
        plain = scene.without(scene.insertions)
        rules.rankings.read(plain, self.ranks, asserted)
        facts, loose = rules.observer.read(plain, self.dated)
        more, others = rules.observer.read(scene, self.dated, inserted=True)
        return [*facts, *more], [*loose, *others]

    def _insertions(
        self, block: Block, bounds: tuple[int, int], nodes: Sequence[Node], rules: Language
    ) -> tuple[tuple[int, int], ...]:
        """Where in the block's text a sentence says something more of a name; what stands there is no antecedent."""
        if rules.insertion is None:
            return ()
        scene = encode(block, bounds, nodes, self.pipeline.alphabet, self.pipeline.grammars)
        found = rules.insertion.regex.finditer(scene.text)
        return tuple((scene.starts[m.start()], scene.ends[m.end() - 1]) for m in found)

    def _place_of(self, block: Block, singles: Sequence[Node], home: Thing | None) -> tuple[Thing | None, bool]:
        """Where a paragraph's figures are from when they do not say: its label (北京⸺…), else its heading's place, else
        the document's own; and whether that is near by."""
        alphabet = self.pipeline.alphabet
        if block.sections != self.sections:
            self.sections, self.label, self.spot = block.sections, None, None
            heading = block.sections[-1] if len(block.sections) > 1 else ""
            found = self.pipeline.gazetteer.sure(heading)
            self.heads = self._topics(block.sections[-1]) if block.sections else ()
            places = [t for t in found if "Place" in self.pipeline.ontology.closure(t.classes)]
            self.heading = places[0] if len(places) == 1 else None
            self.heading_only = bool(self.heading) and len(heading) <= len(places[0].label) + 6
        if singles and singles[0].start == 0 and self.pipeline.layout_label.match(block.text, singles[0].end):
            self.label = singles[0].thing if "Place" in alphabet.classes(singles[0].char) else None
        if self.label or self.heading:
            return self.label or self.heading, self.label is not None or self.heading_only
        return home or self.spot, home is not None and "Country" not in self.pipeline.ontology.closure(home.classes)

    def _topics(self, heading: str) -> tuple[Topic, ...]:
        """What a heading names, as topics."""
        out = []
        for match in self.pipeline.gazetteer.find(heading):
            thing = match.names[0].thing
            classes = self.pipeline.ontology.closure(thing.classes)
            mention = Mention(match.start, match.end, thing)
            node = Node(match.start, match.end, self.pipeline.alphabet.name(classes), (mention,))
            out.append(Topic(node, classes))
        return tuple(out)

    def _singles(self, block: Block, names: Sequence[tuple[Match, Name]]) -> list[Node]:
        """Names, times, figures and ordinals of a block, apart from one another: where they overlap the longer wins,
        and of two that are as long the name."""
        pipeline = self.pipeline
        alphabet = pipeline.alphabet
        nodes: list[Node] = []
        for match, name in names:
            char = alphabet.name(pipeline.ontology.closure(pipeline.evidence.classes(block.text, match, name)))
            nodes.append(Node(match.start, match.end, char, (Mention(match.start, match.end, name.thing),)))
        periods = pipeline.periods.find(block.text, self.now, self.previous)
        self.previous = eras.anchor(periods, self.dated.issued) or self.previous
        nodes += [Node(p.start, p.end, alphabet.kind("period"), periods=(p,)) for p in periods]
        nodes += [
            Node(q.start, q.end, alphabet.kind(q.kind), quantities=(q,))
            for q in pipeline.quantities.find(block.text, periods)
        ]
        nodes += [
            Node(o.start, o.end, alphabet.kind("ordinal" if o.kind == "rank" else o.kind), ordinals=(o,))
            for o in pipeline.quantities.find_ordinals(block.text)
        ]
        return apart(nodes)
