"""The circumstances of a figure: its period, place and status, read from its clause, sentence and thread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from suantu.expressions import compiled, either
from suantu.ontology import Ontology
from suantu.records import Period, Quantity, Thing
from suantu.rules import Alphabet
from suantu.scene import AHEAD, GUESSED, NOW, Scene
from suantu.stages.observations.lookback import LookBack
from suantu.stages.observations.places import CLAUSE_END, Places
from suantu.stages.observations.spans import BEGAN_AT, between_years, figure_between, moved, told_before

_CHANGES = ("growthRate", "ratio")
_UNSURE = (*AHEAD, GUESSED)
_JOINT = compiled(r" (?:and|but|while) ")
_SINCE = compiled(r" ?(?:from|since|starting from|counted from|starting in) ")
_HARD = compiled(r"[；;。]")


@dataclass(frozen=True, slots=True)
class When:
    """A figure's period, and the one that it is compared with (同比2019年)."""

    period: Period | None
    compared: str = ""


class Circumstances(Places):
    """How one language sets time and place; ``period_after``: the time follows its figure (English)."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        language: str,
        alphabet: Alphabet,
        places: Mapping[str, Thing | None],
        ontology: Ontology,
    ) -> None:
        super().__init__(settings, language, alphabet, places, ontology)
        words = sorted(map(str, settings["compare-period"]), key=len, reverse=True)
        self._compare = compiled("(?:" + "|".join(words) + ")\\s?$")
        self._compare_after = compiled(str(settings.get("compare-after", "(?!)")))
        now = "|".join(sorted(map(str, settings["now-before"]), key=len, reverse=True))
        self._came_from = compiled(str(settings.get("came-from", "(?!)")))
        self._of_another = compiled(str(settings.get("of-another", "(?!)")))
        self._by_then = compiled(str(settings.get("by-then", "(?!)")))
        self._now = compiled(f"(?:{now})\\s?$")
        self._now_after = compiled(str(settings.get("now-after", "(?!)")))
        period = alphabet.matching(["period"])
        of = str(settings["of"])
        bounds = "|".join(map(str, settings.get("of-bounds", ())))
        self._beside = compiled(f"[{period}]{of}(?:{bounds})?$")
        self._next = compiled(f"{of}(?:{bounds})?[\uf000-\uf8ff]")
        self._baseline = compiled(str(settings["baseline"])) if "baseline" in settings else None
        self._against = compiled(r"\b(?:" + "|".join(words) + r")\b(?=(?: [a-z]+){0,3} [\uf000-\uf8ff])")
        self._compared = compiled(r" (?:the|that of|those of|what|its|their) ?[\uf000-\uf8ff]")
        self._asked = compiled(str(settings.get("asked", "(?!)")))
        self._intending = compiled(str(settings.get("intending", "(?!)")))
        self._of_which = compiled(str(settings.get("of-which", "(?!)")))
        self._since = compiled(str(settings.get("founded-then", "(?!)")))
        self._means_to = compiled(str(settings.get("means-to", "(?!)")))
        self._intends = compiled(str(settings.get("intends", "(?!)")))
        figure = "".join(alphabet.kind("multiple"))
        self._base = compiled(f"[\uf000-\uf8ff]?{of}(?:{bounds})?{figure}")
        self._same = compiled(str(settings.get("same-period", "(?!)")))
        percent = alphabet.kind("percent")
        self._compounded = compiled(f"[^，。；\uf000-\uf8ff]*[{percent}][^，。；]*[，。；]")
        self._led_to = compiled(str(settings.get("led-to", "((?!))")).replace("{period}", f"([{period}])"))
        self._goes_on = compiled(either(map(str, settings.get("goes-on", ()))) or "(?!)")
        self.back = LookBack(settings)
        self._foretold_noun = compiled(str(settings.get("foretold-noun", "(?!)")))
        self._foretold = compiled(str(settings.get("foretold", "(?!)")))
        self._announced = compiled(str(settings.get("announced", "(?!)")))
        self._proposed = compiled(str(settings.get("proposed", "(?!)")))

    def when(self, scene: Scene, position: int, metric: str = "") -> When:
        """The period of the figure at ``position``; a CAGR prefers a span of years.

        A time right before a figure (2022年的6%) is that figure's own and no other's.
        """
        own = self._own(scene, position)
        if own is not None and metric != "ratio":
            return When(own)
        if self._now.search(scene.text[max(0, position - 8) : position]) or self._now_after.match(
            scene.text, position + 1
        ):
            return When(None)
        compared = own.value if own is not None else ""
        found, compared = self._dated(scene, position, own, compared)
        meant = metric == "share" and self.intends(scene, position)
        if metric == "cagr" and (span := self._interval(scene, position, found)) is not None:
            return When(span[0], compared)
        found = [(at, p) for at, p in found if not self._over(scene, at, p, position, metric)]
        found = [(at, self._ended(scene, at, p, position)) for at, p in found]
        found = self.back.current(scene, found, position)
        if self._earlier(scene.text, position):
            return When(self._near(scene.text, position, [f for f in found if f[0] > position]), compared)
        chosen = self._near(scene.text, position, found)
        if chosen is None and not scene.in_mood(("actual",), position, position + 1):
            chosen = (
                self._reached(scene, position)
                or scene.period
                or (None if scene.in_mood(_UNSURE, position, position + 1) and not meant else scene.era)
            )
            if chosen and chosen.ahead and self._returns(scene, position):
                chosen = None
        return When(self._end_of(scene.text, position, chosen), compared)

    def _earlier(self, text: str, position: int) -> bool:
        """Whether a change began with the figure: it is of a time before that which the change led to (up from 12%)."""
        before = self._came_from.search(text, max(0, position - 50), position)
        return before is not None and not self._of_another.match(text, position + 1)

    def _end_of(self, text: str, position: int, period: Period | None) -> Period | None:
        """The last year of a span, where the clause speaks of its end (between 2023 and 2028, when it …)."""
        if period is None or "/" not in period.value or not self._by_then.search(text, max(0, position - 70), position):
            return period
        return replace(period, value=period.value.rpartition("/")[2])

    def asides(self, scene: Scene) -> frozenset[int]:
        """Where the times stand that a sentence only looks back to, or that say when something began."""
        looked = self.back.asides(scene)
        times = [at for at, node in scene.nodes.items() if node.periods]
        if not self._after:
            behind = (self._began, self._launched)
            begun = {at for at in times if any(b.match(scene.text, at + 1) for b in behind)}
            return looked | begun | {at for at in times if self._founded.search(scene.text, max(0, at - 4), at)}
        back = (self._founded, self._compare)
        return looked | {at for at in times if any(b.search(scene.text[max(0, at - 40) : at]) for b in back)}

    def partial(self, scene: Scene) -> bool:
        """Whether a sentence tells of a part of what was told of before it."""
        return self._of_which.match(scene.text) is not None

    def intends(self, scene: Scene, position: int) -> bool:
        """Whether a figure is that of those who mean to do something, as they say now; what they mean to do by a time
        that is told (计划在2026年采购) is of that time."""
        if self._intending.search(scene.text, max(0, position - 40), position):
            return True
        end = CLAUSE_END.search(scene.text, position)
        stop = end.start() if end else len(scene.text)
        dated = any(position < at < stop and n.periods and n.periods[-1].value for at, n in scene.nodes.items())
        return not dated and self._asked.match(scene.text, position + 1) is not None

    def _reached(self, scene: Scene, position: int) -> Period | None:
        """The time that a change told before led to (由2021年的6%降至2022年的5%，…占8%): what else is told is of it."""
        found = list(self._led_to.finditer(scene.text, 0, position))
        node = scene.nodes.get(found[-1].start(1)) if found else None
        return node.periods[-1] if node is not None and node.periods else None

    def _returns(self, scene: Scene, position: int) -> bool:
        """Whether a sentence speaks again of what is so now, after one that told of a time ahead."""
        if scene.in_mood(NOW, position, position + 1):
            return True
        ahead = scene.in_mood(AHEAD, position, position + 1) or self._after
        return not (ahead or self._goes_on.match(scene.text))

    def _over(self, scene: Scene, at: int, period: Period, position: int, metric: str) -> bool:
        """Whether a figure's time is over where another is told: what is so now is not of a time told before, nor is a
        growth of the earlier time that its size was compared with."""
        text = scene.text
        if at > position or not figure_between(text, at, position):
            return False
        if metric in _CHANGES and self._same.search(period.text):
            return True
        now = [m for m in scene.moods if m.kind in NOW and at < m.start and m.start <= position < m.end]
        now = [m for m in now if m.kind == "actual" or period.ahead]
        return not self._after and any(figure_between(text, at, m.start) for m in now)

    def _ended(self, scene: Scene, at: int, period: Period, position: int) -> Period:
        """The time of a later clause's figure: what a rate is compounded over ends when other figures are told of."""
        rate = None if self._after or "/" not in period.value else self._compounded.match(scene.text, at + 1)
        if rate is None or rate.end() > position:
            return period
        return replace(period, value=period.value.rpartition("/")[2])

    def _span(self, scene: Scene, position: int) -> Period | None:
        """From the first to the last of the years between which the figures before a growth rate lie."""
        nodes = [(at, n.periods[-1]) for at, n in sorted(scene.nodes.items()) if n.periods]
        base = [n for n in nodes if n[0] > position and _SINCE.fullmatch(scene.text, position + 1, n[0])]
        if len(base) == 1 and not any(at > base[0][0] for at, _ in nodes):  # 21% from 2023, where 2027 was named
            nodes = [*base, *(n for n in nodes if n[0] < position)]
            last = max(nodes, key=lambda n: n[1].value)[1]
            ahead = len(last.value) == len(base[0][1].value) == 4 and base[0][1].value < last.value
            return replace(last, value=f"{base[0][1].value}/{last.value}") if ahead else None
        if any("/" in p.value or p.years for _, p in nodes) or any(at > position for at, _ in nodes):
            return None
        years = [p for at, p in nodes if len(p.value) == 4]
        if len(years) < 2 or years[-2].value >= years[-1].value:
            return None
        return replace(years[-1], value=f"{years[-2].value}/{years[-1].value}")

    def _own(self, scene: Scene, position: int) -> Period | None:
        match = self._beside.search(scene.text, max(0, position - 6), position)
        node = scene.nodes.get(match.start()) if match else None
        return node.periods[-1] if node is not None and node.periods else None

    def _belongs(self, scene: Scene, at: int, position: int) -> bool:
        """Whether the time at ``at`` stands right before another figure."""
        match = self._next.match(scene.text, at + 1)
        return match is not None and match.end() - 1 != position and (not self._after or match.end() - 1 < position)

    def _dated(
        self, scene: Scene, position: int, own: Period | None, compared: str
    ) -> tuple[list[tuple[int, Period]], str]:
        """The times that the figure may be of, and the one that it is compared with."""
        found: list[tuple[int, Period]] = []
        for at in sorted(scene.nodes):
            node = scene.nodes[at]
            if not node.periods or node.periods[-1].aside == "paper" or (own is not None and node.periods[-1] is own):
                continue
            if self._belongs(scene, at, position) or (self._after and self._of_other(scene, at, position)):
                continue
            if at > position and self._after and self._of_plan(scene, at, position):
                continue
            if at < position and self._of_founding(scene.text, at, position):
                continue
            if node.periods[-1].ahead and self._means_to.search(scene.text, position if at > position else 0, at):
                continue  # by when those who are counted mean to do it (计划在未来三年内)
            if (
                not self._after
                and self._since.match(scene.text, at + 1)
                and CLAUSE_END.search(scene.text, at, position)
            ):
                continue  # when something began that is named here (于2019年设立的委员会)
            before = scene.text[max(0, at - (20 if self._after else 6)) : at]
            span = self._after and "/" in node.periods[-1].value  # from 2024 to 2030 compares nothing
            base = at + 1 != position and self._base.match(scene.text, at + 1)
            against = self._compare.search(before) or self._compare_after.match(scene.text, at + 1)
            if base or (against and not span):
                compared = compared or (node.periods[0].value if at < position + 12 else "")
                continue
            found.append((at, node.periods[-1]))
        return found, compared

    @staticmethod
    def _of_plan(scene: Scene, at: int, position: int) -> bool:
        """Whether the time is that of another figure which is only planned or expected."""
        ahead = scene.in_mood(AHEAD, at, at + 1)
        now = not scene.in_mood(AHEAD, position, position + 1)
        return ahead and now and figure_between(scene.text, position, at)

    def _interval(self, scene: Scene, position: int, found: list[tuple[int, Period]]) -> tuple[Period | None] | None:
        """The span of years of a compound rate: one that stands near, or none where one stands far off."""
        if self._after and (span := self._span(scene, position)):
            return (span,)
        spans = [(at, p) for at, p in found if "/" in p.value or p.years]
        near = [s for s in spans if len(CLAUSE_END.findall(scene.text[min(s[0], position) : max(s[0], position)])) < 2]
        between = None if self._after else between_years([p for _, p in found] or told_before(scene, position))
        if not spans:
            return (between,) if between else None
        chosen = min(near, key=lambda x: abs(x[0] - position))[1] if near else None
        ends = between is not None and int(between.value[5:]) - int(between.value[:4])
        return (between if chosen and not chosen.value and ends == chosen.years else chosen,)

    def _of_other(self, scene: Scene, at: int, position: int) -> bool:
        """Whether the time at ``at`` is that of a figure compared with (up from 33% in 2023), which is not this one."""
        text = scene.text
        start = max((m.end() for m in CLAUSE_END.finditer(text, 0, at)), default=0)
        words = list(self._against.finditer(text, start, at))
        if not words or not figure_between(text, words[-1].end() - 1, at):
            return False
        if BEGAN_AT.fullmatch(text, words[-1].start() - 1, at):
            return False
        stop = CLAUSE_END.search(text, at)
        joint = _JOINT.search(text, at)
        end = min(stop.start() if stop else len(text), joint.start() if joint else len(text))
        return position < words[-1].start() or position > end

    def _near(self, text: str, position: int, found: list[tuple[int, Period]]) -> Period | None:
        before = [(at, p) for at, p in found if at < position]
        after = [(at, p) for at, p in found if at > position]
        if self._after:
            close = [
                p
                for at, p in after
                if (not figure_between(text, position, at) or moved(text, position, at))
                and not CLAUSE_END.search(text, position, at)
            ]
            if close:
                return close[0]
        in_clause = [p for at, p in before if not CLAUSE_END.search(text, at, position)]
        if in_clause:
            return in_clause[-1]
        bracket = re.match(r"[^，。；]{0,6}[（(]([\uf000-\uf8ff])", text[position + 1 :])
        if bracket and not before:
            at = position + 1 + bracket.start(1)
            inside = [p for a, p in found if a == at]
            if inside:
                return inside[0]
        if before:
            return self.back.latest(text, position, before)
        same = [p for at, p in after if not _HARD.search(text, position, at)]
        if self._after and after and text[position] in text[position + 1 : after[0][0]]:
            same = []  # a time behind another figure of the kind is that figure's
        if self._after and after and self._against.search(text, position, after[0][0]):
            same = []
        if self._after and after and self._compared.match(text, position + 1, after[0][0]):
            same = []
        return same[0] if same and (self._after or not CLAUSE_END.search(text, position, after[0][0])) else None

    def proposed(self, scene: Scene, position: int) -> bool:
        """Whether what the figure is granted is still to be decided."""
        return bool(self._proposed.search(scene.text, max(0, position - 20), position))

    def passed(self, scene: Scene, position: int, period: Period, issued: str) -> bool:
        """Whether a plan's figure stands under a time that has passed: that of what was told or done before it."""
        last = period.value.rpartition("/")[2]
        if self._after or not scene.planned(position) or period.ahead or not last or last >= issued[: len(last)]:
            return False
        at = next((p for p, n in scene.nodes.items() if period in n.periods), -1)
        if at < 0 or self._announced.search(scene.text, at, position):
            return at >= 0 or period in (scene.period, scene.era)
        clause = CLAUSE_END.search(scene.text, at, position)
        return clause is not None and clause.start() > at + 2

    def status(self, scene: Scene, position: int, quantity: Quantity, period: Period | None, issued: str) -> str:
        """``Actual``, ``Estimate`` or ``Forecast``: by the period against the document's date, then by cue."""
        last = period.value.rpartition("/")[2][:4] if period else ""
        year = int(last) if last.isdigit() else 0
        now = int(issued[:4]) if issued[:4].isdigit() else 0
        if year and now and year > now:
            return "Forecast"
        if self._foretold.search(scene.text, max(0, position - 20), position):
            return "Forecast"
        if year and year == now - 1 and self._results_expected(scene, position, period):
            return "Forecast"
        planned = scene.planned(position)
        if quantity.kind == "percent" and (
            self._intends.match(scene.text, position + 1) or self.intends(scene, position)
        ):
            return "Actual"
        past = self._after or not (year and now and year >= now)
        if self._baseline and past and self._baseline.search(scene.text[max(0, position - 40) : position]):
            return "Actual"
        if (planned or scene.in_mood(("forecast",), position, position + 1)) and not (year and now and year < now):
            return "Forecast"
        if period and period.ahead and not self._after and not (year and now and year <= now):
            return "Forecast"
        if scene.in_mood(("estimate",), position, position + 1):
            return "Estimate"
        return "Actual"

    def _results_expected(self, scene: Scene, position: int, period: Period | None) -> bool:
        """Whether a sentence names a year and then expects its results (2024年营收预计为…)."""
        at = next((p for p, n in scene.nodes.items() if p < position and period in n.periods), position)
        at = position if scene.in_mood(NOW, position, position + 1) else at
        expected = (m.start for m in scene.moods if m.kind == "forecast" and at < m.start < position < m.end)
        cues = (c for c in expected if not self._foretold_noun.match(scene.text, c))
        return any(not _HARD.search(scene.text, cue, position) for cue in cues)
