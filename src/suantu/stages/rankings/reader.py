"""Reads rankings: pattern rules over encoded sentences, each match one or more entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from suantu.expressions import compiled
from suantu.ontology import Ontology
from suantu.phrases import Phrases
from suantu.records import RankingEntry
from suantu.rules import Compiler, Rule
from suantu.scene import Scene
from suantu.stages.rankings.labels import Labels
from suantu.stages.rankings.makers import Makers
from suantu.stages.rankings.match import Match, RankingRule
from suantu.stages.rankings.thread import RankThread

_MAKES = (
    "ranks",
    "tiers",
    "tier-ranks",
    "streak",
    "largest",
    "member",
    "led",
    "ordered",
    "next",
    "beside",
    "numbered",
    "moved",
    "same",
    "since",
    "yearly",
)
_UNRANKED = ("led", "ordered", "next", "numbered")  # makers whose patterns have no ordinal


def compile_ranking(rule: Rule, compiler: Compiler) -> RankingRule:
    """Compile one rule of a rankings file; RuleError names what is wrong with it."""
    body = rule.body
    makes = str(body.get("makes", ""))
    if makes not in _MAKES:
        raise rule.error(f"makes: {makes!r} is not one of {', '.join(_MAKES)}")
    pattern = compiler.pattern(body.get("pattern", ""), rule.name)
    if makes not in _UNRANKED and "r" not in pattern.slots:
        raise rule.error("the pattern has no group r (the stretch with the ranks)")
    text = compiled(str(body["text"])) if "text" in body else None
    needs = compiler.pattern(body["needs"], rule.name) if "needs" in body else None
    unranked = makes in _UNRANKED or "(?P<r>)" in pattern.source
    told = (bool(body.get(option)) for option in ("tie", "again", "those", "known", "older", "carried"))
    options = [*told, unranked]
    return RankingRule(rule, makes, pattern, text, needs, *options)


class Rankings:
    """The ranking rules of one language."""

    def __init__(
        self,
        rules: Sequence[RankingRule],
        settings: Mapping[str, Any],
        compiler: Compiler,
        phrases: Phrases,
        ontology: Ontology,
        language: str,
    ) -> None:
        self._rules = rules
        alphabet = compiler.alphabet
        self._makers = Makers(settings, compiler, phrases, ontology, language)
        self._chars = frozenset(alphabet.matching(["ordinal", "top", "tier"]))
        self._labels = Labels(self._makers.naming, self._makers.items, alphabet.matching(["tier"]))

    # -- one sentence ------------------------------------------------------------------------------------------------

    def read(self, scene: Scene, thread: RankThread, asserted: Callable[..., bool]) -> list[RankingEntry]:
        """The entries that ``scene`` states; the thread takes them in and remembers the ranking."""
        self._makers.naming.note_frame(scene, thread, opening=True)
        self._makers.naming.note_matter(scene, thread)
        self._labels.opens(scene, thread)
        if self._labels.read(scene, thread):
            return []
        before = thread.mark()
        out, matches = self._entries(scene, thread, asserted)
        if any(a.found.start() > b.found.start() for a, b in pairwise(matches)):  # what is told first is known first
            thread.back_to(before)
            out = self._in_order(matches)
        self._makers.naming.note_frame(scene, thread, opening=False)
        return out

    def _entries(
        self, scene: Scene, thread: RankThread, asserted: Callable[..., bool]
    ) -> tuple[list[RankingEntry], list[Match]]:
        """The entries that the rules make, the first rule that fits a place first; and the matches that made them."""
        used: set[int] = set()
        out: list[RankingEntry] = []
        matches: list[Match] = []
        for rule in self._rules:
            if not (scene.chars & self._chars) and not rule.unranked:
                continue
            position = 0
            while found := rule.pattern.regex.search(scene.text, position):
                position = found.start() + 1
                match = Match(rule, scene, thread, found)
                places = self._places(match)
                if places & used or not self._fits(match) or not self._stated(match, asserted):
                    continue
                entries = list(self._makers.by_name[rule.makes](match))
                if entries or (rule.makes in ("tiers", "tier-ranks") and places):
                    used |= places
                    out += entries
                    matches.append(match)
                    position = max(position, *(p + 1 for p in places)) if places else found.end()
                for entry in entries:
                    thread.add(entry)
        return out, matches

    @staticmethod
    def _places(match: Match) -> set[int]:
        """Where the places stand that a match tells; what stands beside a place leaves the place itself to other rules."""
        if match.rule.makes == "led":
            return {match.span("i")[0]}
        groups = () if match.rule.makes == "beside" else ("r", "w")
        return {p for group in groups for p, _ in match.ordinals(group)}

    def _in_order(self, matches: list[Match]) -> list[RankingEntry]:
        """The entries of ``matches``, made again in the order of the text."""
        out: list[RankingEntry] = []
        for match in sorted(matches, key=lambda m: m.found.start()):
            for entry in list(self._makers.by_name[match.rule.makes](match)):
                match.thread.add(entry)
                out.append(entry)
        return out

    @staticmethod
    def _stated(match: Match, asserted: Callable[..., bool]) -> bool:
        """A place is what is, not what is expected, denied or supposed; a ``carried`` one is so whatever is denied of it."""
        scene, span = match.scene, match.found.span()
        return asserted(scene, *span, match.rule.carried) and not (
            scene.in_mood(("forecast",), *span) and not match.told_past()
        )

    def _fits(self, match: Match) -> bool:
        rule = match.rule
        if rule.needs and not rule.needs.regex.search(match.scene.text):
            return False
        words = (match.scene.surface(p, p + 1) for p, _ in match.ordinals("r"))
        return rule.text is None or all(map(rule.text.search, words))
