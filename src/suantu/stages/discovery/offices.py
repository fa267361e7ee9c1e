"""Offices that a text names without their city (市财政局): they belong to the place that it spoke of last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from suantu.identity import discovered
from suantu.ontology import Name
from suantu.records import Thing
from suantu.stages.discovery.finder import labelled
from suantu.stages.discovery.page import Chosen
from suantu.stages.names import Match


class Offices:
    """The ``government`` section of a discovery file, once the document's names are known."""

    def __init__(
        self, settings: Mapping[str, Any], places: Mapping[str, Thing], parents: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._of_level = {str(w): str(cls) for w, cls in settings["government"]["of-level"].items()}
        self._levels = tuple(str(w) for w in settings["government"]["levels"] if w)
        self._not_alone = frozenset(map(str, settings["government"]["not-alone"]))
        self._places, self._parents = places, parents

    def read(self, chosen: Chosen, at: int, found: Sequence[Chosen]) -> list[tuple[Match, Name]]:
        """市财政局 is the office of the city that the text spoke of last; without one 市政府 is none."""
        out = []
        for i, (match, name) in enumerate(chosen):
            if (
                name.thing.found_by != "lexicon"
                and name.thing.classes == ("GovernmentBody",)
                and name.text[0] in self._levels
            ):
                wanted = self._of_level.get(name.text[0], "")
                place = self._last_place(chosen[:i], wanted) or next(
                    (p for b in range(at - 1, -1, -1) if (p := self._last_place(found[b], wanted))), None
                )
                if place is not None:
                    name = self._office_of(place, name, found)
                elif name.text.lstrip("".join(self._levels)) in self._not_alone:
                    continue
            out.append((match, name))
        return out

    def _last_place(self, chosen: Chosen, wanted: str) -> Thing | None:
        """The last city or region named, or that of the last office; only one of the class ``wanted`` (any: empty)."""
        for _, name in reversed(chosen):
            if "City" in name.thing.classes or "Region" in name.thing.classes:
                if name.thing.found_by == "lexicon" and (not wanted or wanted in name.thing.classes):
                    return name.thing
            elif name.thing.found_by == "suffix.government" and name.text[0] not in self._levels:
                return self._place_in(name.text)
        return None

    def _place_in(self, text: str) -> Thing | None:
        for size in range(min(6, len(text)), 1, -1):
            if thing := self._places.get(text[:size]):
                return thing
        return None

    def _office_of(self, place: Thing, name: Name, found: Sequence[Chosen]) -> Name:
        bare = place.label.removesuffix(name.text[0])
        full = next(
            (n for chosen in found for _, n in chosen if n.text.startswith(bare) and n.text.endswith(name.text)), None
        )
        if full is not None:
            return full
        thing = discovered(
            bare + name.text, "GovernmentBody", self._parents, name.thing.found_by, name.thing.confidence
        )
        return Name(name.text, labelled(thing, [name.text]), False, "zh")
