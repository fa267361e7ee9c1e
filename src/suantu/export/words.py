"""The pictures' own words in Chinese and English, from ``words.json``; also names of properties of other vocabularies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Table = Mapping[str, Mapping[str, str]]


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
    return found


def words() -> Table:
    """All words by language and key."""
    table: Table = _file()["words"]
    return table


def terms() -> Table:
    """The labels of properties that the ontology borrows, by IRI and language."""
    table: Table = _file()["terms"]
    return table


def scales(language: str) -> list[tuple[float, str]]:
    """Large numbers and their words, the largest first."""
    return [(float(size), text) for size, text in _file()["scales"][language]]


def word(key: str, language: str, **values: object) -> str:
    """One word or sentence, its values filled in."""
    return words()["zh" if language == "zh" else "en"][key].format(**values)
