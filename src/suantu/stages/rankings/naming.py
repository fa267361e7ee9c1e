"""Which ranking a sentence speaks of, and of when."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from suantu.expressions import compiled
from suantu.phrases import Phrases
from suantu.records import Thing
from suantu.rules import Alphabet
from suantu.scene import Node, Scene
from suantu.stages.rankings.match import CLAUSE, clause_start
from suantu.stages.rankings.thread import RankThread
from suantu.stages.rankings.times import Times

_CITED = compiled(r"《[^《》]+》")
_ANY = {"Entity", "Concept"}  # what every class is
_BARE_YEAR = compiled(r"((?:19|20)\d\d)(?![\d-])")
_LONGEST = 40
_HEADING = 4  # characters before a colon that are a topic (规模：…), not the name of a ranking
_SHORTEST = {"zh": 3, "en": 7}


@dataclass(frozen=True, slots=True)
class Named:
    """A ranking: its name, place and the class of what it ranks; ``own``: the sentence itself names it; ``topic``: the
    name is but a heading that tells what is spoken of."""

    name: str
    place: Thing | None
    item_class: str
    own: bool
    topic: bool = False


class Naming(Times):
    """How one language names rankings and their times."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        expand: Callable[[str], str],
        phrases: Phrases,
        alphabet: Alphabet,
        language: str,
        kinds: Callable[[Iterable[str]], Collection[str]],
    ) -> None:
        super().__init__(settings, expand, alphabet, language)
        names = settings["naming"]
        self._phrases, self._alphabet, self._kinds = phrases, alphabet, kinds
        flags = re.IGNORECASE if language == "en" else 0
        self._noun = compiled(names["noun"], flags)
        self._criteria = [compiled(expand(c)) for c in names["criteria"]]
        self._within = compiled(expand(names["within"]))
        self._stop = compiled(names["stop"])
        self._not_name = compiled(names["not-name"])
        self._this = compiled(names["this"])
        self._cited = compiled(names.get("cited", "(?!)"))
        self._strip = compiled(expand(names["strip"]))
        self._generic, self._measure = (
            compiled(expand(names["generic"]), flags),
            compiled(expand(names["measure"]), flags),
        )
        self._by = str(names["by"])
        self._parts, self._around = compiled(names["parts"]), compiled(names["around"])
        self._sentence = compiled(names.get("clause", "(?!)"))
        self._bare, self._counted = compiled(names["bare"]), compiled(names["counted"])
        self._number, self._title = compiled(names["number"]), compiled(names["title"])
        self._subject = compiled(names.get("subject", "(?!)"))
        self._indices = compiled(names["index"])
        self._market_said = compiled(names.get("market-said", "(?!)"))
        self._measured_by = compiled(names.get("measured-by", "(?!)"))
        self.about, self.opens = compiled(names["about"]), compiled(names["opens"])
        self.fallback = str(names["fallback"])
        self._classes = {str(k): str(v) for k, v in names["classes"].items()}
        self.scope = {str(k): str(v) for k, v in names["scope"].items()}
        self.world = str(names.get("world", ""))

    # -- names -------------------------------------------------------------------------------------------------------

    def name(self, scene: Scene, start: int, criterion: str, place: Thing | None, thread: RankThread) -> Named:
        """The ranking that the words at ``start`` speak of; ``criterion`` is what the rule or subject said of it."""
        if criterion:
            return Named(criterion, place, self.class_of(criterion) or thread.item_class, True)
        if found := self._noun_phrase(scene, start, thread):
            if (year := _BARE_YEAR.match(found.name)) and not thread.frame:
                thread.frame = year[1]
            return replace(found, name=self._around.sub("", found.name) or found.name)
        for pattern in self._criteria:
            matches = [m for m in pattern.finditer(scene.text) if self._reaches(scene, m, start)]
            words = self.words(scene, *matches[-1].span("c")) if matches else ""
            if words and not self._not_name.search(words):
                return Named(words, place, self.class_of(words) or thread.item_class, True)
        if thread.name:
            return Named(thread.name, place or thread.place, thread.item_class, False)
        heading = self._heading(thread)
        cls = thread.item_class or (self.class_of(heading) if self.about.search(heading) else "")
        return Named(heading, place, cls, False, topic=not self._ranks_by(heading))

    def label(self, named: Named, thread: RankThread, item: Thing) -> str:
        """What a ranking is called: its own name; where its words are but a measure, what the text is about, by that
        measure; where they are but a heading's topic, what the text is about."""
        words = self._strip.sub("", self._around.sub("", self._number.sub("", named.name))).strip()
        if self._proper(words) and not named.topic:
            return words
        base = self._matter(thread, item, anything=self._language == "en" or words.isascii())
        if not base or named.topic:
            return base or words or self.fallback
        known = words.casefold() in base.casefold() or not self._measure.search(words)
        return base if known else self._by.format(base, words)

    def tells(self, words: str) -> bool:
        """Whether words tell what is ranked, or by what."""
        return bool(words) and (self._proper(words) or self._measure.search(words) is not None)

    def _proper(self, words: str) -> bool:
        """Whether words say more than that something is ranked (城市榜, 厂商排名, 份额 do not)."""
        return len(self._generic.sub("", words)) >= _SHORTEST[self._language] - 1

    def _matter(self, thread: RankThread, item: Thing, *, anything: bool) -> str:
        """What the text ranks: the name told before, a heading that names a ranking, the index that the section told of,
        the market that firms are ranked in, a heading that speaks of ranks, of an index or a market (``anything``: any
        heading)."""
        market = thread.market if "Organization" in self._kinds(item.classes) else ""
        named, other = self._headings(thread)
        sure, named = [h for h in named if self._ranks_by(h)], [h for h in named if not self._ranks_by(h)]
        other = [h for h in other if anything or self._subject.search(h)]
        told = self._around.sub("", self._number.sub("", thread.name))
        telling = (told, *sure, self._index_of(thread, item), market)
        measure = "" if market or told else thread.measure
        topics = (*named, *other)
        names = (*filter(self._proper, telling), measure, *filter(self._proper, topics), *sure, *topics)
        return next(filter(None, names), "")

    def _ranks_by(self, heading: str) -> bool:
        """Whether a heading names a ranking, or an index or market that is ranked by, and is no mere topic."""
        return bool(self._noun.search(heading) or self._subject.search(heading))

    def _index_of(self, thread: RankThread, item: Thing) -> str:
        """The index or list that the section told of, where it ranks what ``item`` is."""
        cls = self.class_of(thread.index)
        if not cls:
            return "" if "Organization" in self._kinds(item.classes) else thread.index
        return thread.index if (set(self._kinds([cls])) & set(self._kinds(item.classes))) - _ANY else ""

    def note_matter(self, scene: Scene, thread: RankThread) -> None:
        """Keep what a sentence tells of that may be ranked, or ranked by: an index, a market, a measure."""
        thread.index = self._told_index(scene) or thread.index
        thread.market = self._told_market(scene) or thread.market
        thread.measure = self._told_measure(scene) or thread.measure

    def _told_index(self, scene: Scene) -> str:
        """An index or list by its title (《…指数报告》) or in plain words; empty where they say no more than that it is one."""
        cited = _CITED.search(scene.block.text, scene.start, scene.end)
        if cited and self._indices.search(cited[0]):
            return self._around.sub("", self._of_title.sub("", cited[0]))
        for found in reversed(list(self._indices.finditer(scene.text))):
            named = "c" in found.groupdict()
            words = scene.surface(*found.span("c")) if named else self.before(scene, found.end())
            if self._proper(words) and len(words) < _LONGEST:
                return words
        return ""

    def _told_market(self, scene: Scene) -> str:
        """A market that goes by no known name (训练芯片市场里)."""
        if any(n.char in self._markets and n.mentions for n in scene.nodes.values()):
            return ""
        told = (self._told_before(scene, m.start()) for m in self._market_said.finditer(scene.text))
        return next(filter(self._proper, told), "")

    def _told_measure(self, scene: Scene) -> str:
        """What places or industries are measured by (智能算力规模)."""
        told = (self._told_before(scene, m.end()) for m in self._measured_by.finditer(scene.text))
        return next((words for words in told if len(words) > _HEADING), "")

    def _told_before(self, scene: Scene, end: int) -> str:
        """The words to the left of ``end`` that name a market or a measure, without the place that they are told of."""
        begin = max((m.end() for m in self._stop.finditer(scene.text, 0, end)), default=0)
        places = [p for p in range(begin, end) if p in scene.nodes and self._is_place(scene.nodes[p])]
        words = self.words(scene, places[-1] + 1 if places else begin, end)
        return "" if self._not_name.search(words) or len(words) > _LONGEST // 2 else words

    def _plain(self, heading: str) -> str:
        return self._around.sub("", self._of_heading(heading)).strip()

    @staticmethod
    def _reaches(scene: Scene, criterion: re.Match[str], start: int) -> bool:
        """Whether a criterion holds at ``start``: one with a figure (以43%的份额) in its own clause only."""
        figured = any("\uf000" <= c <= "\uf8ff" for c in criterion[0])
        return criterion.end() <= start + 8 and not (figured and CLAUSE.search(scene.text, criterion.end(), start))

    def _noun_phrase(self, scene: Scene, start: int, thread: RankThread) -> Named | None:
        """The words before a noun such as ranking, as far as they belong to it; of this ranking, the title cited before."""
        for match in reversed(list(self._noun.finditer(scene.text, 0, start))):
            if match.end() < len(scene.text) and scene.text[match.end()] in self._ordinals:
                continue  # …排名第一，B居次: what was ranked before
            if (said := scene.nodes.get(match.start() - 1)) and not said.quantities and self._ranked(said):
                continue  # 新华三排名第二: who is ranked, not a ranking
            begin = max((m.end() for m in self._stop.finditer(scene.text, 0, match.start())), default=0)
            if self._this.search(scene.text, begin, match.start()):
                return None
            if self._cited.search(scene.text, clause_start(scene.text, match.start()), match.start()):
                return Named(thread.cited, None, self.class_of(thread.cited), True) if thread.cited else None
            inner = self._noun.search(scene.text, begin + _SHORTEST[self._language], match.end())
            end = inner.end() if inner else match.end()
            noun = inner or match
            place = None
            node = scene.nodes.get(begin)
            if node is not None and node.mentions and "Place" in self._alphabet.classes(node.char):
                place, begin = node.thing, begin + 1
            words = self.words(scene, begin, end)
            if (
                not self._not_name.search(words)
                and len(words) - len(noun[0]) >= _SHORTEST[self._language] - 1
                and len(words) < _LONGEST
            ):
                return Named(words, place, self.class_of(words), True)
        return None

    def _is_firm(self, node: Node) -> bool:
        return bool(node.mentions) and "Organization" in self._alphabet.classes(node.char)

    def _is_place(self, node: Node) -> bool:
        return bool(node.mentions) and "Place" in self._alphabet.classes(node.char)

    def _ranked(self, node: Node) -> bool:
        classes = self._alphabet.classes(node.char)
        return bool(classes) and not classes & {"Market", "Place", "Standard", "Report"}

    def before(self, scene: Scene, end: int) -> str:
        """The words to the left of ``end`` that belong to a name."""
        begin = max((m.end() for m in self._stop.finditer(scene.text, 0, end)), default=0)
        return self.words(scene, begin, end)

    def _heading(self, thread: RankThread) -> str:
        named, other = self._headings(thread)
        return next(filter(None, (*named[:1], *other)), self.fallback)

    def _headings(self, thread: RankThread) -> tuple[list[str], list[str]]:
        """What the headings above say that name a ranking, and all that are titles or no sentences, the nearest first."""
        headings = [*reversed(thread.sections or ()), thread.title]
        named = [self._plain(h) for h in headings if self.about.search(h)]
        return named, [self._plain(h) for h in headings if self._title.search(h) or not self._sentence.search(h)]

    def _of_heading(self, heading: str) -> str:
        """What a heading says of a ranking's name; empty where a topic stands before its colon (规模：…)."""
        quoted = self._title.search(heading)
        chosen = self._number.sub("", quoted[1] if quoted else heading).strip()
        if self._noun.search(chosen):
            chosen = next(part for part in self._parts.split(chosen) if self._noun.search(part))
            ends = [m.end() for m in self._noun.finditer(chosen)]
            return chosen[: ends[-1]] if self._joint.match(chosen, ends[-1]) else chosen
        parts = self._parts.split(chosen)
        return parts[0] if len(parts) == 1 or len(parts[0]) > _HEADING else ""

    def words(self, scene: Scene, start: int, end: int) -> str:
        """A name for a ranking from the words of a stretch, without what does not belong to it; empty if a firm stands in it."""
        firms = [at for at in range(start, end) if at in scene.nodes and self._is_firm(scene.nodes[at])]
        if firms and firms[-1] + 1 < end and (firms[-1] == start or self._whose.match(scene.text, firms[-1] + 1)):
            start = firms.pop() + 1  # whose ranking it is
        lists = (at for at in range(start, end) if at in scene.nodes and len(scene.nodes[at].mentions) > 1)
        start = next((at + 1 for at in lists if self._whose.match(scene.text, at + 1)), start)
        if any(at >= start for at in firms):
            return ""
        words = self._strip.sub("", self._undated(scene, start, end))
        return words if len(words) >= _SHORTEST[self._language] - 1 else ""

    def names(self, words: str) -> bool:
        """Whether words say that they name a ranking."""
        return bool(self._noun.search(words))

    def announced(self, scene: Scene) -> str:
        """The name that a line such as ``2022年厂商TOP5：`` gives to the list below it; empty where it gives none."""
        words = self._bare.sub("", self._undated(scene, 0, len(scene.text)))
        said = self._counted.sub("", words)
        named = len(said) > 1 or (self.names(words) and len(words) > _SHORTEST[self._language])
        return words if named and len(words) < _LONGEST // 2 and not CLAUSE.search(words) else ""

    @staticmethod
    def _undated(scene: Scene, start: int, end: int) -> str:
        """The words of a stretch without its times."""
        kept = [c for c in range(start, end) if not (scene.nodes.get(c) and scene.nodes[c].periods)]
        return " ".join("".join(scene.surface(c, c + 1) for c in kept).split())

    def between(self, scene: Scene, start: int, end: int) -> tuple[str, bool]:
        """What stands between a subject and its verb names the ranking (在中国服务器市场); and whether it is this one."""
        text = scene.text[start:end]
        if self._this.search(text) or self._not_name.search(text):
            return "", False
        if match := self._within.search(text):
            return self.words(scene, start + match.start("c"), start + match.end("c")), True
        if CLAUSE.search(text) or any("\uf000" <= c <= "\uf8ff" for c in text):
            return "", False
        words = self.words(scene, start, end)
        return ("", False) if self._not_name.search(words) else (words, True)

    def class_of(self, words: str) -> str:
        """The class of what a ranking of that name ranks: the last class word in it."""
        best = max(((words.rfind(w), len(w), c) for w, c in self._classes.items() if w in words), default=None)
        return best[2] if best else ""
