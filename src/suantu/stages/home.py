"""Where a document's figures are from when nothing nearer says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from suantu.expressions import compiled
from suantu.records import Thing

_TITLED = compiled("《[^《》]{4,60}》")


def home_of(
    title: str,
    texts: Sequence[str],
    named: Callable[[str], Iterable[Thing]],
    closure: Callable[[Iterable[str]], frozenset[str]],
) -> Thing | None:
    """The place that the title names, a country before a city; else the one country whose reports the text cites.

    ``named`` gives the things that a text names without doubt."""

    def places(text: str) -> list[tuple[bool, Thing]]:
        closed = [(closure(t.classes), t) for t in named(text)]
        return [("Country" in c, t) for c, t in closed if "Place" in c]

    if own := places(title):
        return next((t for country, t in own if country), own[0][1])
    cited = [t for text in texts for m in _TITLED.finditer(text) for country, t in places(m[0]) if country]
    return cited[0] if len({t.iri for t in cited}) == 1 else None
