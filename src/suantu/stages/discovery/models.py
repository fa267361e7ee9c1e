"""Chips, servers, products, models and interconnects: Latin and numbered names, and names in quotation marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.stages.discovery.heads import Heads
from suantu.stages.discovery.page import Blocks, Chosen, Ledger, Page, Signs
from suantu.stages.discovery.words import Words

_HAN = "\u4e00-\u9fff"
_BEFORE = compiled(f"[{_HAN}]+$")
_FREE = "(?![A-Za-z0-9]|[.,，][0-9])"
_NUMBER = compiled(r"[A-Z]*[0-9.]+[A-Za-z]?$")
_CAMEL = compiled(r"[A-Z][a-z]+[A-Z][A-Za-z]+$")
_LOWER_LINK = compiled(r"[a-z]{1,3}[A-Z][a-z]{3,}$")  # xLane
_STOPS = "。；\n"
_LETTERS = compiled(r"[A-Z]{2,6}$")
_CODE = compiled(r"[A-Z]{1,2}[0-9]{1,2}[A-Z]?$")
_TYPICAL = compiled(r"[A-Z]{1,4}-?[0-9]{2,4}[A-Z]?(?:-[A-Z0-9]+)?$")
_PLACES = frozenset({"City", "Region", "Place"})


class Models:
    """The ``heads``, ``quotes`` and neighbouring sections of a discovery file."""

    def __init__(self, settings: Mapping[str, Any], words: Words, signs: Signs, heads: Heads) -> None:
        shapes = settings["model-patterns"]
        self._words, self._heads, self._makers, self._chips = words, heads, signs.organizations, signs.chips
        self._chip_parts, self._listed = (
            compiled(str(settings[k]).replace("MAKERS", signs.organizations)) for k in ("chip-parts", "products-are")
        )
        self._links_before, self._speaks = (
            compiled(str(settings[k]).replace("LINK", f"[{signs.links or ' '}]")) for k in ("spoken", "speaks")
        )
        self._links = signs.links
        self._beside_of = {"Chip": signs.chips, "AIModel": signs.models}
        self._chip_signs = compiled(str(settings["chip-signs"]))
        self._counted = compiled(
            f"[0-9]\\s*(?P<counter>{'|'.join(settings['counted'])})(?:[“「]|[\\u4e00-\\u9fff]{{0,4}})$"
        )
        self._counters = {str(k): str(v) for k, v in settings["counted"].items()}
        endings = sorted(map(str, settings["product-endings"]), key=len, reverse=True)
        self._product = compiled(
            f"[{self._makers}](?P<name>[\\u4e00-\\u9fff]{{0,6}}?(?:{'|'.join(endings)}))(?!{shapes['not-after-product']})"
        )
        self._version_heads = [(str(c), str(w)) for c, listed in settings["versioned"].items() for w in listed]
        self._version_heads.sort(key=lambda pair: -len(pair[1]))
        nouns = "|".join(word for _, word in self._version_heads)
        self._versioned = compiled(rf"(?P<head>{nouns})\s?[Vv]?[0-9]{{1,2}}\.[0-9]{{1,2}}(?![0-9.%‰])")
        self._compile(shapes)
        self._interconnect = compiled(str(settings["interconnect-names"]))
        self._letters_chip, self._no_letters = (compiled(str(settings[k])) for k in ("letters-chip", "letters-not"))
        self._named = [(str(cls), compiled(str(pattern))) for cls, pattern in settings["named"].items()]
        self._link_signs, self._other_devices = (compiled(str(settings[k])) for k in ("link-signs", "other-devices"))
        self._longer_name = compiled(str(settings["longer"]))
        self._refuse = compiled(str(settings["not-models"]))
        self._formats = compiled(str(settings["formats"]))
        self._measures = [(cls, compiled(f"{shapes['measured']}{p}")) for cls, p in settings["measures"].items()]
        self._any_product = tuple(map(str, settings["any-product"]))
        self._made, self._acts = compiled(str(settings["made-by"])), compiled(str(settings["acts"]))
        self._model_signs = compiled(str(settings["model-signs"]))
        self._sized, self._model_has = (compiled(str(settings[k])) for k in ("model-sized", "model-has"))
        self._naming = tuple(map(str, settings["quotes"]["naming"]))
        self._made_of = compiled(f"[{self._makers}]{settings['made-of']}$")
        self._models_before = tuple(map(str, settings["model-words-before"]))

    def _compile(self, shapes: Mapping[str, Any]) -> None:
        counted = rf"(?!\s*(?:{shapes['counted']}))"
        editions = "|".join(map(str, shapes["editions"]))
        latin = rf"[A-Za-z][A-Za-z0-9]*(?:[-.+][A-Za-z0-9]+)*(?:\s(?:[A-Z][A-Za-z]*\s?)?[0-9]+(?:\.[0-9]+)?[A-Z]?(?![A-Za-z0-9.]){counted})?(?:\s(?:{editions})(?![A-Za-z]))?"
        number = rf"[0-9]+(?:\.[0-9]+)?[A-Z]?{_FREE}{counted}|(?<=-)[A-Z][A-Za-z]{{1,7}}{_FREE}|{shapes['series']}"
        self._name = compiled(rf"(?<![A-Za-z0-9.\-/+]){latin}|(?<=[{_HAN}][{_HAN}])(?:-?(?:{number}))")
        self._family = compiled(rf"[\s-]?(?P<tail>[A-Z]{{0,3}}[0-9]+(?:\.[0-9]+)?[A-Z]{{0,2}}){_FREE}{counted}")
        self._sibling = compiled(rf"(?:-?[A-Z]{{0,3}}[0-9]+(?:\.[0-9]+)?[A-Z]?|{editions})(?![A-Za-z0-9]){counted}")
        self._edition = compiled(rf"(?:{editions})$")
        self._quote = compiled(str(shapes["quote"]))
        self._lead, self._is_a = compiled(str(shapes["lead"])), compiled(str(shapes["is-a"]))
        self._holds = compiled(str(shapes["holds"]).replace("CHIP", f"[{self._chips}]"))
        self._named_head = compiled(str(shapes["named-head"]))
        self._beside, self._made_by = str(shapes["beside"]), str(shapes["made-by"])
        self._own = str(shapes.get("own", ""))
        self._series = str(shapes["series"])[-1]

    def _with_version(self, page: Page, ledger: Ledger) -> None:
        """A noun with a version number is the end of a name: 星链总线1.0, 全域调度平台2.0."""
        for match in self._versioned.finditer(page.text):
            han = _BEFORE.search(page.text, max(0, match.start() - 8), match.start())
            stem = self._words.split(han[0])[-1] if han else None
            size = self._prefix(han[0]) if han else 0
            if stem is not None and not size and stem.kind in ("noun", "") and 2 <= len(stem) <= 4:
                size = len(stem)
            if size:
                cls = next(c for c, word in self._version_heads if match["head"].endswith(word))
                ledger.vote(page.surface(match.start() - size, match.end()), cls, "model.versioned", 0.7)

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the model names of a page."""
        self._with_version(page, ledger)
        for match in self._name.finditer(page.text):
            self._plain(page, match, ledger)
        for match in self._product.finditer(page.text):
            short = len(match["name"]) > 1 or len(page.surface(match.start(), match.start() + 1)) <= 3
            if short and not any(w.kind in ("stop", "verb", "role") for w in self._words.split(match["name"])[:-1]):
                ledger.vote(page.surface(*match.span()), "Product", "model.of-maker", 0.62)
        for at, name in page.names.items():
            self._generation(page, at, name.thing.classes, ledger)

    def _plain(self, page: Page, match: re.Match[str], ledger: Ledger) -> None:
        tail, at = match[0], match.start()
        han = _BEFORE.search(page.text, max(0, at - 8), at)
        start = at - (self._prefix(self._uncounted(page.text, at, han[0])) if han else 0)
        end = match.end()
        if not tail[0].isalpha() and start == at:
            return
        core = page.text[start:end]
        refused = self._refuse.match(tail) and (start == at or self._formats.fullmatch(tail))  # 整柜FP8
        if refused or self._refuse.match(core):
            return
        numbered = any(c.isdigit() for c in tail) or tail.endswith(self._series)
        if start == at and not tail[0].isupper() and not _LOWER_LINK.match(tail):
            return
        surface = page.surface(start, end)
        if self._interconnect.search(tail) and len(tail) >= 4:
            if tail[1:].islower() and (
                word := re.search(r"(?<![A-Za-z])[A-Z][a-z]+ $", page.text[max(0, start - 20) : start])
            ):
                surface = word[0] + surface
            ledger.vote(surface, "Interconnect", "model.interconnect", 0.7)
            bare = surface.rstrip("0123456789. ")
            if bare != surface and len(bare) >= 4:
                ledger.vote(bare, "Interconnect", "model.interconnect", 0.7)
            return
        if not tail[0].isupper() and start == at:
            return
        text = page.text
        made = start > 0 and (
            text[start - 1] in self._makers
            or (numbered and text[start - 1] in self._own)
            or (start > 1 and text[start - 1] in self._made_by and text[start - 2] in self._makers)
        )
        if start > 1 and text[start - 1] == " " and text[start - 2] in self._makers:
            ledger.alias(surface, page.surface(start - 2, end))
        self._by_context(page.source, page.starts[start], page.ends[end - 1], surface, numbered, ledger)
        self._by_signs(page, start, end, surface, numbered, made, ledger)

    def _uncounted(self, text: str, at: int, han: str) -> str:
        """The Han letters before a tail without what it is counted with (2000张北溟B2)."""
        first = at - len(han)
        return han[1:] if first > 0 and text[first - 1].isdigit() and han[0] in self._counters else han

    def _prefix(self, han: str) -> int:
        """How many Han letters directly before a Latin or numbered tail belong to the name."""
        size = 0
        for word in reversed(self._words.split(han)):
            if word.kind != "open":
                break
            size += len(word)
        return size if 2 <= size <= 4 else 0

    def longer(self, blocks: Blocks) -> Blocks:
        """The blocks without known short codes (A2) where the text has a name of its own that ends so: an unknown word
        stands right before the code more than once, or behind a maker."""
        found = [list(self._codes(text, chosen)) for text, chosen in blocks]
        weight: Counter[str] = Counter()
        for _, surface, sure in (code for codes in found for code in codes):
            weight[surface] += 1 + sure
        gone = [{at for at, surface, _ in codes if weight[surface] > 1} for codes in found]
        pairs = zip(blocks, gone, strict=True)
        return [(text, [n for n in chosen if n[0].start not in at] if at else chosen) for (text, chosen), at in pairs]

    def _codes(self, text: str, chosen: Chosen) -> Iterator[tuple[int, str, bool]]:
        """Short codes behind an unknown word: where they stand, with that word, and whether a maker may stand before."""
        last = 0
        for match, _ in chosen:
            han = _CODE.match(text[match.start : match.end]) and _BEFORE.search(
                text, max(last, match.start - 8), match.start
            )
            if han and (size := self._prefix(han[0])):
                start = match.start - size
                yield (
                    match.start,
                    text[start : match.end],
                    start == last > 0 or text[start - 1 : start] in self._made_by,
                )
            last = match.end

    def _by_context(self, source: str, start: int, end: int, surface: str, numbered: bool, ledger: Ledger) -> None:
        before, after = source[max(0, start - 16) : start], source[end : end + 40]
        lead = self._lead.sub("", before)
        a = max(source.rfind(mark, 0, start) for mark in _STOPS) + 1
        b = min((e for mark in _STOPS if (e := source.find(mark, end)) >= 0), default=len(source))
        said = source[a:b]
        if cls := self._heads.before(self._quote.sub("", before)):
            clear = numbered or (len(surface) >= 4 and not surface.isupper()) or self._is_letters(surface)
            rule = "model.product" if lead.endswith(self._any_product) else "model.after-head"
            ledger.vote(surface, self._narrower(cls, rule, surface, said), rule, 0.7 if clear else 0.5)
        cls, gap = self._heads.after(after)
        if cls:
            glued = (not gap and len(surface) >= 3) or _CAMEL.match(surface) or not surface.isascii()
            weight = 0.65 if numbered else 0.62 if glued else 0.4
            launched = lead.endswith(self._models_before)
            cls = self._narrower(cls, "", surface, said)
            ledger.vote(surface, cls, "model.before-head", weight + 0.1 if launched else weight)
        if (isa := self._is_a.match(after)) and (cls := self._told(isa, numbered)):
            ledger.vote(surface, cls, "model.is-a", 0.7)
        named = self._named_head.match(after) if lead.endswith(self._naming) else None
        if named and (cls := self._heads.last(named["run"])):
            ledger.vote(surface, cls, "model.named", 0.65)
        if numbered:
            if self._sized.search(surface) or self._model_has.match(after):
                ledger.vote(surface, "AIModel", "model.trained", 0.65)
            for cls, pattern in self._measures:
                if pattern.match(after):
                    weight = 0.6 if not surface.isascii() or lead.endswith(self._models_before) else 0.45
                    ledger.vote(surface, cls, "model.measured", weight)

    def _narrower(self, cls: str, rule: str, surface: str, said: str) -> str:
        """A standard with a Latin name is the link that its sentence speaks of; a product the chip."""
        if cls == "Standard" and surface.isascii() and self._link_signs.search(said):
            return "Interconnect"
        chip = rule == "model.product" and self._chip_signs.search(said) and not self._other_devices.search(said)
        return "Chip" if chip and cls == "Product" else cls

    def _told(self, isa: re.Match[str], numbered: bool) -> str:
        """The class that a sentence says a name to be (是一款…芯片); a numbered name also without a counting word."""
        plain = isa.groupdict().get("plain")
        return self._heads.last(isa["head"] or "") or (self._heads.before(plain) if plain and numbered else "")

    def _by_signs(
        self, page: Page, start: int, end: int, surface: str, numbered: bool, made: bool, ledger: Ledger
    ) -> None:
        """Weaker signs: a maker directly before it, what it is counted with, what else its sentence speaks of."""
        text = page.text
        if cls := next((c for c, pattern in self._named if pattern.match(surface)), ""):
            ledger.vote(surface, cls, "model.letters", 0.65)
        if counted := self._counted.search(text, max(0, start - 8), start):
            ledger.vote(surface, self._counters[counted["counter"]], "model.counted", 0.62 if numbered else 0.4)
        if not numbered:
            self._unnumbered(page, start, end, surface, made, ledger)
        elif self._holds.match(text, end):
            ledger.vote(surface, "Server", "model.holds", 0.65)
        else:
            for cls, chars in self._beside_of.items():
                if self._is_beside(text, end, end + 1, chars) or (
                    start > 1 and self._is_beside(text, start - 1, start - 2, chars)
                ):
                    ledger.vote(surface, cls, "model.beside", 0.62)
            self._by_sentence(page, start, end, surface, made, ledger)

    def _unnumbered(self, page: Page, start: int, end: int, surface: str, made: bool, ledger: Ledger) -> None:
        """A Latin name without a number: what only a chip has behind it, or its maker before it."""
        text = page.text
        if self._is_letters(surface) and self._letters_chip.match(page.source, page.ends[end - 1]):
            ledger.vote(surface, "Chip", "model.letters", 0.65)
        own = made and len(surface) >= 3 and text[start - 1] in self._makers and surface[:1].isascii()
        of = _CAMEL.match(surface) and self._made_of.search(text, max(0, start - 16), start)
        if (own and not surface.isupper()) or of:
            ledger.vote(surface, "Product", "model.of-maker", 0.6)

    def _by_sentence(self, page: Page, start: int, end: int, surface: str, made: bool, ledger: Ledger) -> None:
        """What a numbered name is by what else its sentence speaks of."""
        text, han = page.text, not surface.isascii()
        a = max(text.rfind("。", 0, start), text.rfind("；", 0, start), text.rfind("\n", 0, start)) + 1
        ends = [e for e in (text.find("。", end), text.find("\n", end)) if e >= 0]
        b = min(ends, default=len(text))
        said = page.source[page.starts[a] : page.ends[b - 1]]
        lead = self._lead.sub("", text[max(0, start - 8) : start])
        launched = lead.endswith(self._models_before)
        told = set(self._chip_signs.findall(said))
        made_by = self._made.match(page.source, page.ends[end - 1])
        if han and (launched or made_by) and not (told and launched):
            ledger.vote(surface, self._launched(said, told), "model.launched", 0.6)
        told |= {c for c in text[a:b] if c in self._chips}
        self._said_of(page, start, end, surface, ledger)
        theirs = lead.removesuffix(self._made_by[0]).endswith(self._models_before)
        if told:
            sure = made or launched or theirs or han or (len(told) > 1 and _TYPICAL.match(surface))
            ledger.vote(surface, "Chip", "model.signs", 0.62 if sure else 0.4)
        elif han and theirs and not launched:
            ledger.vote(surface, self._launched(said, told), "model.acts", 0.6)
        elif han and self._acts.match(page.source, page.ends[end - 1]):
            linked = any(c in self._links for c in text[a:b])
            ledger.vote(surface, "Chip" if linked else "Product", "model.acts", 0.6)

    def _launched(self, said: str, told: Collection[str]) -> str:
        """What is launched in a sentence that speaks of chips, of models, or of neither."""
        return "Chip" if told else "AIModel" if self._model_signs.search(said) else "Product"

    def _is_letters(self, surface: str) -> bool:
        """Whether capitals only may be a chip's name (PPU): no abbreviation that stands beside chips."""
        return _LETTERS.match(surface) is not None and not self._no_letters.match(surface)

    def _said_of(self, page: Page, start: int, end: int, surface: str, ledger: Ledger) -> None:
        """What a typical number is by what stands right beside it: its own parts, what it speaks, a list of products."""
        if not _TYPICAL.match(surface):
            return
        parts = self._chip_parts.match(page.source, page.ends[end - 1])
        if parts or self._links_before.search(page.text, 0, start) or self._speaks.match(page.text, end):
            ledger.vote(surface, "Chip", "model.signs", 0.62)
        elif listed := self._listed.search(page.text, max(0, start - 40), start):
            cls = self._heads.last(listed["head"])
            ledger.vote(surface, cls if cls == "Server" else "Product", "model.product", 0.6)

    def _is_beside(self, text: str, separator: int, neighbour: int, chars: str) -> bool:
        return neighbour < len(text) and text[separator] in self._beside and text[neighbour] in chars

    def stem(self, surface: str) -> str:
        """What a name of a family begins with (玄圭 of 玄圭Max, LX- of LX-200); empty where it is of none."""
        if self._edition.search(surface):
            stem = self._edition.sub("", surface)
            return stem if len(stem) >= 2 and not stem.isascii() else ""
        stem = _NUMBER.sub("", surface)
        return stem if len(stem) >= 2 and stem != surface and stem.rstrip(" -")[-1:].isalpha() else ""

    def siblings(self, page: Page, stems: Mapping[str, str], ledger: Ledger) -> None:
        """A numbered name takes the class of one that differs from it in its number only (昭阳G8, 昭阳G6)."""
        for stem, cls in stems.items():
            at = page.source.find(stem)
            while at >= 0:
                if match := self._sibling.match(page.source, at + len(stem)):
                    ledger.vote(stem + match[0], cls, "model.family", 0.7)
                at = page.source.find(stem, at + 1)

    def _generation(self, page: Page, at: int, classes: Iterable[str], ledger: Ledger) -> None:
        """昇腾 910D, NVLink 6: a known family with a number that no known name has."""
        if page.names[at].text[-1:].isascii() and (longer := self._longer_name.match(page.source, page.ends[at])):
            kinds = (c for c in classes if c in ("Chip", "Interconnect", "AIModel", "Standard", "Benchmark", "Product"))
            if cls := next(kinds, ""):
                ledger.vote(page.source[page.starts[at] : longer.end()], cls, "model.longer", 0.75)
                return
        following = page.text[at + 1 : at + 3].strip()[:1]
        if not (following.isascii() and following.isalnum()):
            return
        cls = next((c for c in classes if c in ("Chip", "Interconnect", "AIModel", "Server", "Product")), "")
        if (match := self._family.match(page.text, at + 1)) is None:
            return
        if not cls and page.text[at] in self._makers and len(match["tail"]) > 2:  # 海光 7380 CPU
            cls, gap = self._heads.after(page.source[page.ends[match.end() - 1] :][:20])
            cls = "" if gap else cls
        if not cls and _PLACES.intersection(classes) and match[0][0].isdigit():
            # what is named after a place (芯片岳麓100)
            cls = self._heads.before(page.source[max(0, page.starts[at] - 16) : page.starts[at]])
        if not cls:
            return
        tail = match["tail"]
        if self._refuse.match(tail) or (tail.isdigit() and len(tail) > 4):
            return
        if tail.isdigit() and not match[0].startswith(" ") and page.names[at].text.isascii():
            return
        ledger.vote(page.surface(at, match.end()), cls, "model.generation", 0.75)
