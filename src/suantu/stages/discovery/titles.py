"""Titles in 《》: policies, standards and reports, by the noun that the title ends with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.identity import normalise
from suantu.stages.discovery.page import Ledger

_LONGEST_SHORT = 8  # characters of a title that may be short for another
_PROSE = compiled(r"[，。；：！？:!?,;]")


class Titles:
    """The ``titles`` section of a discovery file."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._kinds = [(str(k["class"]), tuple(map(str, k["ends"]))) for k in settings["kinds"]]
        self._tail = compiled(str(settings["tail"]))
        self._refuse = tuple(map(str, settings["refuse"]))
        reports = "|".join(sorted({e for c, ends in self._kinds if c == "Report" for e in ends}, key=len, reverse=True))
        self._short = compiled(str(settings["short"]))
        self._headline = compiled(str(settings["headline"]))
        self._own = tuple(map(str, settings["own-ends"]))
        self._source_word = str(settings["source-word"])
        self._sources = compiled(str(settings["source"]).replace("ENDS", reports))
        self._open, self._close = str(settings["open"]), str(settings["close"])

    def read(self, text: str, ledger: Ledger) -> None:
        """Vote for the titles of a block; a later, shorter title that ends a longer one is its alias."""
        if self._source_word in text:
            for match in self._sources.finditer(text):
                ledger.vote(match["name"], "Report", "title.source", 0.75)
        if self._open not in text:
            return
        for title in self._titles(text):
            bare = self._tail.sub("", title)
            if len(bare) < 2 or title.endswith(self._refuse):
                continue
            cls = self._kind(bare)
            if not cls:
                continue
            if longer := self._longer(bare, ledger):
                ledger.entries[longer].aliases.setdefault(f"{self._open}{title}{self._close}")
            elif len(bare) > 4 or (len(bare) == 4 and self._short.search(bare)):
                self._vote(title, bare, cls, ledger)
                if bare != title and len(bare) > 5:
                    ledger.entries[next(reversed(ledger.entries))].aliases.setdefault(bare)

    def document(self, title: str, ledger: Ledger) -> None:
        """Vote for the document's own title, where it is a report's, a policy's or a standard's."""
        title = " ".join(title.split())
        bare = self._tail.sub("", title)
        cls = self._kind(bare) if bare.endswith(self._own) else ""
        if cls and 8 <= len(title) <= 50 and not (_PROSE.search(title) or self._headline.match(title)):
            ledger.vote(title, cls, "title.document", 0.8)

    def _kind(self, bare: str) -> str:
        """The class that the longest fitting end of a title tells."""
        return max(((len(e), c) for c, ends in self._kinds for e in ends if bare.endswith(e)), default=(0, ""))[1]

    def _titles(self, text: str) -> list[str]:
        out: list[str] = []
        depth, start = 0, 0
        for i, char in enumerate(text):
            if char == self._open:
                if not depth:
                    start = i + 1
                depth += 1
            elif char == self._close and depth:
                depth -= 1
                if not depth and 1 < i - start < 80:
                    out.append(text[start:i].strip())
        return out

    @staticmethod
    def _vote(title: str, bare: str, cls: str, ledger: Ledger) -> None:
        key = normalise(title)
        known = key in ledger.entries and any(rule == "title" for rule, _ in ledger.entries[key].votes)
        ledger.vote(title, cls, "title", 0.9)
        if not known and key in ledger.entries:
            ledger.titles.update((bare[-n:], key) for n in range(2, min(len(bare), len(key) - 1, _LONGEST_SHORT) + 1))

    @staticmethod
    def _longer(bare: str, ledger: Ledger) -> str:
        """The key of the latest title that ends as a short one does and is longer."""
        key = ledger.titles.get(bare, "")
        return key if key in ledger.entries else ""
