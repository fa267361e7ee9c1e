"""What a name begins with: a known name, one that the document itself writes, or the family of a numbered version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from suantu.expressions import compiled
from suantu.identity import discovered
from suantu.ontology import Name, Ontology
from suantu.records import Thing

_LEAST = 2
_Inside = tuple[int, int, Thing]


class Families:
    """The section ``versions`` of ``rules/names.yaml``: how a version number is written behind the family's name, and of
    which classes the family is a thing of its own though nothing else names it."""

    def __init__(self, ontology: Ontology, inside: Callable[[str], Sequence[_Inside]]) -> None:
        settings: Mapping[str, Any] = ontology.setting("names").get("versions", {})
        self._ontology, self._inside = ontology, inside
        self._classes = frozenset(map(str, settings.get("classes", ())))
        self._numbered = compiled(str(settings.get("numbered", "(?!)")))

    def finder(self, named: Iterable[Iterable[tuple[object, Name]]]) -> Callable[[str], list[_Inside]]:
        """What finds the names inside a name of the document whose names are ``named``, the longest first."""
        own = {n.text: n.thing for found in named for _, n in found if n.thing.found_by != "lexicon"}

        def find(surface: str) -> list[_Inside]:
            found = list(self._inside(surface))
            found += [(0, end, own[surface[:end]]) for end in range(_LEAST, len(surface)) if surface[:end] in own]
            if surface in own and (family := self._family(surface, own)) is not None:
                found.append(family)
            return sorted(found, key=lambda f: f[0] - f[1])

        return find

    def _family(self, surface: str, own: Mapping[str, Thing]) -> _Inside | None:
        thing, match = own[surface], self._numbered.fullmatch(surface)
        if match is None or match["family"] in own or not self._classes.intersection(thing.classes):
            return None
        family = discovered(match["family"], thing.classes[0], self._ontology.parents, "version", Decimal("0.7"))
        return 0, match.end("family"), family
