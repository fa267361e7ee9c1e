"""The command line's own words in Chinese and English, from ``messages.yaml``.

The file is flat, one ``KEY: ZH | EN`` a line, so that reading it needs no YAML parser (a test reads it with one).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _table() -> dict[str, tuple[str, str]]:
    lines = (Path(__file__).parent / "messages.yaml").read_text("utf-8").splitlines()
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        key, colon, texts = line.partition(": ")
        if colon and not line.startswith("#"):
            zh, _, en = texts.strip().partition(" | ")
            found[key] = (zh, en)
    return found


def say(key: str, language: str, **values: object) -> str:
    """The text of ``key`` with its values filled in; the key itself where the file has no such line."""
    zh, en = _table().get(key, (key, key))
    return (zh if language == "zh" else en).format(**values)
