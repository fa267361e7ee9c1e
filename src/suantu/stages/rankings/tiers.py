"""The tiers of a ranking (第一梯队): who is said to be in which."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from suantu.records import RankingEntry, Thing
from suantu.stages.rankings.items import Items
from suantu.stages.rankings.match import Match
from suantu.stages.rankings.naming import Naming

LONGEST_ORDER = 12  # members of a list in order whose number is not told


def most(find: Callable[[int], list[Thing]], longest: int) -> list[Thing]:
    """The longest list that ``find`` reads."""
    return next(filter(None, (find(many) for many in range(longest, 0, -1))), [])


class Tiers:
    """The makers of one language that note tiers."""

    def __init__(self, items: Items, naming: Naming) -> None:
        self._items, self._naming = items, naming

    def told(self, match: Match) -> Iterator[RankingEntry]:
        """A tier makes no entry of its own: it is kept for the entries of the same ranking."""
        scene, thread = match.scene, match.thread
        position, node = match.ordinals("r")[0]
        start, end = match.span("i")
        period, _ = self._naming.period(scene, position, thread, own=False)
        begin, cls = match.found.start(), thread.item_class
        if start >= 0:
            things = most(lambda n: self._items.after(scene, start, end, n, cls), LONGEST_ORDER)
        else:
            things = self._just_ranked(match)
            things = things or most(lambda n: self._items.before(scene, begin, n, cls) if n > 1 else [], LONGEST_ORDER)
            subject = None if things else self._items.subject(scene, begin, cls)
            things += [subject[0]] if subject else []
        if top := match.ordinals("t"):
            things = [e.item for e in thread.said(scene, scene.starts[begin])]
            things += thread.best(period, top[0][1].ordinals[0].value)
        for thing in things:
            thread.add_tier(period, thing, node.ordinals[0].value)
        yield from ()

    @staticmethod
    def _just_ranked(match: Match) -> list[Thing]:
        """Those that the clause before ranked, where nothing else stands before the tier (甲、乙列第四、第五，同属第二梯队)."""
        scene, begin = match.scene, match.found.start()
        if not begin or scene.text[begin - 1] != "，":
            return []
        start = scene.starts[begin - 1]
        after = scene.block.offsets[start - 1]
        return [e.item for e in match.thread.said(scene, start) if e.evidence.spans[0].end >= after]

    def of_ranks(self, match: Match) -> Iterator[RankingEntry]:
        """前五名划为第一梯队: the tier of whatever holds these ranks of the ranking that was read last."""
        ranks = match.ranks("w")
        tier = match.ordinals("r")[0][1].ordinals[0].value
        for entry, _ in [e for e in match.thread.entries if e[0].rank in ranks]:
            if entry.ranking == match.thread.entries[-1][0].ranking and entry.period == match.thread.period:
                match.thread.add_tier(entry.period, entry.item, tier)
        yield from ()
