"""What every way to place a figure has at hand: phrases, topics, metrics and the settings of one language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from suantu.expressions import compiled
from suantu.ontology import Ontology
from suantu.phrases import Phrase, Phrases
from suantu.records import Thing
from suantu.rules import Alphabet, Compiler
from suantu.scene import Node, Scene
from suantu.stages.observations.circumstances import Circumstances
from suantu.stages.observations.frames import Frame, Metric, Metrics
from suantu.stages.observations.placing import (
    CLAUSE,
    DEVICES,
    FIGURES,
    TOPICS,
    Placing,
    Unplaced,
    clause_start,
)

_SOLD = "Chip|Product|Server"


class Base:
    """The compiled settings of one language, and the questions that its parts ask of a sentence."""

    def __init__(
        self,
        frames: Sequence[Frame],
        metrics: Metrics,
        phrases: Phrases,
        circumstances: Circumstances,
        settings: Mapping[str, Any],
        ontology: Ontology,
        alphabet: Alphabet,
        compiler: Compiler,
    ) -> None:
        language = compiler.language
        self._frames = frames
        self._metrics, self._phrases, self._when = metrics, phrases, circumstances
        self._ontology, self._alphabet, self._language = ontology, alphabet, language
        edge = r"(?<![A-Za-z])" if language == "en" else ""
        after = r"(?![A-Za-z])" if language == "en" else ""
        link = "|".join(re.escape(str(w)) for w in sorted(settings["link"], key=lambda w: (-len(str(w)), str(w))))
        places = alphabet.matching(["Place"])
        period = alphabet.matching(["period"])
        verbs = "|".join(settings.get("link-verbs", ["(?!)"]))
        self._link = compiled(f"(?:{edge}(?:{link}){after}|{verbs}|[{period}{places}]|\\s)*", re.IGNORECASE)
        inserted = "|".join(settings.get("inserted", ()))
        self._inserted = compiler.pattern(inserted, "inserted").regex if inserted else None
        listed = "|".join(
            re.escape(str(w)) for w in sorted(settings["list-link"], key=lambda w: (-len(str(w)), str(w)))
        )
        self._set_against = compiled(str(settings.get("set-against", "(?!)")))
        self._list_link = compiled(f"(?:{edge}(?:{listed}){after}|[{period}]|\\s)*", re.IGNORECASE)
        enumerated = "|".join(map(re.escape, settings["not-figures"]))
        self._enumerated = compiled(f"^(?:{settings['not-figures-before']}|\\s)*(?:{enumerated}){after}", re.IGNORECASE)
        self._period_char = period
        self._passed = period + (alphabet.matching(["percent", "multiple"]) if language == "en" else "")
        self._load_words(settings, compiler)
        self._remote = tuple(
            (str(bound), compiled(f"{edge}(?:{'|'.join(map(str, words))}){after}[^，。；,;{FIGURES}]{{0,8}}$"))
            for bound, words in settings["remote-bounds"].items()
        )
        self._owners = tuple(settings["owners"])
        self._owner_classes = frozenset(settings["owner-classes"])
        self._countable = tuple(map(str, settings["countable"]))
        self._versions = tuple(f for f in ontology.facts if f[1] == "versionOf")
        self._of = str(settings["possessive"]).replace("{}", "")
        self._possessive, self._comma = str(settings["possessive"]), str(settings["joint"])
        self._joint_metrics = frozenset(settings["joint-metrics"])
        self._summed_metrics = frozenset(settings.get("summed-metrics", ()))
        possess = "|".join(sorted(map(str, settings["possess"]), key=len, reverse=True))
        self._possess = compiled(f"{edge}(?:{possess}){after}(?:{settings['possess-gap']}|[a-z ]){{0,3}}[^，,]{{0,8}}$")

    def _load_words(self, settings: Mapping[str, Any], compiler: Compiler) -> None:
        """The words that tell conditions and small sums from figures, and markets from other wholes."""
        conditions = settings["conditions"]
        self._condition_left = compiler.pattern("|".join(conditions["left"]) or "(?!)", "conditions").regex
        self._condition_right = compiler.pattern("|".join(conditions["right"]) or "(?!)", "conditions").regex
        self._difference = compiler.pattern(str(conditions.get("difference", "(?!)")), "conditions").regex
        again = conditions.get("restated", {})
        self._round = compiled(str(again.get("text", "(?!)")))
        self._restated = compiler.pattern(str(again.get("right", "(?!)")), "conditions restated").regex
        self._together_words = compiled("|".join(map(str, settings.get("together", ()))) or "(?!)")
        self._group_words = frozenset(map(str, settings.get("groups", ())))
        self._edition = compiled(str(settings.get("edition", "(?!)")))
        self._groups = compiled("|".join(sorted(self._group_words, key=len, reverse=True)) or "(?!)")
        self._ordinal = tuple(map(str, settings.get("ordinal", ("\0",))))
        definitions = conditions.get("defining", ())
        self._definitions = [(compiled(d["left"]), compiled(d["right"])) for d in definitions]
        self._from = compiled(str(settings.get("from", "(?!)")).replace("{figures}", FIGURES))
        self._of_each, self._part_of_each = (
            compiled(str(settings.get(k, "(?!)"))) for k in ("of-each", "part-of-each")
        )
        few = settings.get("few", {})
        self._vague = compiled(str(few.get("vague", "(?!)")))
        self._few = compiled(str(few.get("text", "(?!)")))
        self._apposed = compiled(str(few.get("apposed", "(?!)")))
        self._moved = compiled(str(few.get("moved", "(?!)")))
        self._few_left = compiled(str(few.get("left", "(?!)")))
        self._few_right = compiled(str(few.get("right", "(?!)")))
        self._formats = compiled(str(settings.get("formats", "(?!)")))
        self._load_beneficiary(settings.get("beneficiary", {}), compiler)
        self._each = compiled("|".join(map(str, settings["each"])))
        self._market_metrics = frozenset(settings.get("market-metrics", ()))
        self._place_metrics = frozenset(settings.get("place-metrics", ()))
        self._sized = ("marketSize", *self._place_metrics)
        self._sales_metrics = frozenset(settings.get("sales-metrics", ()))
        sites = settings.get("sites", {})
        self._site_metrics = frozenset(map(str, sites.get("metrics", ())))
        words = (compiled(str(sites.get(k, "(?!)"))) for k in ("called", "phases", "owned", "units"))
        self._site_names, self._phases, self._firms_own, self._units = words
        self._in_all = tuple(map(str, settings.get("in-all", ())))
        self._unit_metrics = frozenset(settings.get("unit-metrics", ()))
        self._of_counted = frozenset(settings.get("of-counted", ()))
        self._size_metrics = frozenset(settings.get("size-metrics", ()))
        self._relative_metrics = frozenset(settings.get("relative-metrics", ()))
        self._lead = compiled(str(settings.get("lead", "(?!)")))
        self._plain_wholes = frozenset(map(str, settings.get("plain-wholes", ())))
        self._seller_words = tuple(map(str, settings.get("seller-words", ())))
        self._called_by_metric = str(settings.get("compute", ""))
        self._behind = compiled(settings["behind"]) if "behind" in settings else None
        speakers = settings.get("speakers")
        self._speakers = compiled(f"{speakers}$") if speakers else None
        self._speaking = compiled(f"\\b{speakers}\\b") if speakers else None
        self._spoke = compiled(str(settings.get("spoke", "(?!)")))
        self._load_turns(settings, compiler)
        self._load_wholes(settings, compiler)
        self._load_subjects(settings, compiler)
        self._market_words = tuple(map(str, settings["market-words"]))
        adopted = dict(settings.get("adopted", {}))
        self._adopted = compiled(str(adopted.get("words", "(?!)")))
        self._adoptable, self._loaded = (frozenset(adopted.get(k, ())) for k in ("classes", "not"))

    def _load_wholes(self, settings: Mapping[str, Any], compiler: Compiler) -> None:
        """What tells a share of a market from others, and of whom a share is told."""
        self._plain_metrics = frozenset(settings.get("plain-metrics", ()))
        self._market_scope = compiler.pattern(str(settings.get("market-scope", "(?!)")), "market-scope").regex
        self._computed = self._plain_metrics & {"computeScale"}
        self._asked_metrics = frozenset(settings.get("asked-metrics", ()))
        self._plain_scope = compiled(str(settings.get("plain-scope", "(?!)")))

    def _load_subjects(self, settings: Mapping[str, Any], compiler: Compiler) -> None:
        """What tells whose a figure is."""
        self._devices_only = frozenset(settings.get("devices-only", ()))
        earned = compiler.pattern(settings["earned"], "earned").regex if "earned" in settings else None
        self._earned = earned or compiled("(?!)")
        self._unplaced = tuple(Unplaced.of(entry) for entry in settings.get("unplaced", ()))
        self._counted_units = compiled(str(settings.get("counted-units", "(?!)")))
        self._heads = frozenset(map(str, settings.get("place-heads", ())))
        self._aside_figure = compiled(str(settings.get("aside-figure", "(?!)")))
        self._own_figure = compiled(str(settings.get("own-figure", "(?!)")))
        self._relative = compiled(str(settings.get("relative-clause", "(?!)")))
        self._inside, self._attributive, self._reports = (
            compiled(str(settings.get(k, "(?!)"))) for k in ("inside", "attributive", "reports")
        )
        self._remainder = compiled(str(settings.get("remainder", "(?!)")))
        self._viewed = compiled(str(settings.get("viewed", "(?!)")))
        self._describing = compiled(str(settings.get("describing", "(?!)")))

    def _load_turns(self, settings: Mapping[str, Any], compiler: Compiler) -> None:
        """How a text turns to another subject, sums up several, and tells what two are apart."""
        conditions, sites = settings["conditions"], settings.get("sites", {})
        self._turning = compiled(str(settings.get("turning", "(?!)")))
        words = (compiled(str(settings.get(k, "(?!)"))) for k in ("echo", "so-many", "so-each"))
        self._echo, self._so_told, self._so_each = words
        self._pair_words = {str(k): int(v) for k, v in dict(settings.get("pair", {})).items()}
        self._so_few = compiler.pattern(str(settings.get("so-few", "(?!)")), "so-few").regex
        self._gap = compiled(str(conditions.get("gap", "(?!)")).replace("{figures}", FIGURES))
        self._more = compiler.pattern(str(conditions.get("more", "(?!)")), "conditions").regex
        self._per_machine, self._parts = (compiled(str(sites.get(k, "(?!)"))) for k in ("machine", "parts"))
        self._adopted_unnamed = compiled(str(settings.get("adopted", {}).get("unnamed", "(?!)")))

    def _load_beneficiary(self, settings: Mapping[str, Any], compiler: Compiler) -> None:
        """How a text says whom a sum is for."""
        self._granted = str(settings.get("metric", ""))
        self._voucher = compiled(str(settings.get("voucher", "(?!)")))
        self._grant_words = compiled(str(settings.get("words", "(?!)")))
        self._granted_itself = compiled(str(settings.get("keeps", "(?!)")))
        self._granted_empty = frozenset(map(str, settings.get("empty", ())))
        self._granted_to = [compiler.pattern(p, "beneficiary").regex for p in settings.get("left", ())]

    def _beneficiary(self, scene: Scene, position: int) -> Thing | None:
        """Whom a sum is for (对新建的中心给予补助，最高 …)."""
        found = [m.span("a") for pattern in self._granted_to for m in pattern.finditer(scene.text, 0, position)]
        for start, end in sorted(found, reverse=True):
            phrase = self._phrases.left(scene, end, start)
            about = phrase.about or (self._phrases.subject(phrase.words) if phrase.words else None)
            if about is not None and about.label not in self._granted_empty and not self._is_place(about):
                return about
        return None

    def _grant(self, scene: Scene, position: int, topic: Sequence[str], rate: bool) -> Thing | None:
        """Whose a grant or its rate is: the voucher's, else the place's that gives it, else those that get it."""
        voucher = list(self._voucher.finditer(scene.text, 0, position)) if rate else ()
        if voucher:
            return self._phrases.subject(voucher[-1][0])
        place = self._when.where(scene, position, True)
        if place is not None and "Country" not in place.classes:
            return place
        if node := scene.topic(position, topic, age=8):
            return node.thing
        if whom := self._beneficiary(scene, position):
            return whom
        word = self._grant_words.search(scene.text, clause_start(scene.text, position))
        return self._phrases.subject(word[0]) if word else None

    def _unsaid(self, scene: Scene, phrase: Phrase) -> Phrase:
        """The phrase, but for who says so: that is not what is measured."""
        said = self._language == "en" and any(phrase.start <= at < phrase.end for at, _, _ in scene.sayers)
        said |= self._speakers is not None and bool(self._speakers.search(scene.surface(phrase.start, phrase.end)))
        spoke = bool(phrase.words or self._language == "zh") and self._spoke.match(scene.text, phrase.end) is not None
        return replace(phrase, about=None, words="", nodes=()) if said or spoke else phrase

    def _of_device(self, scene: Scene, position: int, about: Thing, ahead: bool = False) -> Thing:
        """An interconnect's figure is that of the device which the text talks about (the NVLink of the A100), or turns to
        (seven Infinity Fabric links tie the MI300X to …)."""
        if "Interconnect" not in about.classes:
            return about
        owner = scene.topic(position, (_SOLD,), age=0)
        if owner is None and ahead:
            owner = scene.topic(len(scene.text), (_SOLD,), age=1)
        if owner is None or len(owner.mentions) > 1:
            return about
        family = next((o for s, p, o in self._versions if s == about.iri), None)
        whole = self._ontology.things.get(family or "", about)
        return self._phrases.subject(self._possessive.format(self._called(owner.thing), self._called(whole)))

    def _members(self, scene: Scene, end: int, start: int, count: int) -> tuple[Thing, ...]:
        """As many subjects as figures: the list before the metric, or the latest list that the text named."""
        if members := self._phrases.members(scene, end, start, count):
            return members
        for at in sorted((p for p in scene.nodes if p < end), reverse=True):
            if len(scene.nodes[at].mentions) == count:
                return scene.nodes[at].things
        return self._phrases.members(scene, start - 1, clause_start(scene.text, start - 1), count) if start else ()

    def _carried(self, last: tuple[int, Placing] | None, metric: Metric) -> tuple[int, Placing] | None:
        """The last figure, where another of ``metric`` goes on about it: what was counted has proportions, counts and
        what firms have (staff have no revenue, no firms a market's size); other figures are its owner's."""
        apart = last is not None and last[1].metric.owned and not (metric.owned or metric.rate)
        if apart and last is not None and last[1].owner is not None:
            return last[0], replace(last[1], about=last[1].owner, group=())  # 利用率…，产能…
        if last is None or not last[1].counted or metric.rate or metric.name in self._of_counted:
            return last
        if metric.name in self._site_metrics and self._site_names.search(last[1].about.label):
            return last  # so many centres, with so much computing power in all
        if last[1].about.label.endswith(tuple(self._group_words)) and metric.name not in self._market_metrics:
            return last
        owner = last[1].owner
        return (last[0], replace(last[1], about=owner, group=())) if owner is not None else None

    def _actor(self, scene: Scene, end: int, by: Sequence[str]) -> Thing | None:
        """Who does what is told at ``end``: the last of these classes that its clause names, or goes on about."""
        start = clause_start(scene.text, end)
        inside = [n for at, n in sorted(scene.nodes.items()) if start <= at < end and self._of_class(n, by)]
        node = inside[0] if inside else scene.topic(end, by, age=2)
        return node.thing if node is not None and len(node.mentions) == 1 else None

    @staticmethod
    def _follows(scene: Scene, at: int, start: int) -> bool:
        """Whether the clause that begins at ``start`` comes right after the one with the figure at ``at``."""
        return at < start and len(CLAUSE.findall(scene.text[at + 1 : start])) == 1

    def _topic(self, scene: Scene, position: int, metric: Metric) -> Thing | None:
        node = self._site(scene, position, metric)
        node = node or (self._device_topic(scene, position, metric) if metric.device else None)
        if node is None and metric.name in self._unit_metrics:  # what a device costs, not what it uses
            node = scene.topic(position, (_SOLD,), age=0)
        node = node or scene.topic(position, metric.topic or TOPICS, age=2) or (scene.host if metric.own else None)
        return node.thing if node is not None and len(node.mentions) == 1 else None

    def _speaks(self, scene: Scene, start: int, end: int) -> bool:
        """Whether a stretch only tells who says what follows."""
        said = any(start <= at < end for at, _, _ in scene.sayers)
        return said or bool(self._speaking and self._speaking.search(scene.text, start, end))

    @staticmethod
    def _market_topic(scene: Scene, position: int) -> Thing | None:
        """The market that the text goes on about."""
        market = scene.topic(position, ("Market",), age=8)
        return market.thing if market is not None and len(market.mentions) == 1 else None

    def _device_topic(self, scene: Scene, position: int, metric: Metric) -> Node | None:
        if metric.topic:
            return scene.topic(position, metric.topic, parts=True)
        unit = self._units.search(scene.text, clause_start(scene.text, position), position + 8)
        if unit and unit["chip"] and (chip := scene.topic(position, ("Chip",), parts=True)) is not None:
            return chip
        if unit and unit["machine"]:  # 整机功耗: that of no chip
            return scene.topic(position, ("Product|Server",))
        return scene.topic(position, ("Chip|Product|Server|AIModel",)) or scene.topic(position, ("Interconnect",))

    def _site(self, scene: Scene, position: int, metric: Metric) -> Node | None:
        """The site that the text goes on about, where a clause tells of computing power, or of a phase of its building."""
        start = clause_start(scene.text, position)
        own = metric.name in self._site_metrics and not self._units.search(scene.text, start, position + 8)
        if not own and not (metric.placed and self._phases.match(scene.text, start, position)):
            return None
        # that of a device that the text is about: only the site before it has more of it
        clause: tuple[int, int] | None = None
        for topic in reversed(scene.topics):
            if scene.now - topic.time > 1 or clause not in (None, (topic.time, topic.clause)):
                break
            ahead = topic.time == scene.now and topic.position >= position
            sites = [m for m in topic.node.mentions if self._is_site(m.thing)]
            if not (ahead or topic.object) and len(sites) == 1:
                return replace(topic.node, mentions=(sites[0],))
            if topic.time == scene.now and not (ahead or topic.part or topic.object) and topic.classes & set(DEVICES):
                clause = topic.time, topic.clause
        return None

    def _is_site(self, thing: Thing) -> bool:
        named = self._ontology.closure(thing.classes) & {"Organization", "Place"}
        return bool(named and self._site_names.search(thing.label))

    def _is_device(self, thing: Thing | None) -> bool:
        return thing is not None and bool(self._ontology.closure(thing.classes).intersection(DEVICES))

    def _of_class(self, node: Node, classes: Sequence[str]) -> bool:
        return bool(self._alphabet.classes(node.char).intersection(classes))

    def _device_node(self, node: Node) -> bool:
        return bool(self._alphabet.classes(node.char).intersection(DEVICES))

    def _is_firm(self, thing: Thing | None) -> bool:
        return thing is not None and "Organization" in self._ontology.closure(thing.classes)

    def _is_seller(self, thing: Thing) -> bool:
        return bool(self._ontology.closure(thing.classes).intersection(("Organization", "Chip", "ChipType")))

    def _market_at(self, scene: Scene, about: Thing, metric: Metric) -> Thing | None:
        """The market that the text goes on about, where a market's figure is only said to be of a place."""
        if metric.name not in self._place_metrics or not self._is_place(about):
            return None
        if self._language == "en":  # told of in the sentence before
            sized = (f.about for f in reversed(scene.told) if f.metric in self._sized and "Market" in f.about.classes)
            return next(sized, None)
        told = None if metric.name in self._joint_metrics else scene.measured.get(metric.name)
        if metric.name == "computeScale":
            return told or self._phrases.subject(self._called_by_metric)
        return told or (None if metric.device or metric.noun else scene.market)

    def _rate_of(self, scene: Scene, start: int, end: int, owner: Thing | None) -> Thing:
        """A named rate (毛利率), with whose it is."""
        rate = scene.surface(start, end)
        if owner is None or rate in owner.label or self._language == "en":
            return owner or self._phrases.subject(rate)
        whose = owner.label.split(self._of)[0] if owner.found_by == "phrase" else self._called(owner)
        return self._phrases.subject(self._possessive.format(whose, rate))

    def _of_market(self, scene: Scene, about: Thing, before: Mapping[str, tuple[int, Placing]]) -> bool:
        """Whether a bare share is of a market: after its size or another's share of it, a seller's after sales too."""
        placed = sorted(before.values(), key=lambda b: b[0])
        names = [f.metric for f in scene.told] + [p.metric.name for _, p in placed]
        name = next((n for n in reversed(names) if n not in self._relative_metrics), "")
        if name in self._market_metrics:
            return True
        seller = self._is_seller(about) or self._is_place(about)
        sold = scene.of_market or name in self._sales_metrics
        return seller and (sold or any(word in scene.text for word in self._market_words))

    def _is_place(self, thing: Thing) -> bool:
        return "Place" in self._ontology.closure(thing.classes)

    def _called(self, thing: Thing) -> str:
        """A thing's name in the language of the text."""
        names = thing.labels.get("pref@en", ()) if self._language == "en" else ()
        return next(iter(names), thing.label)

    def _joint(self, things: Sequence[Thing], scene: Scene) -> Thing:
        """Several as one, by the very words of the list, or of their names and what joins these."""
        listed = next((n for n in scene.nodes.values() if len(things) > 1 and n.things == tuple(things)), None)
        if listed is not None and not listed.pronoun:
            return self._phrases.subject(" ".join(scene.block.text[listed.start : listed.end].split()))
        if len(things) == 1:
            return things[0]
        named = {n.thing.iri: at for at, n in sorted(scene.nodes.items(), reverse=True) if n.mentions and not n.pronoun}
        at = [named.get(t.iri, -1) for t in things]
        if self._language == "en" or at != sorted(at) or at[0] < 0:
            return self._phrases.subject(self._comma.join(self._called(t) for t in things))
        words = scene.surface(at[0], at[0] + 1)
        for a, b in pairwise(at):
            words += (self._phrases.joint(scene.text, a + 1, b) or self._comma) + scene.surface(b, b + 1)
        return self._phrases.subject(words)
