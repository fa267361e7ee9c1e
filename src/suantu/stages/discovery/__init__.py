"""Open discovery: names that no lexicon knows, from how they are written and what stands around them.

Rules vote for names (``rules/discovery.<language>.yaml``); a name with enough votes becomes a thing of this document,
and is then found wherever the document writes it. A second reading, in which those names are known, settles lists
and slots that need them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from suantu.expressions import compiled, either
from suantu.identity import discovered, group_of, normalise
from suantu.ontology import Name, Ontology
from suantu.records import Thing
from suantu.rules import Alphabet, Compiler
from suantu.stages.discovery.aliases import Aliases
from suantu.stages.discovery.english import English
from suantu.stages.discovery.finder import Finder, labelled
from suantu.stages.discovery.heads import Heads
from suantu.stages.discovery.inner import without_inner
from suantu.stages.discovery.lists import Lists, UseCases
from suantu.stages.discovery.models import Models
from suantu.stages.discovery.numbered import shared_tails, tail, whole
from suantu.stages.discovery.offices import Offices
from suantu.stages.discovery.page import LAST_RESORT, Blocks, Chosen, Ledger, Page, Signs, page_of
from suantu.stages.discovery.paired import Paired
from suantu.stages.discovery.quotes import Quotes
from suantu.stages.discovery.slots import Slots
from suantu.stages.discovery.suffixes import Suffixes
from suantu.stages.discovery.titles import Titles
from suantu.stages.discovery.words import Words
from suantu.stages.names import Match

_BARE = compiled(r"(?<![A-Za-z0-9.])[0-9]{2,4}[A-Z](?![A-Za-z0-9])")
_CALLED = ("slot.called", "slot.kind")  # rules of which a name's kind is sure, so that it is its versions' too
_PROSE = compiled(r"[a-z]{2,} [a-z]{2,}")
_LABEL = compiled(r"[\u4e00-\u9fffA-Za-z/\s]{3,}")
_Accepted = Mapping[str, tuple[str, str, float]]


class Discovery:
    """Finds the new names of a document and gives them to its blocks, beside the known ones."""

    def __init__(self, ontology: Ontology, alphabet: Alphabet) -> None:
        self._ontology, self._alphabet = ontology, alphabet
        settings = ontology.setting("discovery.zh")
        file = "rules/discovery.zh.yaml"
        self._accept = float(settings["accept"])
        words = self._words = Words(settings, ontology.setting("words.zh"))
        words.add("noun", (n.text for n in ontology.names if "Place" in ontology.closure(n.thing.classes)))
        self._chars = _Chars(ontology, alphabet)
        signs = Signs.of(alphabet, self._chars)
        words.topics = frozenset(signs.topics)
        words.topical = frozenset(n.text for n in ontology.names if self._chars[n.thing.classes] in words.topics)
        cues = ontology.setting("language.zh")["cues"]
        compiler = Compiler(alphabet, "zh", {**cues, **settings["cues"]}, file)
        self._titles = Titles(settings["titles"])
        self._persons = compiled(str(settings["persons"]))
        self._suffixes = Suffixes(settings, words, signs)
        heads = Heads(settings)
        self._models = Models(settings, words, signs, heads)
        self._quotes = Quotes(settings, words, heads, signs.organizations, frozenset(self._chars.ambiguous))
        endings = [str(w) for rule in settings["suffixes"] for w in rule["words"]]
        self._endings = sorted(endings, key=len, reverse=True)
        self._ending, self._sizes = frozenset(endings), sorted({len(e) for e in endings}, reverse=True)
        self._plain = frozenset([*endings, *map(str, settings["government"]["offices"])])
        telling = [e for e in endings if e not in settings["everyday-endings"] or e in settings["telling-after-all"]]
        self._breaks = frozenset(str(settings["breaks"]))
        own = frozenset(map(str, settings["firm-institutes"]))
        longer = either(map(re.escape, (e for e in telling if len(e) > 1 and e not in own)))
        self._longer = compiled(f"(?:{longer})(?![{settings['continues']}])")
        words.add("verb", map(str, settings["use-cases"]["words"]))
        self._use_cases = UseCases(settings, words)
        self._slots = Slots(
            settings["slots"],
            compiler,
            self._suffixes.inside,
            words,
            telling,
            grow=endings,
            topics=signs.topics,
            owners=signs.organizations,
            refuse=self._use_cases.strong,
            theirs=str(settings["theirs"]),
        )
        self._scenes = Slots(settings["use-cases"]["slots"], compiler, self._suffixes.inside, words, telling, "USE")
        self._paired = Paired(settings, signs.organizations, lambda core, _: 2 <= len(core) <= 6 and words.sound(core))
        self._lists = Lists(settings, words, ontology, endings, self._use_cases)
        self._aliases = Aliases(settings, words, compiled(str(settings["not-models"])))
        self._registered = tuple(sorted(map(str, settings["registered"]), key=len, reverse=True))
        self._buyers = [str(slot["name"]) for slot in settings["slots"] if slot.get("buys")]
        self._usual = str(settings["usual-vendor"])
        self._model_noun = str(settings["model-noun"])
        self._barred = compiled(str(ontology.setting("names")["not-opening"]))
        self._offices = Offices(settings, self._chars.places, ontology.parents)

    @cached_property
    def _english(self) -> English:
        """Made when a document has English prose: most have none."""
        return English(self._ontology.setting("discovery.en"), self._chars, self._ontology, self._alphabet)

    def read(self, blocks: Blocks, title: str = "") -> list[list[tuple[Match, Name]]]:
        """The names of every block: those chosen before, and the document's own. ``title`` is the document's."""
        ledger = self._ledger()
        self._titles.document(title, ledger)
        blocks = self._models.longer(blocks)
        pages = [
            page_of(text, chosen, self._chars, self._plain, self._breaks, self._longer)
            for text, chosen in without_inner(blocks, self._words, self._endings)
        ]
        english = _english(pages)
        if any(english):
            self._english.survey([p for p, is_english in zip(pages, english, strict=True) if is_english], ledger)
        for page, is_english in zip(pages, english, strict=True):
            for person in self._persons.finditer(page.source) if not is_english else ():
                ledger.reject(person["name"])
            self._first(page, is_english, ledger)
        self._labels(pages, ledger)
        finder = Finder(blocks, self._barred)
        stems = self._known_stems(pages)
        for turn in range(2):
            self._kin(pages, stems, ledger)
            if any(english):
                self._english.kin([p for p, is_english in zip(pages, english, strict=True) if is_english], ledger)
            found = finder.settle(self._names(ledger, []))
            for i, chosen in found.items():
                pages[i] = page_of(blocks[i][0], chosen, self._chars, self._plain, self._breaks, self._longer)
            for i in found if turn else range(len(pages)):
                self._second(pages[i], english[i], ledger)
            if not turn:
                self._again([pages[i] for i in found if not english[i]], ledger)
        self._kin(pages, stems, ledger)
        extra = [pair for page in pages for pair in self._aliases.read(page)]
        if any(english):
            extra += self._english.aliases(pages, english)
        extra += self._bare_numbers(pages, stems)
        last = finder.settle(self._names(ledger, extra))
        every: list[Chosen] = [last.get(i, chosen) for i, (_, chosen) in enumerate(blocks)]
        return [
            self._offices.read(chosen, at, every) if at in last else list(chosen) for at, chosen in enumerate(every)
        ]

    def sightings(self, text: str, chosen: Chosen = ()) -> list[tuple[str, str, str]]:
        """What each rule sees in a text at first reading: (rule, class, name). For those who write rules."""
        ledger = self._ledger()
        page = page_of(text, chosen, self._chars, self._plain, self._breaks, self._longer)
        self._first(page, _is_english(text), ledger)
        self._second(page, _is_english(text), ledger)
        return [(rule, cls, entry.surface) for entry in ledger.entries.values() for rule, cls in entry.votes]

    def _ledger(self) -> Ledger:
        ontology = self._ontology
        return Ledger(ontology.parents, self._accept, self._buyers, self._usual, ontology.rejected)

    # -- reading --------------------------------------------------------------------------------------------------

    def _first(self, page: Page, english: bool, ledger: Ledger) -> None:
        if english:
            self._english.read(page, ledger)
            return
        self._titles.read(page.source, ledger)
        self._suffixes.read(page, ledger)
        self._beside_names(page, ledger)
        self._in_use(page, ledger)
        self._use_cases.read(page, ledger)

    def _second(self, page: Page, english: bool, ledger: Ledger) -> None:
        if english:
            self._english.read_lists(page, ledger)
            return
        self._lists.read(page, ledger)
        self._paired.read(page, ledger)

    def _again(self, pages: Iterable[Page], ledger: Ledger) -> None:
        """Read pages once more, now that their own names are known: what a new maker makes."""
        ledger.again = True
        for page in pages:
            self._suffixes.read_branches(page, ledger)
            self._beside_names(page, ledger)
        ledger.again = False

    def _beside_names(self, page: Page, ledger: Ledger) -> None:
        """What the names in a page tell of what stands beside them."""
        self._models.read(page, ledger)
        self._quotes.read(page, ledger)
        self._slots.read(page, ledger)

    def _in_use(self, page: Page, ledger: Ledger) -> None:
        for slot, start, end in self._scenes.find(page):
            found = self._words.trim(page.text[start:end], whole=True)
            if found is None:
                continue
            a, b = start + found[0], start + found[1]
            surface = page.surface(a, b)
            if self._use_cases.typical(surface) and self._use_cases.fits(page.text[a:b], surface):
                ledger.vote(surface, "UseCase", slot.name, slot.weight)

    def _labels(self, pages: Sequence[Page], ledger: Ledger) -> None:
        """The labels of a drawing are use cases where they look like one, or most of their neighbours are known ones."""
        flags = [len(p.source) <= 24 and _LABEL.fullmatch(p.source.strip()) is not None for p in pages]
        known = [
            flag and any("UseCase" in n.thing.classes for n in p.names.values())
            for flag, p in zip(flags, pages, strict=True)
        ]
        for i, page in enumerate(pages):
            if not flags[i]:
                continue
            near = sum(known[max(0, i - 4) : i]) + sum(known[i + 1 : i + 5])
            for match in re.finditer(r"[^\s]+", page.text):
                surface = page.surface(*match.span())
                if (near >= 2 or known[i]) and self._use_cases.whole(match[0], surface):
                    ledger.vote(surface, "UseCase", "label", 0.65)

    def _kin(self, pages: Sequence[Page], known: Mapping[str, str], ledger: Ledger) -> None:
        """Names that differ from an accepted one in their number only."""
        stems = dict(known)
        for key, (cls, rule, _) in ledger.accepted().items():
            if (
                rule not in LAST_RESORT
                and rule.startswith(("model", "quoted"))
                and cls in ("Chip", "Server", "Product", "Interconnect")
            ):
                if stem := self._models.stem(ledger.entries[key].surface):
                    stems[stem] = cls
            elif cls == "AIModel" and not ledger.entries[key].surface.isascii():
                surface = ledger.entries[key].surface
                stems[self._models.stem(surface) or surface.removesuffix(self._model_noun)] = cls
            elif rule == "glued":
                stems |= dict.fromkeys(ledger.entries[key].aliases, cls)
            elif rule.startswith(_CALLED) and not ledger.entries[key].surface.isascii():
                stems[ledger.entries[key].surface] = cls
        for page in pages if stems else ():
            self._models.siblings(page, stems, ledger)

    def _known_stems(self, pages: Sequence[Page]) -> dict[str, str]:
        """思元370 is known: what else is numbered 思元 is a chip too."""
        stems: dict[str, str] = {}
        for page in pages:
            for name in page.names.values():
                if "Chip" in name.thing.classes and name.text[-1].isalnum() and any(c.isdigit() for c in name.text):
                    stem = re.sub(r"[A-Z]?[0-9.]+[A-Za-z]?$", "", name.text)
                    if stem != name.text and len(stem) >= 2 and stem[-1].isalpha() and not stem.isdigit():
                        stems[stem] = "Chip"
        return stems

    def _bare_numbers(self, pages: Sequence[Page], stems: Mapping[str, str]) -> list[tuple[str, Thing]]:
        """910B, where the text speaks of 昇腾 chips and the lexicon knows 昇腾910B."""
        series = {n.text for page in pages for n in page.names.values() if "Chip" in n.thing.classes}
        heads = dict.fromkeys(s for s in (*stems, *sorted(series)) if not s.isascii())
        numbers = sorted({m[0] for page in pages for m in _BARE.finditer(page.text)}) if heads else []
        found = ((n, self._chars.chips.get(head + n)) for head in heads for n in numbers)
        return [(number, thing) for number, thing in found if thing is not None]

    # -- the document's own names -------------------------------------------------------------------------------------

    def _names(self, ledger: Ledger, extra: Sequence[tuple[str, Thing]]) -> list[Name]:
        names: dict[str, Name] = {}
        given: dict[str, list[str]] = {}
        for text, thing in extra:
            given.setdefault(thing.iri, []).append(text)
        known = [(text, thing) for text, thing in extra if thing.found_by == "lexicon"]
        accepted = ledger.accepted()
        short = {
            normalise(text)
            for text, thing in extra
            if normalise(thing.label) != normalise(text)
            and (self._same_group(thing, accepted.get(normalise(text))) or text[-1].isdigit())
        }
        short |= self._glued(ledger, accepted)
        short |= self._shortened({ledger.entries[k].surface: v[0] for k, v in accepted.items()})
        accepted = whole({k: v for k, v in accepted.items() if k not in short}, ledger)
        taken = {*accepted, *self._ontology.rejected, *shared_tails(ledger.entries[k].surface for k in accepted)}
        for key, (cls, rule, confidence) in accepted.items():
            entry = ledger.entries[key]
            if (certain := self._known(entry.surface, cls)) is not None:
                names[key] = Name(entry.surface, certain, False, "zh")
                continue
            thing = discovered(
                entry.surface, cls, self._ontology.parents, rule, Decimal(str(round(min(confidence, 0.95), 2)))
            )
            others = [
                *entry.aliases,
                *given.get(thing.iri, ()),
                *self._core(entry.surface, cls),
                *tail(entry.surface, cls),
            ]
            others = [o for o in dict.fromkeys(others) if normalise(o) not in taken]
            thing = labelled(thing, others)
            for text in (entry.surface, *others):
                names.setdefault(normalise(text), Name(text, thing, False, "en" if text.isascii() else "zh"))
        for text, thing in known:
            names.setdefault(normalise(text), Name(text, thing, False, "en" if text.isascii() else "zh"))
        return list(names.values())

    def _same_group(self, thing: Thing, found: tuple[str, str, float] | None) -> bool:
        parents = self._ontology.parents
        return found is not None and group_of(thing.classes[0], parents) == group_of(found[0], parents)

    def _glued(self, ledger: Ledger, accepted: _Accepted) -> set[str]:
        """What is only a name without the noun that is glued to it elsewhere (“星罗”平台, 星罗平台)."""
        glued = [(key, cls) for key, (cls, rule, _) in accepted.items() if rule == "glued"]
        parents = self._ontology.parents
        return {
            core
            for key, cls in glued
            for core in map(normalise, ledger.entries[key].aliases)
            if core in accepted and group_of(accepted[core][0], parents) == group_of(cls, parents)
        }

    def _known(self, surface: str, cls: str) -> Thing | None:
        """The known thing of an ambiguous name that had no evidence before, now that it has."""
        thing = self._chars.ambiguous.get(surface)
        parents = self._ontology.parents
        return thing if thing is not None and group_of(thing.classes[0], parents) == group_of(cls, parents) else None

    def _core(self, surface: str, cls: str) -> list[str]:
        """The short form of a firm: its name without the ending, where that is a word of its own."""
        if group_of(cls, self._ontology.parents) != "Organization" or cls in (
            "GovernmentBody",
            "ResearchInstitution",
            "Consortium",
        ):
            return []
        if registered := next((e for e in self._registered if surface.endswith(e)), ""):
            return self._short_forms(surface.removesuffix(registered))
        core = self._without_ending(surface)
        return [core] if 2 <= len(core) <= 4 and self._words.unknown(core) == len(core) else []

    def _shortened(self, named: Mapping[str, str]) -> set[str]:
        """What is only the short form of a firm: of its registered name, or of one firm's name and no other's."""
        cores = {surface: self._core(surface, cls) for surface, cls in named.items()}
        of = Counter(core for listed in cores.values() for core in listed)
        firms = {name for name, cls in named.items() if group_of(cls, self._ontology.parents) == "Organization"}
        return {
            normalise(core)
            for surface, listed in cores.items()
            for core in listed
            if surface.endswith(self._registered) or (of[core] == 1 and core in firms)
        }

    def _without_ending(self, surface: str) -> str:
        return next((surface[:-n] for n in self._sizes if n < len(surface) and surface[-n:] in self._ending), "")

    def _short_forms(self, name: str) -> list[str]:
        """云鲸智联科技, 云鲸智联 and 云鲸 of 北京云鲸智联科技, as long as a part of it is no known word."""
        size = next((n for n in range(4, 1, -1) if name[:n] in self._chars.places), 0)
        out: list[str] = []
        name = name[size:]
        while len(name) >= 2 and self._words.unknown(name) >= 2:
            out.append(name)
            name = self._without_ending(name)
        return out


class _Chars(dict[tuple[str, ...], str]):
    """The character of a thing's classes, worked out when first asked for; and the places by label."""

    def __init__(self, ontology: Ontology, alphabet: Alphabet) -> None:
        super().__init__()
        self._ontology, self._alphabet = ontology, alphabet
        self.ambiguous = {n.text: n.thing for n in ontology.names if n.ambiguous}
        self.chips = {n.text: n.thing for n in ontology.names if "Chip" in n.thing.classes}
        self.places = {n.text: n.thing for n in ontology.names if {"City", "Region"} & set(n.thing.classes)}

    def __missing__(self, classes: tuple[str, ...]) -> str:
        char = self[classes] = self._alphabet.name(self._ontology.closure(classes))
        return char


def _is_english(text: str) -> bool:
    """Whether a block has few Han characters (each takes two bytes more than a Latin letter)."""
    han = (len(text.encode("utf8", "replace")) - len(text)) // 2
    return han * 5 < len(text)


def _english(pages: Sequence[Page]) -> list[bool]:
    """Which blocks are read as English: none where no block has English prose (figures and labels have none)."""
    flags = [_is_english(p.source) for p in pages]
    prose = any(flag and _PROSE.search(p.source) for flag, p in zip(flags, pages, strict=True))
    return flags if prose else [False] * len(flags)
