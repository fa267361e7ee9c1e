"""Lists: an unknown member takes the class of its known neighbours, or of the noun that opens or closes the list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.expressions import compiled
from suantu.identity import group_of
from suantu.ontology import Ontology
from suantu.stages.discovery.page import Ledger, Page
from suantu.stages.discovery.slots import is_name
from suantu.stages.discovery.words import Words

_CLAUSE = compiled(r"[^，。；：:！？!?（）()\n]+")
_DEVICES = frozenset({"Chip", "Product", "AIModel", "Interconnect"})
_NODE = compiled("[\ue000-\uefff]")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a list; ``known`` are the class groups of a known name."""

    start: int
    end: int
    known: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()


class Lists:
    """The ``lists`` section of a discovery file."""

    def __init__(
        self, settings: Mapping[str, Any], words: Words, ontology: Ontology, endings: Sequence[str], use_cases: UseCases
    ) -> None:
        rules = settings["lists"]
        self._words, self._ontology, self._use_cases = words, ontology, use_cases
        self._last = compiled("|".join(sorted(map(str, rules["last"]), key=len, reverse=True)))
        self._closed = tuple(map(str, rules["closed-by"]))
        self._heads = {str(w): str(cls) for cls, heads in rules["heads"].items() for w in heads}
        heads = "|".join(sorted(self._heads, key=len, reverse=True))
        self._head = compiled(f"{str(rules['closing']).replace('NUMBER', str(rules['number']))}(?P<head>{heads})")
        self._of = str(settings["of"])
        self._separator = str(rules["separator"])
        self._openers = sorted(
            ((str(w), cls) for cls, ws in rules["openers"].items() for w in ws), key=lambda x: -len(x[0])
        )
        self._endings = tuple(endings)

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the members of the lists of a page."""
        for clause in _CLAUSE.finditer(page.text):
            if self._separator in clause[0]:
                self._list(page, clause.start(), clause.end(), ledger)
            elif any(i in page.names for i in range(*clause.span())):
                self._pairs(page, clause.start(), clause.end(), ledger)

    def _pairs(self, page: Page, start: int, end: int, ledger: Ledger) -> None:
        """Two names that are joined, of which one is known (湖南大学与某某科技)."""
        for match in self._last.finditer(page.text, start, end):
            before, after = match.start() - 1 in page.names, match.end() in page.names
            if before == after or match.end() >= end or match.start() <= start:
                continue
            first = self._first(page, start, match.start(), self._use_cases.listed(page, match.end(), end))
            last = self._final(page, match.end(), end)
            if first and last:
                self._judge(page, [first, last], ledger)

    def _list(self, page: Page, start: int, end: int, ledger: Ledger) -> None:
        self._judge(page, self._members(page, start, end), ledger)

    def _judge(self, page: Page, members: Sequence[Member], ledger: Ledger) -> None:
        if len(members) < 2 or all(m.known for m in members):
            return
        known = [m.known for m in members if m.known]
        shared = frozenset.intersection(*known) if known else frozenset()
        if known and not shared:
            common, times = Counter(g for groups in known for g in groups).most_common(1)[0]
            if times < 2 or times * 3 < len(known) * 2:
                return
            shared = frozenset({common})
        told = self._told(page, members)
        wanted = group_of(told, self._ontology.parents) if told else "UseCase"
        group = wanted if wanted in shared else min(shared, default="")
        cls, weight = group, (0.5 if len(known) == 1 else 0.62)
        if told and (not group or group_of(told, self._ontology.parents) == group):
            cls, weight = told, (0.8 if group else 0.6)
        same = {m.classes for m in members if m.known}
        if group and not told and len(known) > 1 and len(same) == 1 and len(only := next(iter(same))) == 1:
            cls = only[0]
        if not known and not told:
            self._alike(page, members, ledger)
        if not cls or cls in ("Place", "Policy", "Report", "Market", "Standard"):
            return
        for member in members:
            if not member.known:
                self._member(page, member, cls, weight, ledger)

    def _alike(self, page: Page, members: Sequence[Member], ledger: Ledger) -> None:
        """Nothing tells what is listed: members that look like use cases are such where most do."""
        cores = [page.text[m.start : m.end] for m in members]
        names = [page.surface(m.start, m.end) for m in members]
        alike = [self._use_cases.strong(n) and self._use_cases.fits(c, n) for c, n in zip(cores, names, strict=True)]
        if sum(alike) >= 2 and sum(alike) * 3 >= len(members) * 2:
            for core, name in zip(cores, names, strict=True):
                if self._use_cases.fits(core, name) and not _NODE.search(core):
                    ledger.vote(name, "UseCase", "list.alike", 0.62)

    def _members(self, page: Page, start: int, end: int) -> list[Member]:
        text = page.text
        parts: list[tuple[int, int]] = []
        at = start
        while (cut := text.find(self._separator, at, end)) >= 0:
            parts.append((at, cut))
            at = cut + 1
        if match := self._last.search(text, at + 1, end):
            parts.append((at, match.start()))
            at = match.end()
        parts.append((at, end))
        out = []
        for i, (a, b) in enumerate(parts):
            if i and self._placed(page, a):
                a += 2
            if a >= b:
                continue
            member = (
                self._first(page, a, b, self._use_cases.listed(page, b + 1, end))
                if i == 0
                else self._final(page, a, b)
                if i == len(parts) - 1
                else self._whole(page, a, b)
            )
            if member:
                out.append(member)
        return out

    def _placed(self, page: Page, at: int) -> bool:
        """Whether a member begins with its place (杭州的甲科技、成都的乙微)."""
        name = page.names.get(at)
        of = page.text.startswith(self._of, at + 1)
        return of and name is not None and "Place" in self._known(page, at).known

    def _known(self, page: Page, at: int) -> Member:
        name = page.names[at]
        groups = frozenset(group_of(c, self._ontology.parents) for c in name.thing.classes)
        return Member(at, at + 1, groups, name.thing.classes)

    def _ended(self, core: str, surface: str) -> bool:
        """Whether a list member is a name by its ending, also where it begins with a letter like 均."""
        if not surface.endswith(self._endings) or not 3 <= len(surface) <= 14:
            return False
        words = self._words.split(core)
        if all(w.kind in ("generic", "role", "stop") for w in words):
            return False
        return all(w.kind not in ("stop", "role") for w in words[1:]) and (
            words[0].kind != "stop" or len(words[0]) == 1
        )

    def _first(self, page: Page, a: int, b: int, whole: bool) -> Member | None:
        if b - 1 in page.names:
            return self._known(page, b - 1)
        found = self._words.trim(page.text[a:b]) if not whole else self._words.trim(page.text[a:b], True)
        if not found or a + found[1] != b:
            return None
        words = () if whole else self._words.split(page.text[a + found[0] : b])
        verb = len(words) > 1 and words[0].kind == "verb" and len(words[0]) > 1 and b - a - found[0] > 3
        return Member(a + found[0] + (len(words[0]) if verb else 0), b)

    def _final(self, page: Page, a: int, b: int) -> Member | None:
        if a in page.names:
            return self._known(page, a)
        text = page.text[a:b]
        stop = len(text)
        for word in self._words.split(text):
            if word.kind == "stop" or text.startswith(self._closed, word.start) or _NODE.match(text[word.start]):
                stop = word.start
                break
        return Member(a, a + stop) if 2 <= stop <= 12 else None

    def _whole(self, page: Page, a: int, b: int) -> Member | None:
        if b - a == 1:
            return self._known(page, a) if a in page.names else None
        return Member(a, b) if b - a <= 14 else None

    def _told(self, page: Page, members: Sequence[Member]) -> str:
        after = self._head.match(page.text, members[-1].end, members[-1].end + 18)
        if after:
            return str(self._heads[after["head"]])
        before = page.text[max(0, members[0].start - 60) : members[0].start]
        before = before[max(before.rfind("。"), before.rfind("；")) + 1 :].rstrip("：: “")
        told = next((cls for word, cls in self._openers if before.endswith(word.rstrip("：:"))), "")
        return told or next((cls for word, cls in self._openers if cls == "UseCase" and word in before), "")

    def _member(self, page: Page, member: Member, cls: str, weight: float, ledger: Ledger) -> None:
        core = page.text[member.start : member.end].strip("“”「」")
        surface = page.surface(member.start, member.end).strip("“”「」 ")
        if group_of(cls, self._ontology.parents) == "Organization":
            ended = self._ended(core, surface)
            bare = (
                weight >= 0.8
                and 2 <= len(core) <= 6
                and self._words.sound(core)
                and not _NODE.search(core)
                and len(self._words.split(core)) <= 2
            )
            if (bare or is_name(core, surface, self._words, self._endings) or ended) and not any(
                c in "“”" for c in surface
            ):
                ledger.vote(surface, cls, "list", weight)
        elif cls == "UseCase":
            if found := self._words.trim(core, True):
                surface = (
                    page.surface(member.start + found[0], member.start + found[1])
                    if core == page.text[member.start : member.end]
                    else surface
                )
                core = core[found[0] : found[1]]
            typical = self._use_cases.typical(surface)
            if (typical or weight > 0.7) and self._use_cases.fits(core, surface):
                ledger.vote(surface, cls, "list", max(weight, 0.62) if typical else weight - 0.1)
        elif cls in ("Technology", "Industry"):
            if (
                weight >= 0.62
                and 3 <= len(surface) <= 8
                and self._words.sound(core)
                and not _NODE.search(core)
                and not any(c.isdigit() for c in core)
                and weight > 0.7
            ):
                ledger.vote(surface, cls, "list", weight)
        elif (
            (any(c.isdigit() for c in surface) or (cls in _DEVICES and len(surface) <= 4))
            and weight > 0.55
            and len(core) >= 2
            and self._words.unknown(core) >= 2
        ):
            ledger.vote(surface, cls, "list", weight)


class UseCases:
    """The ``use-cases`` section of a discovery file."""

    def __init__(self, settings: Mapping[str, Any], words: Words) -> None:
        rules = settings["use-cases"]
        self._words = words
        self._ends, self._prefixes = tuple(map(str, rules["ends"])), tuple(map(str, rules["prefixes"]))
        self._not = frozenset(map(str, rules["not"]))
        self._light = frozenset(map(str, rules["light"]))
        self._not_ends = tuple(map(str, rules["not-ends"]))
        self._weak = tuple(map(str, rules["weak-ends"]))
        self._end = compiled("|".join(sorted(map(re.escape, self._ends), key=len, reverse=True)))
        self._rates = compiled(str(rules["rates"]))
        self._opens, self._closes = compiled(str(rules["opens"])), compiled(str(rules["closes"]))
        self._instances, self._of_uses = compiled(str(rules["instances"])), compiled(str(rules["of-uses"]))
        self._verbs, self._goes_on = compiled(str(rules["verbs"])), compiled(str(rules["goes-on"]))
        self._soft, self._qualifies = frozenset(str(rules["soft"])), compiled(str(rules["qualifies"]))
        self._joins, self._owned = compiled(str(rules["joins"])), compiled(str(rules["owned"]))

    def typical(self, surface: str) -> bool:
        """Whether a name looks like a use case by itself (高炉炉温预测, 智能理货)."""
        if surface in self._not:
            return False
        return surface.endswith(self._ends) or (
            surface.startswith(self._prefixes) and not surface.endswith(self._not_ends)
        )

    def strong(self, surface: str) -> bool:
        """Whether a name looks like a use case wherever it stands."""
        return self.typical(surface) and not surface.endswith(self._weak)

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the use cases that stand behind a word that lists such, or before one."""
        for clause in _CLAUSE.finditer(page.text):
            if not self._end.search(clause[0]):
                continue
            for match in self._opens.finditer(page.text, *clause.span()):
                self._run(page, match.end(), clause.end(), self.typical, ledger)
            self._one_by_one(page, clause.start(), clause.end(), ledger)
            for match in self._verbs.finditer(page.text, *clause.span()):
                self._run(page, match.end(), clause.end(), self.strong, ledger)
            if rate := self._rates.search(page.text, *clause.span()):
                self._back(page, clause.start(), rate.start(), self.typical, ledger)
            elif close := self._closes.search(page.text, *clause.span()):
                self._back(page, clause.start(), close.start(), self.strong, ledger)

    def _one_by_one(self, page: Page, start: int, end: int, ledger: Ledger) -> None:
        """What a sentence that speaks of uses names as instances."""
        for match in self._instances.finditer(page.text, start, end):
            sentence = page.text.rfind("。", 0, start) + 1
            if self._of_uses.search(page.text, sentence, match.start()):
                self._run(page, match.end(), end, self.strong, ledger)

    def _run(self, page: Page, start: int, end: int, wanted: Callable[[str], bool], ledger: Ledger) -> None:
        """The members of a list from its first letter on, as long as they look like use cases."""
        while start < end:
            cut = self._joins.search(page.text, start, end)
            stop = cut.start() if cut else end
            if stop - start > 1 or start not in page.names:
                if of := self._qualifies.match(page.text, start, stop):
                    start, wanted = of.end(), self.strong
                size = self._prefix(page.text[start:stop])
                if not size or not wanted(page.surface(start, start + size)):
                    return
                if not self._vote(page, start, start + size, "usecase.opened", ledger):
                    return
                if start + size != stop:
                    return
            start = cut.end() if cut else end

    def _prefix(self, text: str) -> int:
        """How much of a stretch, from its beginning, may be one use case."""
        ends = [m.end() for m in self._end.finditer(text, 1, 13)]
        fitting = [
            e
            for e in ends
            if e == len(text) or self._words.split(text[e:])[0].kind != "open" or self._goes_on.match(text, e)
        ]
        return fitting[-1] if fitting else 0

    def _back(self, page: Page, start: int, end: int, wanted: Callable[[str], bool], ledger: Ledger) -> None:
        """The members of a list that ends here."""
        parts: list[tuple[int, int]] = []
        for match in self._joins.finditer(page.text, start, end):
            parts.append((start, match.start()))
            start = match.end()
        parts.append((start, end))
        if len(parts) > 1 and any(self.strong(page.surface(a, b)) for a, b in parts if b > a):
            wanted = self.typical  # one that is sure vouches for the others
        for i, (a, b) in reversed(list(enumerate(parts))):
            if b - a == 1 and a in page.names:
                continue
            found = self._words.trim(page.text[a:b], whole=True)
            if (
                found is None
                or found[1] != b - a
                or (i and found[0] and not self._owned.search(page.text, a, a + found[0]))
            ):
                return
            surface = page.surface(a + found[0], b)
            if not (wanted(surface) and self._vote(page, a + found[0], b, "usecase.closed", ledger)):
                return

    def _vote(self, page: Page, start: int, end: int, rule: str, ledger: Ledger) -> bool:
        surface = page.surface(start, end)
        if not (self.typical(surface) and self.fits(page.text[start:end], surface)):
            return False
        ledger.vote(surface, "UseCase", rule, 0.65)
        return True

    def fits(self, core: str, surface: str) -> bool:
        """Whether a stretch may name a use case at all."""
        if not 3 <= len(surface) <= 12 or surface in self._not or any(c.isdigit() or c in "“”《》%" for c in surface):
            return False
        end = max((e for e in self._ends if core.endswith(e) and len(e) + 2 <= len(core)), key=len, default="")
        words = self._words.split(core.removesuffix(end))
        if words[0].kind == "stop" or (
            words[0].kind == "verb"
            and not (surface.startswith(self._prefixes) or (len(surface) >= 6 and self.typical(surface)))
            and not (len(words) == 1 and self.strong(surface) and core.removesuffix(end) not in self._light)
        ):
            return False
        if all(w.kind in ("generic", "role") for w in words) and not self.typical(surface):
            return False
        inner = (
            w for w in words[words[0].kind == "role" :] if not (len(w) == 1 and w.start and core[w.start] in self._soft)
        )
        return all(w.kind not in ("stop", "role") for w in inner) and len(words) <= 6

    def listed(self, page: Page, start: int, end: int) -> bool:
        """Whether a use case is named in a stretch."""
        return any("UseCase" in page.names[i].thing.classes for i in range(start, end) if i in page.names)

    def whole(self, core: str, surface: str) -> bool:
        """Whether a label of a drawing is a use case: it ends like one and is no more than a name."""
        if _NODE.search(core):
            return False
        inner = any(0 < surface.find(e, 2) < len(surface) - len(e) for e in self._ends)
        short = surface.startswith(self._prefixes) and len(surface) <= 5
        return (
            (short or surface.endswith(self._ends)) and 4 <= len(surface) <= 7 and not inner and self.typical(surface)
        )
