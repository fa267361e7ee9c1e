"""Other names that a document gives to a thing: X（以下简称“Y”）, X（English Name，ABBR）."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.records import Thing
from suantu.stages.discovery.page import Page
from suantu.stages.discovery.words import Words

_FOREIGN = compiled(r"[A-Z][A-Za-z0-9&.'’\- ]{1,50}$")
_HAN = compiled("[\u4e00-\u9fff]")


class Aliases:
    """The ``aliases`` section of a discovery file."""

    def __init__(self, settings: Mapping[str, Any], words: Words, refuse: re.Pattern[str]) -> None:
        rules = settings["aliases"]
        self._words, self._refuse = words, refuse
        self._title, self._title_end = str(settings["titles"]["open"]), str(settings["titles"]["close"])
        self._begins = frozenset(f"{rules['open']}，, ”」》")
        self._between = compiled(str(rules["between"]))
        self._defined = compiled(f"[”」》]?\\s*[{rules['open']}，,]?\\s*{rules['defined']}")
        self._bracket = compiled(
            f"[”」》]?\\s*[{rules['open']}]\\s*(?P<inside>[^{rules['open']}{rules['close']}]{{2,70}})[{rules['close']}]"
        )

    def read(self, page: Page) -> list[tuple[str, Thing]]:
        """The other names that the page defines, each with the thing that it names."""
        out: list[tuple[str, Thing]] = []
        for at, name in page.names.items():
            if page.text[at + 1 : at + 2] not in self._begins:
                continue
            if match := self._defined.match(page.text, at + 1):
                self._define(page, match, name.thing, out)
            elif match := self._bracket.match(page.text, at + 1):
                self._gloss(match["inside"], name.thing, out)
        return out

    def _define(self, page: Page, match: re.Match[str], thing: Thing, out: list[tuple[str, Thing]]) -> None:
        if match["alias"] is None or any("\ue000" <= c <= "\uf8ff" for c in match["alias"]):
            a, b = match.span("alias")
            surface = page.surface(a, b)
        else:
            surface = match["alias"].strip()
        if page.text[match.start("alias") - 1] == self._title:
            surface = f"{self._title}{surface}{self._title_end}"
        if len(surface) >= 2 and not (self._words.empty(surface) and len(surface) <= 4 and self._title not in surface):
            out.append((surface, thing))

    def _gloss(self, inside: str, thing: Thing, out: list[tuple[str, Thing]]) -> None:
        if not _HAN.search(thing.label):
            return
        for part in self._between.split(inside):
            part = part.strip()
            if not _FOREIGN.match(part) or self._refuse.match(part) or any(c.isdigit() for c in part):
                continue
            out.append((part, thing))
