"""English names: runs of capitalised words, and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from suantu.errors import RuleError
from suantu.expressions import compiled, either
from suantu.identity import group_of, normalise
from suantu.ontology import Ontology
from suantu.records import Thing
from suantu.rules import Alphabet
from suantu.stages.discovery.page import Ledger, Page
from suantu.stages.discovery.paired import Paired
from suantu.stages.discovery.purposes import Purposes
from suantu.stages.discovery.roles import JOINED as _JOINED
from suantu.stages.discovery.roles import Roles, openers, seen, titled

_NODE = "\ue000-\uefff"
_MODEL = r"[A-Z][A-Za-z]*(?:-?[A-Z]*[0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?)(?:[ ][0-9]+(?:\.[0-9]+)?)?"
_SERIES = r"[A-Z][A-Za-z]+ [0-9]{1,4}(?:\.[0-9])?[A-Z]?"
_NAMES = compiled(_JOINED)
_LIST = compiled(rf"{_JOINED}(?:, {_JOINED})+(?:,? and (?:the )?{_JOINED})|{_JOINED} and (?:the )?{_JOINED}")
_LEADING = compiled(rf"{_JOINED}(?= [a-z])")
_TAIL = compiled(r"(?P<stem>[A-Z]{1,4}-?)[0-9]+[A-Za-z]{0,2}")
_JOINT = compiled(r" (?:of|for|on) ")
_ON = compiled(r"(?<! )(?<=[a-z]) on (?:the )?(?=[A-Z\ue000-\uefff])")
_KNOWN = compiled(rf" (?:of|for|on|and)(?: the)? [{_NODE}]")  # a partner on autonomous driving
_JOINS = compiled(r" (?:of|for|on|and)(?: the)? ([A-Z][a-z]+)")
_MANY = compiled(rf"[A-Z][a-z]+s (?:of|for|on|and) the (?=[A-Z{_NODE}])")
_NUMBERED = compiled(r"[A-Z][a-z]{2,}(?:-[A-Z]{0,2}| [A-Z]{0,2}-?)[0-9]{1,3}[A-Za-z]?")
_ARTICLE = compiled(r"(?:\b(?:[Tt]he|[Ii]ts|[Tt]heir|[Ee]ach|[Ee]very)|['’]s|s['’]) (?:[a-z-]+ ){0,2}$")
_OWN = compiled(r"(?:\b[Ii]ts|\b[Tt]heir|['’]s|s['’])(?: (?:latest|new|first|annual|quarterly))? $")
_VERB = compiled(r" (?:is|was|has|had|can|will|uses?|runs?|draws|costs|offers|delivers|[a-z]+ed)\b|, an? ")
_OWN_YEAR = compiled(r"(?:\b[Ii]ts|\b[Tt]heir|['’]s|s['’]|\b[Tt]he) [A-Z][A-Za-z ]+ 20[0-9]{2}$")
_TAILED = compiled(r"[A-Za-z]-?[0-9]+[A-Za-z]?$")
_SAID = 0.62  # from here on a noun or a possessive says what a name is
_CALLED = 0.97  # what a body's own name says of it outweighs what it does
_BODIES = frozenset({"Consortium", "GovernmentBody"})
_DEVICES = frozenset({"Chip", "Product", "AIModel", "Interconnect"})
_SLOT = compiled(r"\{([A-Z][A-Za-z|]+)\}")
_START = compiled(r"(?:^|[.!?]['”’\")]?\s+|\n\s*|:\s+)$")
_ACRONYM = compiled(r"\s\((?P<inside>(?:the\s)?[“\"']?[A-Z][A-Za-z0-9 .\-]{0,30}?[”\"']?)\)")


class English:
    """The sections of ``discovery.en.yaml``."""

    def __init__(
        self, settings: Mapping[str, Any], chars: Mapping[tuple[str, ...], str], ontology: Ontology, alphabet: Alphabet
    ) -> None:
        self._ontology, self._alphabet, self._chars = ontology, alphabet, chars
        self._generic = frozenset(str(settings["generic"]).split())
        self._never = frozenset(str(settings["never-first"]).split())
        self._never_alone = frozenset(str(settings["never-alone"]).split())
        self._qualifying = tuple(map(str, settings["qualifying"]))
        self._last = {str(w): (r["name"], r["class"]) for r in settings["suffixes"] for w in r["words"]}
        self._first = {str(w): (r["name"], r["class"]) for r in settings["prefixes"] for w in r["words"]}
        self._heads = {str(w): cls for cls, heads in settings["heads"].items() for w in heads}
        heads = either(self._heads)
        self._refuse = compiled(str(settings["not-models"]))
        self._model = compiled(rf"(?<![A-Za-z0-9\-/.])(?:{_SERIES}|{_MODEL})(?![A-Za-z0-9%])(?!,[0-9]|\.[0-9])")
        self._chip_signs = compiled(str(settings["chip-signs"]))
        self._interconnect = compiled(str(settings["interconnect-names"]))
        self._versioned = compiled(rf"[{alphabet.matching(['Interconnect'])}] [0-9]\.[0-9](?![\w%.]| ?[GT][BT]/s)")
        self._chips = alphabet.matching(["Chip", "Interconnect"])
        self._owner = compiled(f"[{alphabet.matching(['Organization'])}](?:['’]s)? $")
        bodies = "|".join(w for w, (_, cls) in self._last.items() if cls == "Consortium")
        issued = "|".join(map(str, settings["acts"]["issued"]))
        self._issued = compiled(
            rf"(?:\b(?:{bodies})\b|[{alphabet.matching(['Consortium'])}])[^;]*\b(?:{issued})(?: the| its| a)? $"
        )
        self._head_after = compiled(rf"\s(?:[a-z\-]+\s){{0,2}}?(?P<head>{heads})s?\b", re.IGNORECASE)
        self._head_before = compiled(rf"\b(?P<head>{heads})s?,?\s(?:called\s|named\s|dubbed\s|the\s)*$", re.IGNORECASE)
        self._lists = openers(settings)
        self._opener = compiled(rf"\b(?P<opener>{either(self._lists)})\b:?\s*", re.IGNORECASE)
        self._slots = [self._slot(rule) for rule in settings["slots"]]
        self._purposes = Purposes(settings["purposes"], alphabet)
        self._roles = Roles(settings, alphabet)
        common = self._generic | self._never | self._never_alone
        self._paired = Paired(settings, alphabet.matching(["Organization"]), lambda core, _: core not in common)

    def _slot(self, rule: Mapping[str, Any]) -> tuple[str, str, float, re.Pattern[str]]:
        for key in ("name", "class", "weight", "pattern", "examples"):
            if key not in rule:
                raise RuleError("rules/discovery.en.yaml", str(rule.get("name", "(unnamed)")), f"a slot needs {key!r}")
        source = str(rule["pattern"]).replace("NAME", f"(?P<name>{_JOINED})").replace("MODEL", f"(?P<name>{_MODEL})")
        source = _SLOT.sub(lambda m: f"[{self._alphabet.matching(m[1].split('|'))}]", source)
        return str(rule["name"]), str(rule["class"]), float(rule["weight"]), compiled(source)

    def survey(self, pages: Sequence[Page], ledger: Ledger) -> None:
        """Note how the document writes its words, before any of its names is judged."""
        ledger.lower, ledger.inside = seen(pages)

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the names of a page."""
        if titled(page.source, self._never, ledger.lower):
            return
        for match in _NAMES.finditer(page.text):
            self._run(page, match.start(), match.end(), ledger)
        for name, cls, weight, pattern in self._slots:
            for match in pattern.finditer(page.text):
                for piece in self._pieces(page.text, *match.span("name")):
                    bounds = self._bounds(page, *piece)
                    if bounds and not self._numbered_firm(page.text[slice(*bounds)], cls, weight):
                        ledger.vote(page.surface(*bounds), cls, name, weight)
        self._by_role(page, ledger)
        for match in self._model.finditer(page.text):
            self._numbered(page, match, ledger)
        for match in self._versioned.finditer(page.text):
            ledger.vote(page.surface(*match.span()), "Interconnect", "model.version", 0.7)
        self._generations(page, ledger)
        for match in self._interconnect.finditer(page.text):
            ledger.vote(page.surface(*match.span()), "Interconnect", "model.interconnect", 0.7)

    def _generations(self, page: Page, ledger: Ledger) -> None:
        """A known family with a number that no known name has: NVLink 9."""
        for at, name in page.names.items():
            device = next((c for c in name.thing.classes if c in _DEVICES), "")
            number = self._roles.number.match(page.text, at + 1) if device and name.text[-1].isalpha() else None
            if number:
                ledger.vote(page.surface(at, number.end()), device, "model.generation", 0.75)

    def _by_role(self, page: Page, ledger: Ledger, shown: bool = False) -> None:
        for sight in self._roles.shown(page) if shown else self._roles.read(page):
            device = group_of(sight.cls, self._ontology.parents) in _DEVICES
            joint = (_JOINT if device else _ON).search(page.text, sight.start, sight.end)
            for piece in self._pieces(page.text, sight.start, joint.start() if joint else sight.end):
                bounds = self._bounds(page, *piece)
                if bounds and self._numbered_firm(page.text[slice(*bounds)], sight.cls, sight.weight):
                    continue
                if bounds and not self._refuse.match(page.surface(*bounds)) and self._proper(page, *bounds, ledger):
                    ledger.vote(page.surface(*bounds), sight.cls, sight.rule, sight.weight)

    def _numbered_firm(self, name: str, cls: str, weight: float) -> bool:
        """Whether a name with a number would be a firm only for what it does (the Heron-3 took first place)."""
        return weight < _SAID and bool(_TAILED.search(name)) and group_of(cls, self._ontology.parents) == "Organization"

    def _proper(self, page: Page, start: int, end: int, ledger: Ledger) -> bool:
        """Whether a run is a name and not the capitalised first word of its sentence."""
        word = page.text[start:end]
        if " " in word or not word[1:].islower() or not _START.search(page.text, max(0, start - 4), start):
            return True
        return word in ledger.inside or not (word.lower() in ledger.lower or word.endswith("s"))

    def _bounds(self, page: Page, start: int, end: int) -> tuple[int, int] | None:
        """A run without a sentence's first word that is no name, without possessors, and not only generic."""
        text = page.text
        end = next((m.start() for m in _JOINS.finditer(text, start, end) if m[1] in self._never), end)
        end = next(
            (m.start() for m in _KNOWN.finditer(text, start, end) if page.surface(m.end() - 1, m.end()).islower()), end
        )
        if (many := _MANY.match(text, start, end)) and _START.search(text, max(0, start - 4), start):
            start = many.end()  # Members of the Arvel Alliance
        while start < end:
            word = text[start:end].split(" ", 1)[0]
            opening = word in self._generic and _START.search(text, max(0, start - 4), start)
            if word in self._never or opening or (word.endswith(self._qualifying) and " " in text[start:end]):
                start += len(word) + 1
            else:
                break
        words = text[start:end].split()
        while words and words[0] in ("of", "for", "and", "the", "on"):
            start += len(words.pop(0)) + 1
        if words and all(len(w) == 1 and not w.isascii() for w in words):
            return None
        if len(words) > 2 and (
            self._last.get(words[-1], ("", ""))[1] == "Policy" or " ".join(words[:2]) in self._first
        ):
            return (start, end)
        if (
            start >= end
            or not words
            or all(
                w in self._generic
                or w in ("of", "and", "the", "for")
                or (len(w) == 1 and (len(words) < 2 or w.isascii()))
                for w in words
            )
        ):
            return None
        if len(words) == 1 and (start in page.names or len(words[0]) < 3 or words[0] in self._never_alone):
            return None
        return (start, end)

    def _run(self, page: Page, start: int, end: int, ledger: Ledger) -> None:
        bounds = self._bounds(page, start, end)
        if bounds is None:
            return
        words = page.text[bounds[0] : bounds[1]].split()
        if len(words) < 2 and not page.text.startswith(words[0], bounds[0]):
            return
        for piece in self._pieces(page.text, *bounds):
            self._typed(page, *piece, ledger)

    def _parted(self, text: str) -> bool:
        """Whether "and" joins two names rather than stands in one (Ministry of Industry and Trade)."""
        words = text.split()
        last = self._last.get(words[-1], ("", ""))[1]
        return words[0] not in self._first and last != "GovernmentBody"

    def _pieces(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        out = []
        at = start
        if not self._parted(text[start:end]):
            return [(start, end)]
        for match in compiled(" and (?:the )?").finditer(text, start, end):
            out.append((at, match.start()))
            at = match.end()
        return [*out, (at, end)]

    def _typed(self, page: Page, start: int, end: int, ledger: Ledger) -> None:
        end = self._seatless(page, start, end)
        words = page.text[start:end].split()
        if len(words) < 2:
            return
        surface = page.surface(start, end)
        if start not in page.names and end - 1 in page.names:
            words[-1] = page.surface(end - 1, end)  # Arvel Semiconductor, where the last word is known as an industry
            if rule := self._longer(page.text, start, words):
                ledger.vote(surface, rule[1], rule[0], _CALLED)
                return
        for i in range(min(3, len(words) - 2)):
            if rule := self._first.get(" ".join(words[i : i + 2])):
                ledger.vote(surface, rule[1], rule[0], 0.9)
                return
        if rule := self._last.get(words[-1]) or self._last.get(" ".join(words[-2:])):
            plain = all(w in self._generic for w in words[:-1])
            if plain and not self._entitled(page.text, start, words, rule[1]):
                return
            ledger.vote(surface, rule[1], rule[0], _CALLED if rule[1] in _BODIES else 0.75)
            if rule[1] in ("Organization", "Vendor"):
                ledger.firms.add(words[0])
            return

    def _seatless(self, page: Page, start: int, end: int) -> int:
        """Where a firm's name ends that its place follows (Arvel Systems of Sweden)."""
        words = page.text[start:end].split()
        if len(words) < 4 or words[-2] != "of":
            return end
        before = end - len(words[-1]) - len(" of ")
        kind = page.surface(start, before).split()[-1]
        return before if self._last.get(kind, ("", ""))[1] in ("Organization", "Vendor") else end

    def _longer(self, text: str, start: int, words: Sequence[str]) -> tuple[str, str] | None:
        """The rule of a body whose name ends as a known one's: the Iberian AI Alliance is not the AI Alliance."""
        rule = self._last.get(words[-1].split()[-1], ("", ""))
        own = text.endswith("he ", 0, start) and words[0] not in self._never_alone
        return rule if rule[1] == "Consortium" and own else None

    @staticmethod
    def _entitled(text: str, start: int, words: Sequence[str], cls: str) -> bool:
        """Whether everyday words are a title: a plan's of three words, a report's that is somebody's own."""
        dated = _OWN_YEAR.search(text, max(0, start - 12), start + len(" ".join(words)) + 5)
        if cls == "Policy":
            return dated is not None or (len(words) > 2 and text.endswith(" the ", 0, start))
        return cls == "Report" and _OWN.search(text, max(0, start - 12), start) is not None

    def _numbered(self, page: Page, match: re.Match[str], ledger: Ledger) -> None:
        name = match[0]
        first = name.split()[0]
        if (
            self._refuse.match(name)
            or first in self._generic
            or first in self._never
            or re.search(r" (?:19|20)[0-9]{2}$", name)
        ):
            return
        before = page.text[max(0, match.start() - 30) : match.start()]
        if "." in name and self._issued.search(
            page.text, max(0, match.start() - 160), match.start()
        ):  # what a body releases
            ledger.vote(page.surface(*match.span()), "Standard", "model.issued", 0.7)
            return
        owned = self._owner.search(before) is not None
        a, b = page.text.rfind(". ", 0, match.start()) + 1, page.text.find(". ", match.end())
        told = set(self._chip_signs.findall(page.source, page.starts[a], page.ends[b] if b >= 0 else len(page.source)))
        told |= {c for c in page.text[a : b if b >= 0 else None] if c in self._chips}
        start = self._family(before, match, ledger)
        surface = page.surface(start, match.end())
        if self._roles.holds.match(page.text, match.end()):
            ledger.vote(surface, "Server", "model.holds", 0.7)
        elif told:
            ledger.vote(surface, "Chip", "model.signs", 0.62 if owned or len(told) > 1 else 0.4)
        if self._presented(page, start, match.end()):
            ledger.vote(surface, self._roles.device(page, start, match.end(), named=True), "model.article", 0.6)
        if head := self._head_after.match(page.source, page.ends[match.end() - 1]):
            ledger.vote(surface, self._heads[head["head"].lower()], "model.before-head", 0.75)
        if head := self._head_before.search(before):
            ledger.vote(surface, self._heads[head["head"].lower()], "model.after-head", 0.7)

    def _family(self, before: str, match: re.Match[str], ledger: Ledger) -> int:
        """Where a short code's name begins: with the word before it (Orrin X1), where that is no everyday one or a firm."""
        word = re.search(r"(?<![A-Za-z.])[A-Z][a-z]+ $", before) if len(match[0]) <= 4 else None
        everyday = word is None or word[0].strip() in self._generic | self._never | ledger.firms
        return match.start() - (0 if word is None or everyday else len(word[0]))

    def _presented(self, page: Page, start: int, end: int) -> bool:
        """Whether a numbered name has an article or a verb, and its number counts nothing."""
        text = page.text
        if not _NUMBERED.fullmatch(text, start, end) or self._roles.counts(text, end):
            return False
        article = _ARTICLE.search(text, max(0, start - 40), start) is not None
        return article or bool(_START.search(text, max(0, start - 4), start) and _VERB.match(text, end))

    def read_lists(self, page: Page, ledger: Ledger) -> None:
        """Vote for the unknown members of lists that a noun opens (use cases: …, X and Y)."""
        self._neighbours(page, ledger)
        self._paired.read(page, ledger)
        self._by_role(page, ledger, shown=True)
        for phrase in self._purposes.read(page.text):
            ledger.vote(phrase, "UseCase", "purpose", 0.65)
        for match in self._opener.finditer(page.text):
            cls = self._lists[match["opener"].lower()]
            stop = compiled(r"[.;:!?(\n]|$").search(page.text, match.end())
            listed = page.text[match.end() : stop.start() if stop else len(page.text)]
            for part in re.finditer(r"[^,]+?(?=,| and | or |$)", listed):
                self._listed(page, cls, part[0], match.end() + part.start(), ledger)

    def _neighbours(self, page: Page, ledger: Ledger) -> None:
        """A, B and C: capitalised members beside a known firm are firms."""
        for match in _LIST.finditer(page.text):
            parts = [(m.start(), m.end()) for m in compiled(_JOINED).finditer(page.text, *match.span())]
            parts = [piece for part in parts for piece in self._pieces(page.text, *part)]
            known = [p for p in parts if p[1] - p[0] == 1 and p[0] in page.names]
            classes = {page.names[a].thing.classes[0] for a, _ in known}
            if known and all(group_of(c, self._ontology.parents) == "Organization" for c in classes):
                cls = classes.pop() if len(classes) == 1 else "Organization"
                for a, b in parts:
                    if (a, b) not in known and b - a > 2 and (bounds := self._bounds(page, a, b)):
                        ledger.vote(page.surface(*bounds), cls, "list", 0.62)

    def _listed(self, page: Page, cls: str, part: str, at: int, ledger: Ledger) -> None:
        bare = re.sub(r"^\s*(?:and |or |the |as well as )*", "", part)
        start = at + len(part) - len(bare)
        bare = bare.strip()
        if len(bare) < 4 or re.search(f"[{_NODE}0-9]", bare):
            return
        words = bare.split()
        if group_of(cls, self._ontology.parents) == "Organization":
            words = (bare := named[0] if (named := _LEADING.match(bare)) else bare).split()
            if all(w[0].isupper() for w in words) and self._bounds(page, start, start + len(bare)):
                ledger.vote(bare, cls, "list", 0.65)
        elif (
            len(words) in (2, 3)
            and all((w.isalpha() and w.islower()) or "-" in w for w in words)
            and not {"which", "that", "is", "are", "the", "of", "to", "in", "with", "by"} & set(words)
        ):
            ledger.vote(bare, cls, "list", 0.65)

    def aliases(self, pages: Sequence[Page], english: Sequence[bool]) -> list[tuple[str, Thing]]:
        """Acronyms in brackets, and the short forms of names: Tessel for Tessel Compute, X7 for Tessel X7."""
        out: list[tuple[str, Thing]] = []
        read = [page for page, is_english in zip(pages, english, strict=True) if is_english]
        named = {name.text: name.thing for page in read for name in page.names.values()}
        known = self._known if named else frozenset()
        for page in read:
            for at, name in page.names.items():
                if (match := _ACRONYM.match(page.text, at + 1)) and not self._refuse.match(match["inside"]):
                    inside = re.sub(r"^the\s", "", match["inside"]).strip("“”\"' ")
                    if len(inside) >= 2 and not any(c.isdigit() for c in inside):
                        out.append((inside, name.thing))
        for text, thing in named.items():
            out += [(s, thing) for s in self._short(text, thing) if normalise(s) not in known]
        return [pair for i, pair in enumerate(out) if pair not in out[:i]]

    @cached_property
    def _known(self) -> frozenset[str]:
        """All names of the lexicon, as names are compared."""
        return frozenset(normalise(name.text) for name in self._ontology.names)

    def _short(self, text: str, thing: Thing) -> list[str]:
        """The first word of a firm's name; the numbered end of a device's."""
        words = text.split()
        if thing.found_by == "lexicon" or len(words) < 2:
            return []
        group = group_of(thing.classes[0], self._ontology.parents)
        if group == "Organization" and thing.classes[0] not in ("GovernmentBody", "ResearchInstitution", "Consortium"):
            fresh = words[0] not in self._generic and len(words[0]) >= 4 and words[0].isalpha()
            return [words[0]] if fresh and words[0] not in self._never else []
        if group in _DEVICES and len(words) == 2 and words[0].isalpha() and not self._refuse.match(words[1]):
            return [words[1]] if _TAIL.fullmatch(words[1]) else []
        return []

    def kin(self, pages: Sequence[Page], ledger: Ledger) -> None:
        """What is numbered like a device that the document names is of its class (a V2 beside the V3)."""
        stems = {}
        for key, (cls, _, _) in ledger.accepted().items():
            last = ledger.entries[key].surface.split()[-1]
            if cls in ("Chip", "Server", "Product") and (match := _TAIL.fullmatch(last)):
                stems[match["stem"]] = cls
        for stem, cls in stems.items():
            pattern = compiled(rf"(?<![\w\-/.]){re.escape(stem)}[0-9]+[A-Za-z]?(?![\w%]|-[0-9]|\.[0-9]|,[0-9])")
            for page in pages:
                for match in pattern.finditer(page.text):
                    if not self._refuse.match(match[0]) and normalise(match[0]) not in ledger.accepted():
                        ledger.vote(match[0], cls, "model.kin", 0.62)
