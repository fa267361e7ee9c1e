"""Frames: the words of a property times the constructions that all properties share."""

from __future__ import annotations

from typing import Any

import pytest

from suantu.errors import RuleError
from suantu.frames import read_frames

SETTINGS: dict[str, Any] = {
    "decoys": ["发布会"],
    "weak": [],
    "doers": ["方"],
    "parts": {"gap": "[^，{V}]{0,8}?"},
    "constructions": {
        "active": {"pattern": "{A}<gap><V>{B}"},
        "noun": {"pattern": "{B}的<N>是{A}"},
        "carried": {"pattern": "，<V>{B}", "carry": "A"},
        "rare": {"pattern": "{B}<V>{A}", "optional": True},
    },
    "frames": [
        {"name": "make", "makes": "makes", "s": "Vendor", "o": "Chip", "verbs": ["发布"], "examples": [{"text": "-"}]},
        {
            "name": "made",
            "makes": "makes",
            "a": "o",
            "s": "Vendor",
            "o": "Chip",
            "nouns": ["产品"],
            "examples": [{"text": "-"}],
        },
        {
            "name": "use",
            "makes": "usesProduct",
            "s": "Vendor",
            "o": "Chip",
            "verbs": ["采用"],
            "with": ["rare"],
            "examples": [{"text": "-"}],
        },
    ],
}


def test_every_frame_takes_the_constructions_whose_words_it_has() -> None:
    _, rules = read_frames(SETTINGS, "file")
    names = {rule.name for rule, _ in rules}
    assert names == {
        "make/active",
        "make/noun",
        "make/carried",
        "made/noun",
        "use/active",
        "use/noun",
        "use/carried",
        "use/rare",
    }


def test_the_sides_take_the_slots_of_the_frame() -> None:
    _, rules = read_frames(SETTINGS, "file")
    bodies = {rule.name: rule.body for rule, _ in rules}
    assert bodies["make/active"]["pattern"].startswith("{s:Vendor}")
    assert bodies["made/noun"]["pattern"].startswith("{s:Vendor}的")
    assert bodies["made/noun"]["pattern"].endswith("{o:Chip}")
    assert bodies["make/carried"]["carry"] == {"s": ["Vendor"]}


def test_a_text_is_marked_with_the_words_of_one_frame() -> None:
    words, rules = read_frames(SETTINGS, "file")
    uses = {rule.name: use for rule, use in rules}
    marked = words.read("发布会上发布并采用，发布方")
    use = uses["make/active"]
    assert use is not None
    text, marks = marked.of(use)
    assert len(text) == len("发布会上发布并采用，发布方")
    assert text.startswith("发布会上\uf7f0\uf7f1并采用，\uf7f2")  # a decoy stays, a doer is a noun, others' verbs stay
    assert marks == {"\uf7f0", "\uf7f2"}


def test_a_frame_without_examples_is_refused() -> None:
    frames = [{"name": "make", "makes": "makes", "s": "Vendor", "o": "Chip", "verbs": ["发布"]}]
    with pytest.raises(RuleError, match="examples"):
        read_frames({**SETTINGS, "frames": frames}, "file")
