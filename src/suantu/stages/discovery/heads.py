"""Head nouns: what a name is, by the word that stands before it, behind it or at its end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from suantu.expressions import compiled


class Heads:
    """The ``heads`` section of a discovery file."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        shapes = settings["model-patterns"]
        self._class_of = {str(w): cls for cls, heads in settings["heads"].items() for w in heads}
        self.words = tuple(self._class_of)
        heads = "|".join(re.escape(w) for w in sorted(self._class_of, key=len, reverse=True))
        self._before = compiled(f"(?P<head>{heads}){shapes['after-head']}")
        self._after = compiled(f"{shapes['before-head']}(?P<head>{heads})(?!{shapes['not-after-head']})")
        self._head = compiled(heads)
        self._refused = compiled(str(shapes["gap-refuse"]))
        self._ends = compiled(f"(?P<head>{heads})$")

    def before(self, text: str) -> str:
        """The class that the noun at the end of ``text`` gives to what follows; empty where there is none."""
        match = self._before.search(text)
        return self._class_of[match["head"]] if match else ""

    def after(self, text: str) -> tuple[str, str]:
        """The class that the noun at the beginning of ``text`` gives, and what stands between; or two empty strings."""
        match = self._after.match(text)
        if match is None or self._refused.search(match["gap"]):
            return "", ""
        return self._class_of[match["head"]], match["gap"]

    def first(self, text: str) -> str:
        """The class of the first head noun in ``text``."""
        match = self._head.search(text)
        return self._class_of[match[0]] if match else ""

    def last(self, text: str) -> str:
        """The class of the last head noun in ``text``."""
        found = self._head.findall(text)
        return self._class_of[found[-1]] if found else ""

    def ending(self, name: str) -> str:
        """The class of the head noun that a longer name ends with (炉温大模型)."""
        match = self._ends.search(name, 2)
        return self._class_of[match["head"]] if match else ""
