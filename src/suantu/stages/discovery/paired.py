"""Lists of owners with what is theirs (甲的X、乙的Y和丙的Z): known pairs tell what the unknown ones are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suantu.expressions import compiled
from suantu.stages.discovery.page import Ledger, Page

_MADE = ("AIModel", "Chip", "Server", "Interconnect", "Product")
_CLAUSE = compiled(r"(?:[^，。；：:！？!?（）()\n.]|[.](?! ))+")


class Paired:
    """The section ``paired`` of a discovery file."""

    def __init__(self, settings: Mapping[str, Any], makers: str, fits: Callable[[str, str], bool]) -> None:
        """``fits``: whether letters, and the words that they stand for, may be a firm's name."""
        rules = settings["paired"]
        self._fits, self._makers = fits, frozenset(makers)
        self._joins = compiled(str(rules["joins"]))
        self._part = compiled(str(rules["part"]))
        self._rule, self._of = str(rules["name"]), str(rules["of"])

    def read(self, page: Page, ledger: Ledger) -> None:
        """Vote for the unknown members of such lists."""
        for clause in _CLAUSE.finditer(page.text):
            if clause[0].count(self._of) > 1:
                self._list(page, clause.start(), clause.end(), ledger)

    def _list(self, page: Page, start: int, end: int, ledger: Ledger) -> None:
        cuts = [start, *(m.end() for m in self._joins.finditer(page.text, start, end))]
        parts = [m for at in cuts if (m := self._part.match(page.text, at, end))]
        kinds = {cls for part in parts if (cls := self._made(page, part.start("made")))}
        pairs = [p for p in parts if page.text[p.start("owner")] in self._makers and self._made(page, p.start("made"))]
        if not pairs or len(kinds) != 1:
            return
        cls = kinds.pop()
        for part in parts:
            owner, made = part["owner"], part["made"]
            if owner[0] not in self._makers and self._fits(owner, page.surface(*part.span("owner"))):
                ledger.vote(page.surface(*part.span("owner")), "Vendor", self._rule, 0.62)
            fresh = part["quote"] or (made.isascii() and any(c.isdigit() for c in made))
            if fresh and part.start("made") not in page.names:
                ledger.vote(page.surface(*part.span("made")), cls, self._rule, 0.65)

    @staticmethod
    def _made(page: Page, at: int) -> str:
        name = page.names.get(at)
        return next((c for c in _MADE if name is not None and c in name.thing.classes), "")
