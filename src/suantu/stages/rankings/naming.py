"""Which ranking a sentence speaks of, and of when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from suantu.expressions import compiled
from suantu.phrases import Phrases
from suantu.records import Period, Thing
from suantu.rules import Alphabet
from suantu.scene import Node, Scene
from suantu.stages.rankings.thread import RankThread, year_before

_ASIDE = compiled(r"\b(?:than|from|since|founded|by|until|compared)\b[^,]{0,8}$")
_CLAUSE = compiled(r"[，；;。：:]|, ")
_BARE_YEAR = compiled(r"((?:19|20)\d\d)(?![\d-])")
_TITLE = compiled(r"《[^《》]+》")
_LONGEST = 40
_HEADING = 4  # characters before a colon that are a topic (规模：…), not the name of a ranking
_YEAR = compiled(r"\d{4}(?:-[HQ]\d)?")
_YEARS = compiled(r"\d{4}")
_MONTH = compiled(r"\d{4}-\d{2}")
_DAY = compiled(r".*\d{4}-\d{2}-\d{2}")
_SHORTEST = {"zh": 3, "en": 7}


@dataclass(frozen=True, slots=True)
class Named:
    """A ranking: its name, place and the class of what it ranks; ``own``: the sentence itself names it."""

    name: str
    place: Thing | None
    item_class: str
    own: bool


class Naming:
    """How one language names rankings and their times."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        expand: Callable[[str], str],
        phrases: Phrases,
        alphabet: Alphabet,
        language: str,
    ) -> None:
        names, times = settings["naming"], settings["time"]
        self._phrases, self._alphabet, self._language = phrases, alphabet, language
        flags = re.IGNORECASE if language == "en" else 0
        self._noun = compiled(names["noun"], flags)
        self._criteria = [compiled(expand(c)) for c in names["criteria"]]
        self._within = compiled(expand(names["within"]))
        self._stop = compiled(names["stop"])
        self._not_name = compiled(names["not-name"])
        self._this = compiled(names["this"])
        self._cited = compiled(names.get("cited", "(?!)"))
        self._of_title = compiled(names.get("of-title", "(?!)"))
        self._strip = compiled(names["strip"])
        self._parts, self._around = compiled(names["parts"]), compiled(names["around"])
        self._sentence = compiled(names.get("clause", "(?!)"))
        self._bare, self._counted = compiled(names["bare"]), compiled(names["counted"])
        self._number, self._title = compiled(names["number"]), compiled(names["title"])
        self.about, self.opens = compiled(names["about"]), compiled(names["opens"])
        self.fallback = str(names["fallback"])
        self._classes = {str(k): str(v) for k, v in names["classes"].items()}
        self.scope = {str(k): str(v) for k, v in names["scope"].items()}
        self.world = str(names.get("world", ""))
        self._previous, self._calendar = tuple(times["previous"]), tuple(times["calendar"])
        self._whole = frozenset(times.get("whole-year", ()))
        self._ago = {str(k): int(v) for k, v in times.get("ago", {}).items()}
        self._of_year = {str(k): str(v) for k, v in times.get("parts", {}).items()}
        self._titled = compiled(times["titled"])
        self._other_part = compiled(times.get("other-part", "(?!)"))
        self._month = compiled(times.get("month", "(?!)"))
        self._published = compiled(expand(times.get("published", "(?!)")))
        self._ignored = frozenset(times["ignored"])
        self._compared = compiled(times["compared-before"])
        self._ordinals = frozenset(alphabet.matching(["ordinal"]))
        self._old = compiled(expand(times["of-rank"]))
        self._whose = compiled(times.get("whose", "(?!)"))
        self._after = compiled(times.get("after", "(?!)"))
        self._since = compiled(expand(times.get("since", "(?!)")))
        self._then = compiled(times.get("then", "(?!)"))
        self._frame = compiled(expand(times["frame-before"]))
        self._now = compiled("|".join(map(re.escape, times["now"])))
        edition = str(times["edition"]).replace("<noun>", names["noun"])
        self._edition = compiled(f"{expand('{period}')}(?:{edition})", flags)
        self._joint = compiled(f"{settings['items']['joint']}|{settings['items']['weak']}")

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
            if matches and (words := self.words(scene, matches[-1].start("c"), matches[-1].end("c"))):
                return Named(words, place, self.class_of(words) or thread.item_class, True)
        if thread.name:
            return Named(thread.name, place or thread.place, thread.item_class, False)
        heading = self._heading(thread)
        cls = thread.item_class or (self.class_of(heading) if self.about.search(heading) else "")
        return Named(heading, place, cls, False)

    @staticmethod
    def _reaches(scene: Scene, criterion: re.Match[str], start: int) -> bool:
        """Whether a criterion holds at ``start``: one with a figure (以43%的份额) in its own clause only."""
        figured = any("\uf000" <= c <= "\uf8ff" for c in criterion[0])
        return criterion.end() <= start + 8 and not (figured and _CLAUSE.search(scene.text, criterion.end(), start))

    def _noun_phrase(self, scene: Scene, start: int, thread: RankThread) -> Named | None:
        """The words before a noun such as ranking, as far as they belong to it; of this ranking, the title cited before."""
        for match in reversed(list(self._noun.finditer(scene.text, 0, start))):
            if (said := scene.nodes.get(match.start() - 1)) and not said.quantities and self._ranked(said):
                continue  # 新华三排名第二: who is ranked, not a ranking
            begin = max((m.end() for m in self._stop.finditer(scene.text, 0, match.start())), default=0)
            if self._this.search(scene.text, begin, match.start()):
                return None
            if self._cited.search(scene.text, self._clause(scene, match.start()), match.start()):
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

    def _ranked(self, node: Node) -> bool:
        classes = self._alphabet.classes(node.char)
        return bool(classes) and not classes & {"Market", "Place", "Standard", "Report"}

    def before(self, scene: Scene, end: int) -> str:
        """The words to the left of ``end`` that belong to a name."""
        begin = max((m.end() for m in self._stop.finditer(scene.text, 0, end)), default=0)
        return self.words(scene, begin, end)

    def _heading(self, thread: RankThread) -> str:
        headings = [*reversed(thread.sections or ()), thread.title]
        plain = [h for h in headings if h and (self._title.search(h) or not self._sentence.search(h))]
        named = [h for h in headings if self.about.search(h)]
        names = (self._around.sub("", self._of_heading(h)).strip() for h in (*named[:1], *plain))
        return next(filter(None, names), self.fallback)

    def _of_heading(self, heading: str) -> str:
        """What a heading says of a ranking's name; empty where a topic stands before its colon (规模：…)."""
        quoted = self._title.search(heading)
        chosen = self._number.sub("", quoted[1] if quoted else heading).strip()
        if self._noun.search(chosen):
            chosen = next(part for part in self._parts.split(chosen) if self._noun.search(part))
            ends = [m.end() for m in self._noun.finditer(chosen)]
            return chosen[: ends[-1]] if self._joint.match(chosen, ends[-1]) else chosen
        if self.about.search(chosen):
            return chosen
        parts = self._parts.split(chosen)
        return parts[0] if len(parts) == 1 or len(parts[0]) > _HEADING else ""

    def words(self, scene: Scene, start: int, end: int) -> str:
        """A name for a ranking from the words of a stretch, without what does not belong to it."""
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
        return words if named and len(words) < _LONGEST // 2 and not _CLAUSE.search(words) else ""

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
        if _CLAUSE.search(text) or any("\uf000" <= c <= "\uf8ff" for c in text):
            return "", False
        words = self.words(scene, start, end)
        return ("", False) if self._not_name.search(words) else (words, True)

    def class_of(self, words: str) -> str:
        """The class of what a ranking of that name ranks: the last class word in it."""
        best = max(((words.rfind(w), len(w), c) for w, c in self._classes.items() if w in words), default=None)
        return best[2] if best else ""

    # -- times -------------------------------------------------------------------------------------------------------

    def note_frame(self, scene: Scene, thread: RankThread, *, opening: bool) -> None:
        """A time at the head of a clause holds for the rest of its paragraph; one that opens the sentence for it too."""
        if opening and (titled := self._titled.search(scene.block.text, scene.start, scene.end)) and not thread.frame:
            thread.frame = titled[titled.lastindex or 1]
        if opening and (began := self._since.search(scene.text)):
            thread.since = scene.nodes[began.start(1)].periods[0].value
        if opening and (cited := _TITLE.search(scene.block.text, scene.start, scene.end)):
            thread.cited = self._of_title.sub("", cited[0])
        if not opening and thread.aside:
            thread.frame, thread.aside = thread.aside, ""
        for position, period in self._periods(scene):
            first = not _CLAUSE.search(scene.text, 0, position)
            event = thread.period and _MONTH.fullmatch(period.value) and not self._edition.match(scene.text, position)
            if first != opening or event or (not first and period.value < max(thread.period, thread.frame[:4])):
                continue
            ahead = period.ahead or scene.in_mood(("forecast",), position, position + 1)
            of_rank = self._old.match(scene.text, position + 1)  # 2023年的冠军是北京
            if self._frames(scene, position) and self._current(period) and not ahead and not of_rank:
                older = opening and period.value < thread.frame and period.value[:4] != thread.frame[:4]
                thread.aside = (thread.aside or thread.frame) if older else ""
                thread.frame = period.value

    def _periods(self, scene: Scene) -> list[tuple[int, Period]]:
        out: list[tuple[int, Period]] = []
        for position in sorted(scene.nodes):
            node = scene.nodes[position]
            if (
                node.periods
                and node.periods[0].text not in self._ignored
                and not self._compared.search(scene.text[:position])
            ):
                out.extend((position, p) for p in node.periods[:1] if self._usable(scene, position, p))
        return out

    def _usable(self, scene: Scene, position: int, period: Period) -> bool:
        """Whether a time can be that of a ranking: no day, no span of unnamed years, no month of publication."""
        if period.aside == "paper" or _DAY.match(period.value) or ("/" in period.value and not _YEARS.search(period.text)):
            return False
        if _MONTH.fullmatch(period.value) and self._published.match(scene.text, position + 1):
            return False
        return bool(period.value or period.text in self._ago or self._part(period))

    def _part(self, period: Period) -> str:
        """The part of an unnamed year that a time names (上半年, 第一季度, 6月)."""
        if _YEARS.search(period.text):
            return ""
        if month := self._month.search(period.text):
            return f"{int(month[1]):02d}"
        found = ((period.text.removesuffix(w), part) for w, part in self._of_year.items() if period.text.endswith(w))
        return next((part for before, part in found if not self._other_part.search(before)), "")

    def _frames(self, scene: Scene, position: int) -> bool:
        """Whether a time heads a clause, or the name of a ranking (2024年城市榜)."""
        return bool(self._frame.search(scene.text[:position]) or self._edition.match(scene.text, position))

    def _closed(self, scene: Scene, at: int, position: int, period: Period, thread: RankThread) -> bool:
        """Whether an older edition's time ends before ``position``: at the semicolon (2023年京第三；沪由第七升至第五)."""
        if self._after.search(scene.text, at, position):
            return True
        return "；" in scene.text[at:position] and self.value(period, thread) < thread.period

    @staticmethod
    def _clause(scene: Scene, position: int) -> int:
        return max((m.end() for m in _CLAUSE.finditer(scene.text, 0, position)), default=0)

    def _of_another(self, scene: Scene, at: int, position: int) -> bool:
        """Whether a time is that of another rank (2023年的榜首上海退居次席), not of one that goes on with it (去年第五的沪和第九的京)."""
        old = self._old.match(scene.text, at + 1)
        beside = self._whose.match(scene.text, position + 1) and not _CLAUSE.search(scene.text, at, position)
        return old is not None and old.end() - 1 != position and not beside

    def _relative(self, period: Period) -> bool:
        return period.text in self._previous or period.text in self._calendar

    def _current(self, period: Period) -> bool:
        """Whether the words are those of an edition's own time, not of one before it."""
        return bool(self._now.fullmatch(period.text)) or not self._relative(period)

    def value(self, period: Period, thread: RankThread) -> str:
        """A period's value; 上年 is a year before the ranking that the text is about."""
        if period.text in self._whole and thread.period[:4].isdigit():
            return str(int(thread.period[:4]) - 1)
        if period.text in self._previous and (before := year_before(thread.period or thread.frame)):
            return before
        main = thread.period or thread.frame
        if main[:4].isdigit() and (part := self._part(period)) and not period.text.startswith(tuple(self._ago)):
            return f"{main[:4]}-{part}"
        if not period.value and period.text in self._ago and _YEARS.match(main):
            return f"{int(main[:4]) - self._ago[period.text]}{main[4:]}"
        return period.value or (thread.period if period.text in self._calendar else "")

    def period(self, scene: Scene, position: int, thread: RankThread, *, own: bool, but: int = -1) -> tuple[str, bool]:
        """The time of the rank at ``position``; and whether the text says it here, of the ranking itself.

        The period at ``but`` is another's. ``own`` rankings (which the sentence names itself) do not take the time of the section's ranking.
        """
        periods = [(at, p) for at, p in self._periods(scene) if at != but and not self._of_another(scene, at, position)]
        before = [(at, p) for at, p in periods if at < position and not self._closed(scene, at, position, p, thread)]
        if self._then.search(scene.text, self._clause(scene, position), position):
            before = [(at, p) for at, p in self._periods(scene) if at < position]  # 2023年的榜首是京，沪当时位居第二
            return (self.value(before[-1][1], thread) if before else thread.period), False
        near = [p for at, p in before if not _CLAUSE.search(scene.text, at, position)]
        framed = [p for at, p in before if self._frames(scene, at)]
        if self._language == "en" and not near:
            near = [p for at, p in periods if at > position and not _CLAUSE.search(scene.text, position, at)][:1]
        if chosen := (near or framed)[-1:]:
            at = next(at for at, p in reversed(periods) if p is chosen[0])
            main = thread.period or thread.frame
            if main and self._relative(chosen[0]) and self._now.search(scene.text, at + 1, position):
                return main, False  # 去年位列第八的西安此次跌至第十二
            value = self.value(chosen[0], thread)
            if (
                chosen[0].text in self._ago
                and value == (thread.period or thread.frame)
                and self._goes_on(scene, position)
            ):
                value = year_before(value)  # last year the tenth, this time the eighth
            return value, self._current(chosen[0])
        if chosen := [p for at, p in before if self._ranks_there(scene, at) and not self._relative(p)][-1:]:
            return self.value(chosen[0], thread), True
        if not thread.period and (chosen := [p for _, p in before if self._now.fullmatch(p.text)][-1:]):
            return chosen[0].value, True  # 去年第一的京今年被沪取代，退居次席
        if (
            self._language == "en"
            and len(periods) == 1
            and (before or not periods[0][0] < position)
            and not _ASIDE.search(scene.text, 0, periods[0][0])
        ):
            return self.value(periods[0][1], thread), True
        return self._unsaid(scene, position, thread, own=own)

    def _unsaid(self, scene: Scene, position: int, thread: RankThread, *, own: bool) -> tuple[str, bool]:
        """The time of a rank whose sentence names none."""
        if self._after.search(scene.text, self._clause(scene, position), position):
            return thread.edition, False
        if thread.frame:
            return thread.frame, not own
        known = thread.edition if own and thread.name else thread.period or thread.edition
        told = self._told(scene)
        return (told if not known or (own and told.startswith(known)) else known), False

    @staticmethod
    def _told(scene: Scene) -> str:
        """The past time that the figures around are from; a month only if it is that of the figures told last."""
        months = {f.period for f in scene.told}
        times = (p.value for p in (scene.period, scene.era) if p is not None and not p.ahead)
        return next((t for t in times if t in months or _YEAR.fullmatch(t)), "")

    def _goes_on(self, scene: Scene, position: int) -> bool:
        """Whether the edition at hand is told after ``position`` (…, this year it is fourth)."""
        times = (n.periods[0].text for p, n in scene.nodes.items() if n.periods and p > position)
        return bool(self._now.search(scene.text, position)) or any(map(self._now.fullmatch, times))

    def last_year(self, scene: Scene, position: int) -> bool:
        """Whether the clause of ``position`` speaks of the year before (去年, 上年)."""
        spoken = range(self._clause(scene, position), position)
        times = (p for at in spoken if at in scene.nodes for p in scene.nodes[at].periods)
        return any(p.text in self._ago or p.text in self._previous for p in times)

    def later(self, scene: Scene, start: int, end: int, period: str, thread: RankThread) -> str:
        """The time after ``period`` that stands in a stretch (去年第九，今年前进四位); empty where none does."""
        times = (
            self.value(n.periods[0], thread) for p, n in sorted(scene.nodes.items()) if n.periods and start <= p < end
        )
        return next((value for value in times if value > period > ""), "")

    def same_list(self, scene: Scene, position: int, period: str) -> list[str]:
        """The other times of the list that ends with ``period`` (在2020年、2021年和2022年都排名第三)."""
        times = [(at, n.periods[0].value) for at, n in sorted(scene.nodes.items()) if n.periods and at < position]
        if not times or times[-1][1] != period:
            return []
        out: list[str] = []
        for (at, value), (after, _) in zip(times[-2::-1], times[:0:-1], strict=True):
            if not value or not self._joint.fullmatch(scene.text, at + 1, after):
                break
            out.append(value)
        return out

    def _ranks_there(self, scene: Scene, at: int) -> bool:
        """Whether the time at ``at`` is that of an earlier rank of the sentence (美国2023年居首，中国第二)."""
        end = _CLAUSE.search(scene.text, at)
        clause = scene.text[at + 1 : end.start() if end else len(scene.text)]
        return any(c in self._ordinals for c in clause) and not self._old.match(clause)
