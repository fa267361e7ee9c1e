"""What stands around a capitalised English name and tells its class: the noun that it is called by, what it does, where
it is. The words are the ``roles``, ``acts`` and ``spots`` of ``discovery.en.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suantu.expressions import compiled, either
from suantu.rules import Alphabet
from suantu.stages.discovery.page import Page

_NODE = "\ue000-\uefff"
_UPPER = "".join(c for c in map(chr, range(0x41, 0x250)) if c.isupper())
WORD = rf"(?:(?:(?:Ste?|Mt|Ft)\. (?=[{_UPPER}]))?[{_UPPER}](?:[\w&.\-]|['’](?=[{_UPPER}]))*\w|[{_UPPER}]|[{_NODE}])"
JOINED = rf"{WORD}(?:[ ](?:(?:of|for|and|the|on|de|van|von|&)[ ](?:the[ ])?)?{WORD})*"
_NAME = f"(?P<name>{JOINED})"
_NUMBERED = rf"(?P<name>{JOINED}(?: [0-9]{{1,2}}(?:\.[0-9])?[A-Za-z]?)?)"
_MADE = 0.72  # more than what a firm would do says
_END = r"(?=[,.;:)!?]|$|\s(?:[a-z]))"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A name at ``start:end`` of a page that a rule takes for a ``cls``."""

    start: int
    end: int
    cls: str
    rule: str
    weight: float


def slotted(source: str, alphabet: Alphabet) -> str:
    """The pattern with its ``{Class}`` slots as characters."""
    return re.sub(r"\{([A-Z][A-Za-z|]+)\}", lambda m: f"[{alphabet.matching(m[1].split('|'))}]", source)


class Roles:
    """The contexts that tell a name's class."""

    def __init__(self, settings: Mapping[str, Any], alphabet: Alphabet) -> None:
        roles = settings["roles"]
        self._heads = {str(w): str(cls) for cls, words in roles["nouns"].items() for w in words}
        heads = f"(?P<head>{either(self._heads)}|[{alphabet.matching(['ChipType'])}])s?"  # a TPU is a chip
        markets = f"[{alphabet.matching(['Market'])}]"  # a supercomputer is a market too
        described = either(roles["described"])
        stop = either(roles["phrase-stop"])
        between = rf"(?:(?!(?:{stop})\b)[\w'’&{_NODE}-]+,?[ ]){{0,6}}?"
        first = either(roles["determiners"]) + rf"|[\w{_NODE}]+['’]s?"
        ends = either(roles["phrase-end"])
        end = rf"(?=[,.;:)!?]|$|[ ](?:{ends})\b|-)"
        is_ = either(roles["copula"])
        naming = either(roles["naming"])
        things = either(w for w, cls in self._heads.items() if cls in roles["things"])
        unless = either(roles["not-kind"])
        named = either(w for w, cls in self._heads.items() if cls in roles["named"])
        initial = either(str(w).capitalize() for w in roles["titles"])
        owner = f"[{alphabet.matching(['Organization'])}]['’]s?"
        launch = either(settings["acts"]["launch"])
        acts = either(settings["acts"]["subject"])
        strong = either(settings["acts"]["makers"])
        aside = either(settings["acts"]["aside"])
        insertion = f"(?:, (?:{either(roles['inserted'])})\\b[^,;:.]{{2,90}},)?"
        countries = alphabet.matching(["Country"])
        backed = "".join(f"|(?<={re.escape(str(w))} )" for w in settings["qualifying"])
        opens = rf"(?:^|(?<=[.;:!?”\"] )|(?<=, )|(?<=\band )|(?<=\bthat )|(?<=\bwhile )|(?<=\bbut )|(?<=\bwhere )|(?<=\bwhen )|(?<=\bwhich )|(?<=[{countries}]['’]s ){backed})"
        self._patterns = [
            ("role.apposed", 0.7, compiled(rf"{_NUMBERED}, (?:(?:which|who) (?:{is_}) )?(?:{first})[ ]{between}(?:{heads}){end}")),
            ("role.copula", 0.66, compiled(rf"(?<![\w]of )(?<![\w]in ){_NUMBERED} (?:{is_}) (?:{first})[ ]{between}(?:{heads}){end}")),
            ("role.called", 0.66, compiled(rf"(?:^|[.;:!?”\"] )(?P<head>{initial})s? (?:the )?{_NAME}{_END}")),
            ("role.called", 0.66, compiled(rf"\b(?P<head>{named})s?(?: behind [a-z]+(?: [a-z]+)?,)?(?: (?:{naming}),?| \"|,)? (?:the )?{_NAME}{_END}")),
            ("role.named", 0.66, compiled(rf"\b(?P<head>{things})s?(?: (?:{naming}),?| \"|,)? (?:the )?{_NAME}{_END}(?! (?:(?:{aside}) ){{0,2}}(?:{acts}|{strong})\b)")),
            ("role.kind", 0.64, compiled(rf"(?:\b(?:[Tt]he|[Ii]ts|[Tt]heir|whose|[Tt]hese|[Bb]oth|[Aa]n?|[Ee]ach|[Oo]ne|[Ee]very|new|latest|[0-9]+|two|three|four|five|six|eight|ten|twelve|twenty|of|{either(settings['acts']['uses'])})|['’]s?) (?:(?:{described}) )*{_NAME} (?:(?!(?:{stop}|{acts}|{strong})\b)[a-z-]+ ){{0,2}}?(?P<head>{things}|{markets})s?(?![\w-])(?! (?:{unless})\b)")),
        ]  # fmt: skip
        self._acts = [
            ("role.makes", "Vendor", 0.62, compiled(rf"\b(?:{named})s? {_NAME} (?:(?:{aside}) ){{0,3}}(?:{strong})\b")),
            ("role.acts", "Organization", 0.6, compiled(rf"{opens}{_NAME}{insertion} (?:(?:{aside}) ){{0,3}}(?:{acts})\b")),
            ("role.makes", "Vendor", 0.62, compiled(rf"{opens}{_NAME}{insertion} (?:(?:{aside}) ){{0,3}}(?:{strong})\b")),
            *((f"role.{key}", str(rule["class"]), float(rule["weight"]), compiled(slotted(str(rule["pattern"]), alphabet).replace("NAME", _NAME))) for key, rule in settings["spots"].items()),
        ]  # fmt: skip
        self._shown = compiled(
            rf"(?:\b(?:{launch}) (?:(?!(?:{stop})\b)[a-z-]+ ){{0,4}}|(?:{owner}|\b[Ii]ts|\b[Tt]heir) (?:(?:{described}) ){{0,2}}){_NAME}(?!['’]s| (?:said|says))"
        )
        self.number = compiled(
            rf" [0-9]{{1,2}}(?:\.[0-9])?[A-Za-z]?(?![\w%-]|[.,][0-9]| (?:{either(roles['counted'])})\b)"
        )
        self._made = compiled(rf"{opens}{_NAME}(?=,? (?:which|that|an? [^,;.]{{2,40}} (?:which|that)) {JOINED} (?:(?:{aside}) ){{0,2}}(?:{launch}|{strong}|{either(settings['acts']['made'])})\b)")  # fmt: skip
        self._counted = compiled(rf" (?:{either(roles['counted'])})\b")
        self._markets = set(alphabet.matching(["Market"])) - set(alphabet.matching(["ChipType"]))
        self._signs = [(str(cls), compiled(str(words))) for cls, words in settings["signs"].items()]
        self.holds = compiled(slotted(str(settings["holds"]), alphabet))  # what holds chips
        self._fallback = str(settings["shown"])

    def read(self, page: Page) -> Iterator[Sighting]:
        """What the contexts of a page say."""
        for rule, weight, pattern in self._patterns:
            for match in pattern.finditer(page.text):
                if cls := self._kind(page, *match.span("head")):
                    yield Sighting(*match.span("name"), cls, rule, weight)
        for match in self._made.finditer(page.text):
            yield Sighting(*match.span("name"), self.device(page, *match.span()), "role.made", _MADE)
        for rule, cls, weight, pattern in self._acts:
            for match in pattern.finditer(page.text):
                yield Sighting(*match.span("name"), cls, rule, weight)

    def _kind(self, page: Page, start: int, end: int) -> str:
        """The class that a noun gives: a known kind of chip is one, a known market's own noun is its last word's."""
        head = page.surface(start, end).lower()
        if not set(page.text[start:end]) & self._markets:
            return self._heads.get(head, "Chip")
        return self._heads.get(head.rsplit(" ", 1)[-1].removesuffix("s"), "")

    def counts(self, text: str, end: int) -> bool:
        """Whether a number that ends at ``end`` counts what follows it."""
        return self._counted.match(text, end) is not None

    def shown(self, page: Page) -> Iterator[Sighting]:
        """What is launched, or named after its owner: by the things that the text around it speaks of."""
        for match in self._shown.finditer(page.text):
            start, end = match.span("name")
            number = self.number.match(page.text, end)
            end = number.end() if number else end
            yield Sighting(start, end, self.device(page, match.start(), match.end()), "role.shown", 0.6)

    def device(self, page: Page, start: int, end: int, named: bool = False) -> str:
        """Which kind of thing the sentence around a shown name, and the next, speak of; a ``named`` device that uses an
        interconnect is none."""
        begin = max((page.text.rfind(mark, 0, start) for mark in (". ", "! ", "? ")), default=-1) + 1
        for stop in (self._stop(page.text, end), self._stop(page.text, self._stop(page.text, end) + 1)):
            text = page.source[page.starts[begin] : page.ends[stop - 1]]
            found = [(m.start(), cls) for cls, words in self._signs if (m := words.search(text))]
            found = [f for f in found if not (named and f[1] == "Interconnect")]
            if found:
                return min(found)[1]
        return self._fallback

    @staticmethod
    def _stop(text: str, start: int) -> int:
        found = compiled(r"[.!?](?= |$)").search(text, min(start, len(text)))
        return found.end() if found else len(text)


def openers(settings: Mapping[str, Any]) -> dict[str, str]:
    """What stands before a list, and the class of what is listed: words for it, and firms by what they are."""
    nouns = {str(w): str(cls) for cls in ("Organization", "Vendor") for w in settings["roles"]["nouns"].get(cls, ())}
    firms = {f"{noun}s {such}": cls for noun, cls in nouns.items() for such in settings["such-as"]}
    return {str(w): str(cls) for cls, words in settings["lists"].items() for w in words} | firms


def seen(pages: Sequence[Page]) -> tuple[frozenset[str], frozenset[str]]:
    """The words that a document writes in lower case, and those that it capitalises within a sentence."""
    lower: set[str] = set()
    inside: set[str] = set()
    for page in pages:
        lower.update(re.findall(r"(?<![\w-])[a-z]{3,}(?![\w])", page.source))
        inside.update(m[1] for m in re.finditer(rf"(?<=[a-z,\d)] )({WORD})", page.source))
    return frozenset(lower), frozenset(inside)


def titled(text: str, never: frozenset[str], lower: frozenset[str]) -> bool:
    """Whether a text is a headline with capitals throughout, where these tell no name."""
    words = re.findall(r"[A-Za-z][A-Za-z'’-]*", text)
    small = [w for w in words[1:] if w[0].isupper() and (w in never or w.lower() in lower)]
    capitals = sum(w[0].isupper() or len(w) < 5 for w in words)
    return len(words) > 3 and len(small) > 1 and capitals == len(words)
