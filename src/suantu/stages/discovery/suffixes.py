"""Organizations, offices and places by how their names end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from suantu.expressions import compiled
from suantu.stages.discovery.page import Ledger, Page, Signs
from suantu.stages.discovery.words import Words

_HAN = "\u4e00-\u9fff"
_BREAKS = frozenset({"stop", "role", "verb"})


class Suffixes:
    """The ``suffixes``, ``government`` and ``places`` sections of a discovery file."""

    def __init__(self, settings: Mapping[str, Any], words: Words, signs: Signs) -> None:
        self._words, self._signs = words, signs
        self._rules: dict[str, tuple[str, str, bool]] = {}
        for rule in settings["suffixes"]:
            for ending in rule["words"]:
                self._rules.setdefault(str(ending), (rule["name"], rule["class"], rule["strength"] == "strong"))
        government, places = settings["government"], settings["places"]
        self._not_alone = frozenset(map(str, government["not-alone"]))
        self._levels = tuple(str(w) for w in government["levels"] if w)
        self._offices = {str(w) for w in government["offices"]}
        self._bureaus = tuple(map(str, government["bureaus"]))
        self._government, self._place = str(government["name"]), str(places["name"])
        self._places = {str(w) for w in places["words"]}
        self._stands = compiled(str(places["shown"]))
        self._heads = tuple(map(str, settings["consortium-heads"]))
        self._firms = frozenset(map(str, settings["firm-endings"]))
        self._founded = compiled(f"(?:{settings['founded']['before']})$")
        self._joined = compiled(str(settings["founded"]["after"]))
        self._place_firms = frozenset(map(str, settings["place-firms"]))
        self._everyday = frozenset(map(str, settings["everyday-endings"]))
        self._all = tuple(self._rules)
        self._groups = frozenset(map(str, settings["named-groups"]))
        self._generic_firm = frozenset(map(str, settings["firm-words"]))
        self._regions = tuple(map(str, settings["regions"]))
        self._registered = frozenset(map(str, settings["registered"]))
        makers = next(r for r in settings["suffixes"] if r["name"] == settings["usual-vendor"])
        self._makers = tuple(str(w) for w in makers["words"] if len(w) > 1)
        self._continues = str(settings["continues"])
        endings = sorted({*self._rules, *self._offices, *self._places}, key=len, reverse=True)
        self._ending = compiled(f"(?=(?P<ending>{'|'.join(map(re.escape, endings))}))")
        self.inside = f"[{_HAN}A-Za-z0-9·\\-{signs.places}{signs.topics}]"
        self._run = compiled(f"{self.inside}+$")
        before = "|".join(sorted(map(str, places["district-before"]), key=len, reverse=True))
        self._joiners = str(places["joiners"])
        self._district = compiled(f"(?:{before}|[{signs.places}])(?P<name>[{_HAN}]{{2,3}}{places['districts']})")
        inner = str(government["ministries"]).replace("一-鿿", f"一-鿿{signs.topics}")
        self._branches = {str(w): cls for cls, listed in settings["branches"].items() for w in listed}
        ends = "|".join(sorted(self._branches, key=len, reverse=True))
        self._branch = compiled(
            f"[{signs.institutes}](?P<core>{self.inside}{{0,10}}?)(?P<ending>{ends})(?![{_HAN}]?长)"
        )
        self._everyday_sites = frozenset(map(str, settings["everyday-sites"]))
        sites = "|".join(sorted(map(str, settings["sites"]), key=len, reverse=True))
        firms = "".join(sorted({*signs.organizations}.difference(signs.institutes, signs.bodies)))
        of = f"(?P<chip>[{signs.places}][{signs.chips}])|[{firms}]"  # 厦门鲲鹏超算中心
        self._site = compiled(f"(?:{of})(?P<core>{self.inside}{{0,8}}?)(?P<ending>{sites})(?![{self._continues}])")
        children = settings["children"]
        child = "|".join(sorted(map(str, children["words"]), key=len, reverse=True))
        self._child = compiled(f"[{firms}](?:{child})(?![{self._continues}])")
        self._parent = compiled(str(children["before"]))
        of = "|".join(sorted(map(str, settings["offices-of"]), key=len, reverse=True))
        self._branch_office = compiled(f"[{firms}][{signs.places}](?:{of})")
        labs = "|".join(sorted(map(str, settings["firm-institutes"]), key=len, reverse=True))
        self._lab = compiled(f"[{firms}](?P<core>{self.inside}{{0,6}}?)(?:{labs})(?!{settings['institute-not']})")
        self._ministry = compiled(f"[{signs.countries}]{inner}")
        local = str(government["local"]).replace("一-鿿", f"一-鿿{signs.topics}")
        self._local = compiled(f"[{signs.places}](?P<core>{local})")
        self._bureau = compiled(f"[{signs.bodies}](?:{'|'.join(self._bureaus)})")
        self._districts = compiled(str(places["district-lists"]))
        self._not_district = tuple(map(str, places["district-refuse"]))

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the names of a page."""
        text = page.text
        last = 0
        for match in self._ending.finditer(text):
            start, end = match.span("ending")
            if end > last and text[end - 1 : end + 1] not in self._rules:
                self._one(page, match["ending"], start, end, ledger)
            last = max(last, end)
        self.read_branches(page, ledger)
        self._bodies(page, ledger)
        for run in self._districts.finditer(text):
            for name in re.split(f"[^{_HAN}]|[{self._joiners}]", run[0]):
                if not name.endswith(self._not_district) and self._words.sound(name):
                    ledger.vote(name, "Region", self._place, 0.65)
        for match in self._district.finditer(text):
            name = match["name"]
            if (
                not name.endswith(self._not_district)
                and (self._words.unknown(name[:-1]) >= 1 or text[match.start()] in self._signs.places)
                and self._words.sound(name)
            ):
                ledger.vote(name, "Region", self._place, 0.65)

    def _bodies(self, page: Page, ledger: Ledger) -> None:
        """Ministries behind a country, and the bureaus of a known body."""
        for match in self._ministry.finditer(page.text):
            if self._ends_there(page.text, match.end()):
                ledger.vote(page.surface(*match.span()), "GovernmentBody", self._government, 0.8)
        for match in self._local.finditer(page.text):
            kinds = {w.kind for w in self._words.split(match["core"])}
            if page.surface(match.start(), match.start() + 1).endswith(self._levels) and kinds.isdisjoint(_BREAKS):
                ledger.vote(page.surface(*match.span()), "GovernmentBody", self._government, 0.7)
        for match in self._bureau.finditer(page.text):
            ledger.vote(page.surface(*match.span()), "GovernmentBody", self._government, 0.9)

    def read_branches(self, page: Page, ledger: Ledger) -> None:
        """The institutes of known bodies, and the computing centres of firms."""
        for match in self._site.finditer(page.text):
            kinds = [w.kind for w in self._words.split(match["core"])]
            own = kinds or match["chip"] or match["ending"] not in self._everyday_sites
            if own and _BREAKS.isdisjoint(kinds):
                ledger.vote(page.surface(*match.span()), self._rules[match["ending"]][1], "suffix.site", 0.7)
        for match in self._child.finditer(page.text):
            if self._parent.search(page.text, max(0, match.start() - 4), match.start()):
                ledger.vote(page.surface(*match.span()), "Organization", "suffix.child", 0.7)
        for match in self._branch_office.finditer(page.text):
            ledger.vote(page.surface(*match.span()), "Organization", "suffix.branch", 0.75)
        for match in self._lab.finditer(page.text):
            if _BREAKS.isdisjoint(w.kind for w in self._words.split(match["core"])):
                ledger.vote(page.surface(*match.span()), "ResearchInstitution", "suffix.branch", 0.75)
        for match in self._branch.finditer(page.text):
            kinds = [w.kind for w in self._words.split(match["core"])]
            own = self._rules.get(match["ending"], ("", "Organization"))[1] == "Organization"
            if (kinds or own) and _BREAKS.isdisjoint(kinds):
                ledger.vote(page.surface(*match.span()), self._branches[match["ending"]], "suffix.branch", 0.75)

    def _one(self, page: Page, ending: str, start: int, end: int, ledger: Ledger) -> None:
        text = page.text
        if text[end : end + 1] and text[end] in self._continues and len(self._words.split(text[end : end + 4])[0]) == 1:
            return
        role = self._words.kind(text[max(0, start - 1) : end]) == "role"  # what it is to another (its parent company)
        if role or any(
            self._words.kind(text[start : end + k]) in ("noun", "verb", "generic")
            for k in (1, 2)
            if end + k <= len(text)
        ):
            return
        weak = ending in self._everyday and not self._rules[ending][2]
        if weak and (
            self._words.kind(text[max(0, start - 2) : start]) or text[start - 1 : start] in self._signs.topics
        ):
            return
        run = self._run.search(text, max(0, start - 18), start)
        if not run:
            return
        left = run.start()
        found = self._words.trim(text[left:start], before=text[left - 1 : left] if left else "")
        if ending in self._offices:
            self._office(page, ending, left, start, end, ledger, left + found[0] if found else start)
            return
        if found is None:
            return
        a, b = left + found[0], left + found[1]
        if b != start or (ending in self._branches and a and text[a - 1] in self._signs.institutes):
            return
        if self._rules.get(ending, ("", ""))[1] == "Consortium":
            a = self._headed(text, left, a)
        clean = found[2] or left == 0 or not re.match(self.inside, text[left - 1])
        core = text[a:start]
        if ending in self._places:
            self._region(page, core, a, end, clean, ledger)
        else:
            self._organization(page, ending, core, a, end, clean, ledger)

    def _organization(self, page: Page, ending: str, core: str, a: int, end: int, clean: bool, ledger: Ledger) -> None:
        rule, cls, strong = self._rules[ending]
        whole = ending in self._generic_firm and core.endswith(self._all) and len(core) > 3
        surface = page.surface(a, end - len(ending) if whole else end)
        if ending in self._place_firms and len(core) == 1 and core in self._signs.places:
            weight = 0.65 if self._alone(page.text, core, end) else 0.0
        elif strong:
            weight = self._strong(surface, ending, core, cls, clean, self._ends_there(page.text, end))
        else:
            weight = 0.0 if page.text.startswith(self._all, end) else self._weak(page.text, ending, core, end, clean)
        if cls == "Consortium" and clean and self._shown(page, a, end):
            enough = len(self._words.split(page.surface(a, end - len(ending)))) >= 2 or core in self._signs.topics
            weight = max(weight, 0.62 if enough else 0.0)
        if ending in self._registered and core.endswith(self._makers):
            cls = "Vendor"
        everyday = ending in self._everyday_sites and core in self._signs.countries  # 中国数据中心
        if weight and not everyday:
            ledger.vote(surface, cls, rule, weight)

    def _headed(self, text: str, left: int, start: int) -> int:
        """Where a consortium's name begins: with the topic words right before its own."""
        while head := next((w for w in self._heads if text.endswith(w, left, start)), ""):
            start -= len(head)
        return start

    def _shown(self, page: Page, start: int, end: int) -> bool:
        """Whether what stands beside a consortium's name tells of one: it is founded, joined, or has members."""
        before = self._founded.search(page.text, max(0, start - 10), start)
        return bool(before or self._joined.match(page.text, end))

    def _strong(self, surface: str, ending: str, core: str, cls: str, clean: bool, ends: bool) -> float:
        """How sure an ending makes a name that few everyday nouns have (银行, 研究院)."""
        unknown = self._words.unknown(core)
        place = core[0] in self._signs.places
        kinds = [w.kind for w in self._words.split(core)]
        if ending in self._groups and kinds == ["noun"] and clean and ends:
            return 0.62
        if unknown < 2 and (ending in self._generic_firm or (ending in self._everyday and not place)):
            return 0.0
        if self._long_name(core, cls, clean):
            return 0.7 if unknown >= 2 or place else 0.62
        proper = unknown >= 2 or place or "noun" in kinds
        if proper and clean and 2 <= len(surface) - len(ending) <= 12 and len(core) + len(ending) <= 14:
            long = len(kinds) > 2 and kinds[0] == "noun"  # 中原信息技术研究院
            research = cls == "ResearchInstitution"
            long = long and (research or core[self._words.split(core)[1].start] in self._levels)
            long |= research and ends and kinds == ["noun", "generic"] and len(core) >= 4
            return 0.7 if unknown >= 2 or place else 0.62 if long else 0.5  # … 翠屏区人民医院
        if unknown >= 2 and len(core) <= 3:
            return 0.5
        return 0.45 if unknown == len(core) == 1 and clean and len(ending) > 2 else 0.0

    def _weak(self, text: str, ending: str, core: str, end: int, clean: bool) -> float:
        """How sure an ending makes a name that everyday nouns have too (科技, 智能)."""
        unknown = self._words.unknown(core)
        everyday = ending in self._everyday
        if unknown >= 2 and len(core) <= 4 and unknown >= len(core) - 1 and not core[-1].isascii():
            if (
                clean
                and len(core) == unknown
                and self._ends_there(text, end)
                and (not everyday or ending in self._firms)
            ):
                return 0.6
            return 0.45 if clean and not everyday else 0.35 if clean and len(core) in (2, 3) else 0.3
        if not clean or everyday:
            return 0.0
        if len(core) == 1 and core in self._signs.places and len(ending) > 1:
            return 0.6 if core not in self._signs.countries and self._ends_there(text, end) else 0.0
        return 0.35 if len(core) in (2, 3) and not self._words.empty(core) else 0.0

    def _alone(self, text: str, place: str, end: int) -> bool:
        """Whether a place and an ending are a firm's name: no noun goes on with it (甘肃移动, no 甘肃移动用户)."""
        words = self._words.split(text[end : end + 4])
        ends = not words or not text[end].isalnum() or words[0].kind in ("stop", "verb", "latin")
        return ends and place not in self._signs.countries

    def _ends_there(self, text: str, end: int) -> bool:
        """Whether what follows a name is a mark or a word of its own."""
        words = self._words.split(text[end : end + 4])
        if not words or text[end].isascii() or not text[end].isalnum():
            return True
        return len(words[0]) > 1 or words[0].kind in ("stop", "verb")

    def _long_name(self, core: str, cls: str, clean: bool) -> bool:
        """人工智能产业促进会: topic words alone name a consortium where they are many."""
        region = core.startswith(self._regions)
        if (
            cls not in ("Consortium", "ResearchInstitution")
            or not clean
            or (cls == "ResearchInstitution" and not region)
        ):
            return False
        words = [(w.kind, core[w.start : w.end]) for w in self._words.split(core)]
        topics = any(kind == "topic" or word in self._words.topical for kind, word in words)
        return len(words) >= 2 and (topics or (region and words[1][1] in self._heads))  # 中部算力研究院

    def _office(self, page: Page, ending: str, left: int, start: int, end: int, ledger: Ledger, core: int) -> None:
        text = page.text
        bureau = next((w for w in self._bureaus if text.startswith(w, end)), "")
        end += len(bureau)
        level = next((w for w in self._levels if text.endswith(w, left, start)), "")
        a = start - len(level)
        place = page.surface(a - 1, a) if a > left and text[a - 1] in self._signs.places else ""
        country = bool(place) and text[a - 1] in self._signs.countries
        if place and (level or country or ending not in self._not_alone or place.endswith(self._levels)):
            ledger.vote(page.surface(a - 1, end), "GovernmentBody", self._government, 0.9)
        elif level and 2 <= self._words.unknown(text[core:a]) == a - core <= 3:
            ledger.vote(page.surface(core, end), "GovernmentBody", self._government, 0.8)
        elif level and (bureau or ending not in self._not_alone or self._begins(text, left, a)):
            ledger.vote(page.surface(a, end), "GovernmentBody", self._government, 0.7)

    def _region(self, page: Page, core: str, a: int, end: int, clean: bool, ledger: Ledger) -> None:
        unknown = self._words.unknown(core)
        words: Sequence[Any] = self._words.split(core)
        if len(core) > 10 or not clean:
            return
        named = unknown or any(w.kind == "noun" for w in words) or any(c in self._signs.topics for c in core)
        if len(core) == 1 and core in self._signs.organizations:
            ledger.vote(page.surface(a, end), "Region", self._place, 0.65)
        elif core[0] in self._signs.places and (len(core) == 1 or named):
            whole, part = page.surface(a, end), page.surface(a + 1, end)
            own = unknown >= 2 or (len(core) >= 3 and core[1] not in self._signs.topics)
            ledger.vote(part if own else whole, "Region", self._place, 0.75)
            if own:
                ledger.alias(part, whole)
        elif unknown >= 2:
            ledger.vote(page.surface(a, end), "Region", self._place, 0.7)
        elif len(core) > 1 and any(w.kind == "noun" for w in words) and self._stands.match(page.text, end):
            ledger.vote(page.surface(a, end), "Region", self._place, 0.62)

    def _begins(self, text: str, left: int, start: int) -> bool:
        """Whether a word of its own, or a mark, stands before (由市政府出台; no 各地市政府)."""
        words = self._words.split(text[max(left, start - 4) : start])
        return not words or words[-1].kind == "stop"
