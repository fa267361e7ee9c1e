"""Titles in 《》: policies, standards and reports, by the noun that the title ends with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.stages.discovery.page import Ledger

_PROSE = compiled(r"[，。；：！？:!?,;]")


class Titles:
    """The ``titles`` section of a discovery file."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._kinds = [(str(k["class"]), tuple(map(str, k["ends"]))) for k in settings["kinds"]]
        self._tail = compiled(str(settings["tail"]))
        self._refuse = tuple(map(str, settings["refuse"]))
        reports = "|".join(sorted({e for c, ends in self._kinds if c == "Report" for e in ends}, key=len, reverse=True))
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
            cls = next((c for c, ends in self._kinds if bare.endswith(ends)), "")
            if not cls:
                continue
            if longer := self._longer(bare, ledger):
                ledger.entries[longer].aliases.setdefault(f"{self._open}{title}{self._close}")
            elif len(bare) > 4:
                ledger.vote(title, cls, "title", 0.9)
                if bare != title and len(bare) > 5:
                    ledger.entries[next(reversed(ledger.entries))].aliases.setdefault(bare)

    def document(self, title: str, ledger: Ledger) -> None:
        """Vote for the document's own title, where it is a report's, a policy's or a standard's."""
        title = " ".join(title.split())
        bare = self._tail.sub("", title)
        cls = next((c for c, ends in self._kinds if bare.endswith(ends)), "") if bare.endswith(self._own) else ""
        if cls and 8 <= len(title) <= 50 and not (_PROSE.search(title) or self._headline.match(title)):
            ledger.vote(title, cls, "title.document", 0.8)

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

    def _longer(self, bare: str, ledger: Ledger) -> str:
        if len(bare) > 8:
            return ""
        found = [k for k, e in ledger.entries.items() if any(rule == "title" for rule, _ in e.votes)]
        return next(
            (
                k
                for k in reversed(found)
                if len(k) > len(bare) and self._tail.sub("", ledger.entries[k].surface).endswith(bare)
            ),
            "",
        )
