"""The identity of things that no lexicon knows: the same name gives the same IRI in every process and document."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote

from suantu.records import Thing

_STI = "https://w3id.org/suantu/id/"
_TOP = "Entity"


def normalise(name: str) -> str:
    """The form by which names are compared: NFKC, case folded, without spaces. (Text is simplified when cleaned.)"""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def group_of(cls: str, parents: Mapping[str, tuple[str, ...]]) -> str:
    """The class just below ``Entity``: a Vendor and an Organization of one name are one thing."""
    above = parents.get(cls, ())
    if _TOP not in above:
        return cls
    return next((c for c in reversed(above) if c != _TOP and _TOP in parents.get(c, ())), cls)


def discovered(
    name: str, cls: str, parents: Mapping[str, tuple[str, ...]], found_by: str, confidence: Decimal
) -> Thing:
    """A thing by its class and its written name."""
    label = " ".join(name.split())
    safe = normalise(label).encode("utf8", "replace")
    language = "en" if label.isascii() else "zh"
    return Thing(
        f"{_STI}{group_of(cls, parents).lower()}/{quote(safe, safe='')}",
        label,
        (cls,),
        {f"pref@{language}": (label,)},
        found_by,
        confidence,
    )
