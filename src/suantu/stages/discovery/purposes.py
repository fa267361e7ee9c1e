"""What an English text says that something is used for: the names of tasks, the ``purposes`` of ``discovery.en.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from suantu.expressions import compiled, either
from suantu.rules import Alphabet

_APART = compiled(r",? and |,? or |, ")


class Purposes:
    """Finds the tasks behind a use."""

    def __init__(self, settings: Mapping[str, Any], alphabet: Alphabet) -> None:
        names = alphabet.matching(["Entity"])
        lead = either(settings["lead"])
        self._patterns = [
            compiled(str(p).replace("<lead>", f"(?:{lead})").replace("{Entity}", names)) for p in settings["patterns"]
        ]
        self._head = compiled(str(settings["heads"]))
        self._lead = compiled(f"(?:(?:{lead}) )+")
        self._end = compiled(f" (?:{either(settings['ends'])})\\b")
        self._never = frozenset(map(str, settings["never"]))

    def read(self, text: str) -> Iterator[str]:
        """The tasks of two or three plain words that are named as what something is for."""
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                for part in _APART.split(self._end.split(match["list"])[0]):
                    phrase = self._lead.sub("", part.strip(), count=1)
                    words = phrase.split()
                    plain = all(w.replace("-", "").isalpha() and w.islower() for w in words)
                    if 2 <= len(words) <= 3 and plain and self._head.search(words[-1]) and words[-1] not in self._never:
                        yield phrase
