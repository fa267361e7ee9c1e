"""Names in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from suantu.expressions import compiled, either
from suantu.stages.discovery.glued import Glued
from suantu.stages.discovery.heads import Heads
from suantu.stages.discovery.page import Ledger, Page
from suantu.stages.discovery.words import Word, Words

_HAN = "\u4e00-\u9fff"
_CLEAR = 0.85  # how sure a noun right before a quoted name makes its class


class Quotes:
    """The ``quotes`` and ``glued`` sections of a discovery file."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        words: Words,
        heads: Heads,
        owners: str = "",
        others: frozenset[str] = frozenset(),
    ) -> None:
        rules, shapes = settings["quotes"], settings["model-patterns"]
        self._words, self._heads = words, heads
        self._refuse = compiled(str(settings["not-models"]))
        self._lead, self._is_a = compiled(str(shapes["lead"])), compiled(str(shapes["is-a"]))
        self._naming, self._firms = tuple(map(str, rules["naming"])), tuple(map(str, rules["firms"]))
        self._approved = tuple(map(str, rules["approved"]))
        self._launched, self._used = tuple(map(str, rules["launched"])), tuple(map(str, rules["used"]))
        self._trained, self._sized = tuple(map(str, rules["trained"])), compiled(str(rules["sized"]))
        self._linked, self._links = compiled(str(rules["linked"])), str(rules["links"])
        self._interconnect = compiled(str(settings["interconnect-names"]))
        self._own_link = compiled(str(rules["own-link"]))
        self._policies = compiled(str(rules["policies"]))
        self._apposed = compiled(str(rules["apposed"]))
        self._centres = compiled(str(rules["centres"]))
        self._launch = compiled(f"(?:{either(self._launched)})[^，。；“”]{{0,8}}$")
        self._is_firm = compiled(str(rules["is-firm"]))
        self._planned = compiled(str(rules["plans"]["before"])), compiled(str(rules["plans"]["ends"]))
        self._firm_verbs = compiled(str(rules["firm-verbs"]))
        self._done = [(str(cls), compiled(str(pattern))) for cls, pattern in rules["done"].items()]
        self._common = tuple(map(str, settings["common-models"]))
        self._rule = str(rules["name"])
        strong = [r for r in settings["suffixes"] if r["strength"] == "strong"]
        self._bodies = {str(w): str(r["class"]) for r in strong for w in r["words"] if len(w) > 1}
        self._used_of = compiled(str(rules["used-of"]))
        self._deeds = tuple(map(str, rules["deeds"]))
        opening, closing = "".join(rules["open"]), "".join(rules["close"])
        self._opening = compiled(f"[{opening}]")
        self._serial = compiled(f"(?:{shapes['series']}|[A-Za-z0-9])$")
        self._quoted = compiled(f"[{opening}](?P<name>[^{opening}{closing}，。；：！？、《》]{{2,14}})[{closing}]")
        self._owners = owners
        self._glued = Glued(settings, words, self._opening, others)

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the names of a page."""
        if self._opening.search(page.source):
            for match in self._quoted.finditer(page.source):
                self._one(page.source, match, ledger)
        known = [(page.starts[at], page.ends[at]) for at in page.names]
        owners = {page.ends[at] for at in page.names if page.text[at] in self._owners}
        self._glued.read(page.source, known, owners, ledger)

    def _one(self, source: str, match: re.Match[str], ledger: Ledger) -> None:
        name = match["name"].strip()
        words = self._words.split(name)
        own = self._heads.ending(name)
        common = own != "AIModel" or name.startswith(self._common)
        if source.endswith(self._approved, 0, match.start()) and any(c.isdigit() for c in name):
            linked = self._own_link.search(name) is not None
            ledger.vote(name, "Interconnect" if linked else "Standard", self._rule, 0.75)
            return
        if self._policies.search(name) and len(name) > 3:
            ledger.vote(name, "Policy", self._rule, 0.75)
            return
        body = self._body(name)
        if body and len(name) > 5:
            ledger.vote(name, body, self._rule, 0.75)
            return
        before, after = source[max(0, match.start() - 16) : match.start()], source[match.end() : match.end() + 46]
        if self._planned[0].search(before) and self._planned[1].search(name):
            ledger.vote(name, "Policy", self._rule, 0.65)
            return
        serial = len(name) > 2 and self._serial.search(name) is not None
        odd = serial or (self._odd(words) and self._heads.before(self._lead.sub("", before)) != "")
        if self._refuse.match(name) or (not odd and (words[0].kind == "stop" or (common and self._words.empty(name)))):
            return
        fresh = odd or any(w.kind in ("open", "latin") for w in words)
        if fresh and self._is_link(name, after, source):
            ledger.vote(name, "Interconnect", self._rule, _CLEAR)
        elif cls := self._class(name, own, before, after, fresh, len(words) == 1):
            clear = self._heads.before(self._lead.sub("", before)) == cls
            ledger.vote(name, cls, self._rule, _CLEAR if clear else 0.75)

    def _odd(self, words: Sequence[Word]) -> bool:
        """Whether words of one letter are put together as no phrase is (云台算网)."""
        return sum(len(w) for w in words) > 2 and any(len(w) == 1 and w.kind == "generic" for w in words)

    def _is_link(self, name: str, after: str, source: str) -> bool:
        """Whether a link's Latin name follows in brackets, or the text counts links of that name."""
        latin = self._linked.match(after)
        if latin and self._interconnect.search(latin["latin"].strip()):
            return True
        return re.search(self._links.replace("NAME", re.escape(name)), source) is not None

    def _class(self, name: str, own: str, before: str, after: str, fresh: bool, single: bool) -> str:
        """What a quoted name is; ``fresh`` if a part of it is no known word, ``single`` if it is one word."""
        given = before.endswith(self._launched) and not after.startswith(self._deeds)
        if body := self._body(name):
            return body
        if cls := self._heads.before(self._lead.sub("", before)):
            launched = self._launch.search(before) and all(w.kind in ("noun", "open") for w in self._words.split(name))
            return (own or cls) if fresh or single or own or launched else ""
        cls, gap = self._heads.after(after[:14])
        if cls and len(name) <= 8 and (fresh or given or (not gap and single and len(name) <= 4)):
            return own or cls
        if own and (own == "AIModel" or given or before.endswith(self._used)):
            return own
        named = fresh and before.endswith(self._naming)
        if named and (cls := self._heads.first(after[:12]) or self._heads.last(before)):
            return cls
        return self._alone(name, before, after, fresh, given)

    def _alone(self, name: str, before: str, after: str, fresh: bool, given: bool) -> str:
        """What a quoted name is that stands beside no noun."""
        if fresh and any(c.isdigit() for c in name) and (is_a := self._is_a.match(after)):
            return self._heads.last(is_a["head"])
        if fresh and name[-1].isalnum() and name[-1].isascii() and (cls := self._became(after)):
            return cls
        if (apposed := self._apposed.match(after)) and (cls := self._heads.last(apposed["run"])):
            return cls
        if len(name) <= 6 and self._centres.match(after):
            return "Organization"
        if fresh and (before.endswith(self._firms) or self._firm_verbs.match(after)):
            return "Organization"
        if fresh and (firm := self._is_firm.match(after)):
            return "Vendor" if firm["maker"] else "Organization"
        if (
            fresh
            and name[-1].isascii()
            and name.isalnum()
            and (cls := self._heads.last(before) or self._heads.first(after))
        ):
            return cls
        if fresh and (before.endswith(self._trained) or (self._sized.search(name) and given)):
            return "AIModel"
        whose = before.endswith("的") and (given or self._used_of.search(before))
        if whose and fresh and len(name) <= 6:
            return "Product"
        loose = given or before.endswith(self._used)
        return "Product" if loose and self._words.unknown(name) >= 2 and len(name) <= 6 else ""

    def _body(self, name: str) -> str:
        """The class of an organization whose whole name stands in quotation marks."""
        ending = next((w for w in self._bodies if name.endswith(w) and len(name) > len(w) + 1), "")
        kinds = {w.kind for w in self._words.split(name)}
        return self._bodies[ending] if ending and not kinds & {"stop", "verb", "role"} else ""

    def _became(self, after: str) -> str:
        """The class of what has become of it what follows its name."""
        return next((cls for cls, done in self._done if done.match(after)), "")
