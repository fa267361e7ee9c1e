"""Reads relations between things: pattern rules over encoded sentences, each match one or more claims."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from suantu.expressions import compiled
from suantu.frames import Words
from suantu.ontology import Ontology
from suantu.records import Claim, Evidence, Mention, Thing
from suantu.rules import Pattern
from suantu.scene import Node, Scene
from suantu.stages.relations.rules import NamedRule, RelationRule, gates_of
from suantu.stages.relations.told import MADE, crosses, maker_told, yields

_CLAUSE = compiled(r"[，,；;：:。！？!?]")


class Relations:
    """The relation rules of one language over one ontology."""

    def __init__(
        self,
        rules: Sequence[RelationRule],
        words: Words,
        ontology: Ontology,
        settings: Mapping[str, Any],
        skips: Sequence[tuple[Pattern, frozenset[str]]] = (),
        places: Mapping[str, Thing] = MappingProxyType({}),
        fold: Callable[[Scene], Scene] = lambda scene: scene,
    ) -> None:
        """``fold`` makes one node of each list that stands together once a stretch is passed over."""
        self._rules, self._words, self._skips, self._fold = rules, words, tuple(skips), fold
        self._gates = gates_of(rules)
        self._adjectives = dict(places)
        self._ontology = ontology
        self._known: dict[str, tuple[str, bool]] = {
            p: (str(k["property"]), bool(k.get("inverse"))) for p, k in dict(settings.get("known", {})).items()
        }
        self._family = dict(settings.get("family", {}))
        self._named = tuple(NamedRule.from_settings(n, ontology) for n in settings.get("named", ()))
        self._joins = tuple(map(str, settings.get("joins", ())))
        self._with = tuple(map(str, settings.get("apart-joins", ())))
        self._deals = compiled(str(settings.get("apart-deals", "(?!)")))
        self._pairwise = compiled(str(settings["pairwise"])) if "pairwise" in settings else None
        self._unnamed = [
            (frozenset(map(str, u["hide"])), compiled(str(u["pattern"]))) for u in settings.get("unnamed", ())
        ]
        self._countries = {iri for iri, thing in ontology.things.items() if "Country" in thing.classes}
        self._labels = {n.text.casefold(): n.thing for n in ontology.names}
        self._facts: dict[tuple[str, str], set[str]] = {}
        for s, p, o in ontology.facts:
            self._facts.setdefault((s, p), set()).add(o)

    def only(self, rule: str) -> Relations:
        """The same with just the rule of that name, to test it by itself."""
        one = copy(self)
        one._rules = [r for r in self._rules if rule in (r.rule.name, r.rule.name.split("/")[0])]
        one._gates = gates_of(one._rules)
        one._named = tuple(n for n in self._named if n.name == rule)
        return one

    def read(self, scene: Scene, asserted: Callable[[Scene, int, int, bool], bool]) -> Iterator[Claim]:
        """The claims of ``scene``; ``asserted`` tells whether a stretch states anything.

        The sentence is read as it stands and, where it has such, without its asides (a time, an apposition).
        """
        yield from self._read(scene, asserted, frozenset())
        if scene.insertions:
            scene = self._fold(scene.without(scene.insertions))
            yield from self._read(scene, asserted, frozenset())
        for skip, kept in self._skips:
            if cuts := [m.span() for m in skip.regex.finditer(scene.text) if m.end() > m.start()]:
                scene = self._fold(scene.without(cuts))
                yield from self._read(scene, asserted, kept)

    def _read(
        self, scene: Scene, asserted: Callable[[Scene, int, int, bool], bool], kept: frozenset[str]
    ) -> Iterator[Claim]:
        for rule, text in self._candidates(scene):
            if rule.makes in kept:
                continue
            position = 0
            while match := rule.pattern.regex.search(text, position):
                position = match.start() + 1
                if rule.unless and rule.unless.regex.search(scene.text, match.start(), match.end()):
                    continue
                if rule.done and _planned(scene, match.start(), match.end()):
                    continue
                if scene.insertions and crosses(scene, match):
                    continue
                if not asserted(scene, match.start(), match.end(), rule.holds_denied):
                    continue
                for claim in self._claims(rule, scene, match):
                    if claim.predicate == MADE:
                        scene.makers.setdefault(claim.object.iri, claim.subject)
                    yield claim

    def _candidates(self, scene: Scene) -> list[tuple[RelationRule, str]]:
        """The rules that may match, in their order, each with the text as it reads it."""
        marked, chars = self._words.read(scene.text), scene.chars
        found: list[tuple[int, RelationRule, str]] = []
        for frame in ("", *marked.frames):
            for gate in self._gates.get(frame, ()):
                if any(map(chars.isdisjoint, gate.needs)):
                    continue
                text = marked.of(gate.use) if gate.use else scene.text
                if text is not None:
                    found += [(number, rule, text) for number, rule in gate.rules]
        return [(rule, text) for _, rule, text in sorted(found, key=itemgetter(0))]

    def named(self, scene: Scene, inside: Callable[[str], Iterable[tuple[int, int, Thing]]]) -> Iterator[Claim]:
        """The claims that names make by themselves (NVLink 4 is a version of NVLink); ``inside`` finds names."""
        for position, node in scene.nodes.items():
            if node.pronoun:
                continue
            for mention in node.mentions:
                classes = self._ontology.closure(mention.thing.classes)
                for rule in self._named:
                    if classes.intersection(rule.classes):
                        evidence = Evidence(
                            scene.block.spans(mention.start, mention.end),
                            scene.evidence(position, position + 1).section,
                        )
                        yield from self._self_named(rule, mention, scene, inside, evidence)

    def _self_named(
        self,
        rule: NamedRule,
        mention: Mention,
        scene: Scene,
        inside: Callable[[str], Iterable[tuple[int, int, Thing]]],
        evidence: Evidence,
    ) -> Iterator[Claim]:
        surface = scene.block.text[mention.start : mention.end]
        for start, end, thing in inside(surface):
            whole = end - start == len(surface) or thing.iri == mention.thing.iri
            if whole or (rule.at_start and start > 0) or (end < len(surface) and surface[end - 1 : end + 1].isdigit()):
                continue  # H20 is no part of H200
            if not self._ontology.closure(thing.classes).intersection(rule.contains):
                continue
            if rule.rest and not re.search(rule.rest, surface[end:]):
                continue
            if rule.known and thing.iri not in self._with_wholes(self._facts.get((mention.thing.iri, rule.makes), ())):
                continue
            pair = (thing, mention.thing) if rule.swap else (mention.thing, thing)
            if self.fits(rule.makes, *pair) and not self._contradicted(rule.makes, *pair):
                yield Claim(
                    pair[0], rule.makes, pair[1], evidence, rule.name, min(Decimal("0.8"), mention.thing.confidence)
                )
            return

    def _claims(self, rule: RelationRule, scene: Scene, match: re.Match[str]) -> Iterator[Claim]:
        if rule.pairs:
            node = scene.nodes[match.start(rule.pairs)]
            starred = self._starred(scene, node)
            for a, b in combinations(sorted(node.mentions, key=lambda m: m.start), 2):
                if not starred or a.start == node.start:
                    first, second = (b, a) if _turned(a, b, scene.host) else (a, b)
                    yield from self._claim(rule, first.thing, second.thing, scene.evidence(match.start(), match.end()))
            return
        subjects = self._bound(rule, "s", scene, match)
        objects = self._owned(rule, subjects) if rule.own else self._bound(rule, "o", scene, match)
        if not subjects or not objects:
            return
        lo = min([match.start(), *(p for p, _ in subjects if p >= 0), *(p for p, _ in objects if p >= 0)])
        hi = max([match.end(), *(p + 1 for p, _ in subjects), *(p + 1 for p, _ in objects)])
        evidence = scene.evidence(lo, hi)
        either = self._ontology.properties[rule.makes].symmetric
        of_s = [m for _, node in subjects for m in node.mentions]
        of_o = [m for _, node in objects for m in node.mentions]
        for one, other in self._pairs(scene, of_s, of_o, hi):
            if rule.makes == MADE and other is not of_o[0] and self._of_other(one.thing, other, scene):
                continue
            swap = either and _turned(one, other, scene.host)
            mention, target = (other, one) if swap else (one, other)
            yield from self._claim(rule, mention.thing, target.thing, evidence)
            yield from self._of_family(rule, scene, mention, target, evidence)

    def _of_other(self, maker: Thing, made: Mention, scene: Scene) -> bool:
        """Whether a later member of a list has another firm in its name (A's X and B Y)."""
        surface = scene.block.text[made.start : made.end]
        found = (self._labels.get(surface[:size].casefold()) for size in range(2, min(8, len(surface))))
        firms = [t for t in found if t is not None and "Organization" in self._ontology.closure(t.classes)]
        return bool(firms) and all(t.iri != maker.iri for t in firms)

    def _starred(self, scene: Scene, node: Node) -> bool:
        """Whether the first of a list goes with each of the others (A with B, C and D)."""
        gaps = [scene.block.text[a.end : b.start] for a, b in pairwise(node.mentions)]
        return len(gaps) > 1 and gaps[0].startswith(self._joins) and not gaps[1].startswith(self._joins)

    def _pairs(
        self, scene: Scene, subjects: Sequence[Mention], objects: Sequence[Mention], end: int
    ) -> list[tuple[Mention, Mention]]:
        """Each with each, or one with one where two lists as long are told to go together (respectively)."""
        one_to_one = len(subjects) == len(objects) > 1
        if one_to_one and self._pairwise and self._pairwise.search(scene.text, 0, end + 60):
            return list(zip(subjects, objects, strict=True))
        return [(a, b) for a in subjects for b in objects]

    def _owned(self, rule: RelationRule, subjects: Sequence[tuple[int, Node]]) -> list[tuple[int, Node]]:
        """The things whose names the subjects' names begin with (a consortium and its own link)."""
        found = []
        for position, node in subjects:
            labels = [w for ls in node.thing.labels.values() for w in ls]
            heads = {label.rsplit(" ", 1)[0].casefold() for label in (*labels, node.thing.label) if " " in label}
            things = {t.iri: t for h in heads if (t := self._labels.get(h)) and self.fits(rule.makes, node.thing, t)}
            found += [
                (position, Node(node.start, node.end, node.char, (Mention(node.start, node.end, t),)))
                for t in things.values()
            ]
        return found

    def _bound(self, rule: RelationRule, slot: str, scene: Scene, match: re.Match[str]) -> list[tuple[int, Node]]:
        """What fills a slot: the node matched, the others of its list, or what is carried from before."""
        if slot in rule.carry:
            return self._carried(rule, slot, scene, match)
        if slot in rule.begins:
            other = match.start(rule.group("o" if slot == "s" else "s"))
            named, cls = rule.begins[slot]
            return [] if self._begins(scene, other, cls) else self._begins(scene, match.start(named), cls)
        return self._matched(rule, slot, scene, match)

    def _carried(self, rule: RelationRule, slot: str, scene: Scene, match: re.Match[str]) -> list[tuple[int, Node]]:
        """What earlier clauses talk about, else what the heading names."""
        wanted = rule.carry[slot]
        parts = slot == "o"
        node = scene.topic(match.start(), wanted, rule.age, True, hints=True) if rule.parts else None
        if not any(n is node and not _CLAUSE.search(scene.text, p, match.start()) for p, n in scene.nodes.items()):
            node = scene.topic(match.start(), ("|".join(wanted),), rule.age, parts, hints=True, whole=parts)
        if rule.maker and rule.maker.search(scene.text, match.start(), match.end()):
            node = maker_told(scene, match.start(), node) or node
        if node is None and rule.section:
            node = scene.head(wanted)
        if node is None or self._refused(rule, slot, node, scene) or yields(rule, node, scene):
            return []
        at = next((p for p, n in scene.nodes.items() if n is node and p < match.start()), -1)
        classes = self._ontology.closure(node.thing.classes)
        since = max(at, 0), match.start() + 1
        if any(hidden & classes and pattern.search(scene.text, *since) for hidden, pattern in self._unnamed):
            return []
        alone = slot in rule.lead or (
            at >= 0 and self._deals.match(scene.text, at + 1) and self._with_others(scene, node)
        )
        return [(at, replace(node, mentions=node.mentions[:1]) if alone else node)]

    def _with_others(self, scene: Scene, node: Node) -> bool:
        """Whether a list is one with whom the first deals (甲与乙签约): what goes on goes on about the first."""
        return scene.block.text[node.mentions[0].end : node.end].startswith(self._with)

    def _matched(self, rule: RelationRule, slot: str, scene: Scene, match: re.Match[str]) -> list[tuple[int, Node]]:
        """The name that the pattern found, and the others of its list."""
        group = rule.group(slot)
        start = match.start(group)
        if start < 0:
            return []
        if start not in scene.nodes:
            place = self._adjectives.get(match[group])
            here = Mention(scene.starts[start], scene.ends[match.end(slot) - 1], place) if place else None
            return [(start, Node(here.start, here.end, "", (here,)))] if here else []
        node = scene.nodes[start]
        if slot in rule.apart and self._with_others(scene, node):
            node = replace(node, mentions=node.mentions[:1])
        found = [(start, node)]
        if rule.every == slot:
            source = rule.pattern.regex.pattern
            chars = source[source.index(f"(?P<{group}>") + len(f"(?P<{group}>") :]
            chars = chars[: chars.index("]") + 1]
            found = [(m.start(), scene.nodes[m.start()]) for m in re.finditer(chars, match.string[: match.end()])]
            found = [(p, n) for p, n in found if p >= start]
        if slot == rule.listed and rule.more is not None:
            position = found[-1][0] + 1
            while more := rule.more.regex.match(scene.text, position):
                found.append((more.start(slot), scene.nodes[more.start(slot)]))
                position = more.end()
        barred = rule.barred.get(slot)
        found = [(p, n) for p, n in found if not (barred and barred.regex.match(scene.text, p))]
        found = [(p, n) for p, n in found if not (rule.named if n.pronoun else slot == rule.pronoun)]
        return [(p, n) for p, n in found if not self._refused(rule, slot, n, scene)]

    def _begins(self, scene: Scene, position: int, cls: str) -> list[tuple[int, Node]]:
        """The thing of a class whose name the name at ``position`` begins with (a city's bureau: the city)."""
        node = scene.nodes[position]
        surface = scene.surface(position, position + 1).casefold()
        for end in range(len(surface) - 1, 1, -1):
            thing = self._labels.get(surface[:end])
            if thing and cls in self._ontology.closure(thing.classes):
                mention = Mention(node.start, node.start + end, thing)
                return [(position, Node(node.start, node.start + end, node.char, (mention,)))]
        return []

    def _refused(self, rule: RelationRule, slot: str, node: Node, scene: Scene) -> bool:
        if slot in rule.single and len(node.mentions) > 1:
            return True
        called = (node.thing.label, scene.block.text[node.start : node.end])
        if slot in rule.called and not any(map(rule.called[slot].search, called)):
            return True
        return self._excluded(rule, slot, node.thing)

    def _excluded(self, rule: RelationRule, slot: str, thing: Thing) -> bool:
        return bool(self._ontology.closure(thing.classes).intersection(rule.excluded.get(slot, ())))

    def _claim(self, rule: RelationRule, subject: Thing, obj: Thing, evidence: Evidence) -> Iterator[Claim]:
        if (
            subject.iri != obj.iri
            and self.fits(rule.makes, subject, obj)
            and (rule.many or not self._contradicted(rule.makes, subject, obj))
            and not {subject.label, obj.label} & rule.ignore
            and not (self._excluded(rule, "s", subject) or self._excluded(rule, "o", obj))
        ):
            confidence = min(rule.confidence, subject.confidence, obj.confidence)
            yield Claim(subject, rule.makes, obj, evidence, rule.rule.name, confidence)

    def _of_family(
        self, rule: RelationRule, scene: Scene, subject: Mention, obj: Mention, evidence: Evidence
    ) -> Iterator[Claim]:
        """A generation named by its family and an ordinal (第三代NVLink) says the same of the family."""
        link = self._family.get(rule.makes)
        if not link:
            return
        named = subject if link.get("side") == "subject" else obj
        surface = scene.block.text[named.start : named.end]
        for iri in self._facts.get((named.thing.iri, str(link["property"])), ()):
            family = self._ontology.things.get(iri)
            if family and re.search(str(link["when"]), surface) and family.label.lower() in surface.lower():
                pair = (family, obj.thing) if named is subject else (subject.thing, family)
                yield from self._claim(rule, *pair, evidence)

    def fits(self, predicate: str, subject: Thing, obj: Thing) -> bool:
        """Whether the vocabulary lets the property join these two."""
        prop = self._ontology.properties[predicate]
        return _any_of(self._ontology.closure(subject.classes), prop.domain) and _any_of(
            self._ontology.closure(obj.classes), prop.range
        )

    def _contradicted(self, predicate: str, subject: Thing, obj: Thing) -> bool:
        """Whether the lexicon knows another value for a property that has only one (who makes an A100)."""
        if predicate not in self._known:
            return False
        prop, inverse = self._known[predicate]
        asked, given = (obj, subject) if inverse else (subject, obj)
        known = self._facts.get((asked.iri, prop), set())
        wholes = self._with_wholes({given.iri})
        groups = self._groups({given.iri}) & self._groups(known)  # two firms of one group are kin, of one country not
        kin = groups if inverse else wholes & known
        if given.found_by != "lexicon" and not inverse and self._countries.issuperset(known):
            return False  # a town that no lexicon has may lie in the country that is known
        return bool(known) and given.iri not in self._with_wholes(known) and not kin

    def _groups(self, iris: Iterable[str]) -> set[str]:
        out = set(iris)
        return out.union(*(self._facts.get((iri, "partOf"), ()) for iri in out))

    def _with_wholes(self, iris: Iterable[str]) -> set[str]:
        out = set(iris)
        for iri in list(out):
            out |= self._facts.get((iri, "partOf"), set()) | self._facts.get((iri, "locatedIn"), set())
        return out


def _turned(one: Mention, other: Mention, host: Node | None) -> bool:
    """Whether the other of two that are with one another comes first: whom the text is about, else who is named first."""
    if host is not None and host.thing.iri in (one.thing.iri, other.thing.iri):
        return host.thing.iri == other.thing.iri
    return one.start > other.start


def _planned(scene: Scene, start: int, end: int) -> bool:
    """Whether the stretch's own clause only plans or expects what it says."""
    clause = max((m.end() for m in _CLAUSE.finditer(scene.text, 0, start + 1)), default=0)
    return any(m.kind in ("planned", "forecast") and clause <= m.start < end and start < m.end for m in scene.moods)


def _any_of(classes: frozenset[str], wanted: Sequence[str]) -> bool:
    return not wanted or bool(classes.intersection(wanted))
