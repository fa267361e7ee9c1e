"""Of when a ranking is that a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.records import Period
from suantu.rules import Alphabet
from suantu.scene import Scene
from suantu.stages.rankings.match import CLAUSE, clause_start
from suantu.stages.rankings.thread import RankThread, year_before

_ASIDE = compiled(r"\b(?:than|from|since|founded|by|until|compared)\b[^,]{0,8}$")
_TITLE = compiled(r"《[^《》]+》")
_YEAR = compiled(r"\d{4}(?:-[HQ]\d)?")
_YEARS = compiled(r"\d{4}")
_MONTH = compiled(r"\d{4}-\d{2}")
_DAY = compiled(r".*\d{4}-\d{2}-\d{2}")


class Times:
    """How one language tells of when a ranking is."""

    def __init__(
        self, settings: Mapping[str, Any], expand: Callable[[str], str], alphabet: Alphabet, language: str
    ) -> None:
        names, times = settings["naming"], settings["time"]
        self._language = language
        flags = re.IGNORECASE if language == "en" else 0
        self._of_title = compiled(names.get("of-title", "(?!)"))
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
        self._markets = frozenset(alphabet.matching(["Market"]))
        self._ordinals = frozenset(alphabet.matching(["ordinal", "top"]))
        self._old = compiled(expand(times["of-rank"]))
        self._behind = compiled(times.get("behind-rank", "(?!)"))
        self._whose = compiled(times.get("whose", "(?!)"))
        self._after = compiled(times.get("after", "(?!)"))
        self._today = compiled(times["today"])
        self._since = compiled(expand(times.get("since", "(?!)")))
        self._then = compiled(times.get("then", "(?!)"))
        self._frame = compiled(expand(times["frame-before"]))
        self._now = compiled("|".join(map(re.escape, times["now"])))
        edition = str(times["edition"]).replace("<noun>", names["noun"])
        self._edition = compiled(f"{expand('{period}')}(?:{edition})", flags)
        self._joint = compiled(f"{settings['items']['joint']}|{settings['items']['weak']}")

    def note_frame(self, scene: Scene, thread: RankThread, *, opening: bool) -> None:
        """A time at the head of a clause holds for the rest of its paragraph; one that opens the sentence for it too."""
        if opening and (titled := self._titled.search(scene.block.text, scene.start, scene.end)) and not thread.frame:
            thread.frame = titled[titled.lastindex or 1]
        if opening and (began := self._since.search(scene.text)):
            thread.since = scene.nodes[began.start(1)].periods[0].value
        if opening and (cited := _TITLE.search(scene.block.text, scene.start, scene.end)):
            thread.cited = self._of_title.sub("", cited[0])
        if opening and (markets := [n for n in scene.nodes.values() if n.mentions and n.char in self._markets]):
            node = min(markets, key=lambda n: n.start)
            called = node.thing.label if self._language == "zh" else scene.block.text[node.start : node.end]
            thread.market = thread.markets.setdefault(node.thing.iri, " ".join(called.split()))
        if not opening and thread.aside:
            thread.frame, thread.aside = thread.aside, ""
        for position, period in self._periods(scene):
            first = not CLAUSE.search(scene.text, 0, position)
            event = thread.period and _MONTH.fullmatch(period.value) and not self._edition.match(scene.text, position)
            if first != opening or event or (not first and period.value[:4] < max(thread.period, thread.frame)[:4]):
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
                and (node.periods[0].text not in self._ignored or self._frames(scene, position))
                and not self._compared.search(scene.text[:position])
            ):
                out.extend((position, p) for p in node.periods[:1] if self._usable(scene, position, p))
        return out

    def _usable(self, scene: Scene, position: int, period: Period) -> bool:
        """Whether a time can be that of a ranking: no day, no span of unnamed years, no month of publication."""
        if (
            period.aside == "paper"
            or _DAY.match(period.value)
            or ("/" in period.value and not _YEARS.search(period.text))
        ):
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

    def _of_another(self, scene: Scene, at: int, position: int) -> bool:
        """Whether a time is that of another rank (2023年的榜首上海退居次席), not of one that goes on with it (去年第五的沪和第九的京)."""
        old = self._old.match(scene.text, at + 1)
        beside = self._whose.match(scene.text, position + 1) and not CLAUSE.search(scene.text, at, position)
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
        if period.text in (*self._previous, *self._ignored) and (before := year_before(thread.period or thread.frame)):
            return before
        main = (thread.frame if len(thread.frame) == len("2024") else "") or thread.period or thread.frame
        if main[:4].isdigit() and (part := self._part(period)) and not period.text.startswith(tuple(self._ago)):
            return f"{main[:4]}-{part}"
        if not period.value and period.text in self._ago and _YEARS.match(main):
            return f"{int(main[:4]) - self._ago[period.text]}{main[4:]}"
        return period.value or (thread.period if period.text in self._calendar else "")

    def then(self, scene: Scene, at: int, period: str, thread: RankThread) -> str:
        """The time at ``at`` that ``period`` is compared with; of the year that 同期 follows, the same part."""
        if scene.nodes[at].periods[0].text in self._ignored:
            return year_before(period)
        value = self.value(scene.nodes[at].periods[0], thread)
        after = scene.nodes.get(at + 1)
        part = after and after.periods and after.periods[0].text in self._ignored and _YEARS.fullmatch(value)
        return value + period[4:] if part else value

    def period(self, scene: Scene, position: int, thread: RankThread, *, own: bool, but: int = -1) -> tuple[str, bool]:
        """The time of the rank at ``position``; and whether the text says it here, of the ranking itself.

        The period at ``but`` is another's. ``own`` rankings (which the sentence names itself) do not take the time of the section's ranking.
        """
        periods = [(at, p) for at, p in self._periods(scene) if at != but and not self._of_another(scene, at, position)]
        before = [(at, p) for at, p in periods if at < position and not self._closed(scene, at, position, p, thread)]
        if self._then.search(scene.text, clause_start(scene.text, position), position):
            before = [(at, p) for at, p in self._periods(scene) if at < position]  # 2023年的榜首是京，沪当时位居第二
            return (self.value(before[-1][1], thread) if before else thread.period), False
        near = [p for at, p in before if not CLAUSE.search(scene.text, at, position)]
        framed = [p for at, p in before if self._frames(scene, at)]
        if self._language == "en" and not near:
            near = [p for at, p in periods if at > position and not CLAUSE.search(scene.text, position, at)][:1]
        behind = [p for at, p in periods if at > position and self._behind.fullmatch(scene.text, position + 1, at)]
        if chosen := (behind or near or framed)[-1:]:
            at = next(at for at, p in reversed(periods) if p is chosen[0])
            main = thread.period or thread.frame
            if main and self._relative(chosen[0]) and self._now.search(scene.text, at + 1, position):
                return main, False  # 去年位列第八的西安此次跌至第十二
            value = self._beside(chosen[0], periods, thread)
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
            and not self._now.search(scene.text, periods[0][0], position)
        ):
            return self.value(periods[0][1], thread), True
        return self._unsaid(scene, position, thread, own=own)

    def _beside(self, period: Period, periods: list[tuple[int, Period]], thread: RankThread) -> str:
        """A period's value; a year earlier than the one other year of its sentence where no ranking's time is known."""
        others = {p.value for _, p in periods if not self._relative(p)}
        alone = period.text in self._previous and not (thread.period or thread.frame) and len(others) == 1
        return year_before(others.pop()) if alone else self.value(period, thread)

    def _unsaid(self, scene: Scene, position: int, thread: RankThread, *, own: bool) -> tuple[str, bool]:
        """The time of a rank whose sentence names none."""
        clause = clause_start(scene.text, position), position
        if self._after.search(scene.text, *clause):
            return thread.edition, False
        if thread.frame:
            return thread.frame, not own
        if self._today.search(scene.text, *clause):
            return thread.edition, False  # which was 12th in 2022, now ranks ninth
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
        spoken = range(clause_start(scene.text, position), position)
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
        end = CLAUSE.search(scene.text, at)
        clause = scene.text[at + 1 : end.start() if end else len(scene.text)]
        return any(c in self._ordinals for c in clause) and not self._old.match(clause)
