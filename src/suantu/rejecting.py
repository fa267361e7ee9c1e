"""An extraction without the things that a reader of the graph has rejected, whichever stage found them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace

from suantu.identity import normalise
from suantu.records import Claim, Extraction, Observation, RankingEntry, Thing

_UNNAMED = ("Subject",)  # what a figure is about, in the text's words: no name


def without(extraction: Extraction, rejected: Collection[str]) -> Extraction:
    """The extraction without discovered things of these normalised names, and without the facts that need them."""

    def kept(record: Claim | Observation | RankingEntry) -> bool:
        values = (getattr(record, field.name) for field in fields(record))
        return not any(isinstance(value, Thing) and _is_rejected(value, rejected) for value in values)

    return replace(
        extraction,
        mentions=tuple((t, words) for t, words in extraction.mentions if not _is_rejected(t, rejected)),
        claims=tuple(filter(kept, extraction.claims)),
        observations=tuple(filter(kept, extraction.observations)),
        rankings=tuple(filter(kept, extraction.rankings)),
    )


def _is_rejected(thing: Thing, rejected: Collection[str]) -> bool:
    return thing.found_by != "lexicon" and thing.classes != _UNNAMED and normalise(thing.label) in rejected
