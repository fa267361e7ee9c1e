"""The pictures' own words in Chinese and English, from ``words.json``; also names of properties of other vocabularies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

Table = Mapping[str, Mapping[str, str]]


@cache
def _file() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
    return found


def words() -> Table:
    """All words by language and key."""
    return _file()["words"]


def terms() -> Table:
    """The labels of properties that the ontology borrows, by IRI and language."""
    return _file()["terms"]


def word(key: str, language: str, **values: object) -> str:
    """One word or sentence, its values filled in."""
    return words()["zh" if language == "zh" else "en"][key].format(**values)
