"""Frames: the words of a property times the constructions that all properties share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from suantu.errors import RuleError
from suantu.frames import read_frames
from suantu.inflection import noun_forms, verb_forms

VENDOR, CHIP = "\ue000", "\ue001"
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


def MATCHING(classes: Sequence[str]) -> str:  # noqa: N802 - a fixed argument
    """The characters of the classes, as the alphabet gives them."""
    return "".join(char for cls, char in (("Vendor", VENDOR), ("Chip", CHIP)) if cls in classes)


def test_every_frame_takes_the_constructions_whose_words_it_has() -> None:
    _, rules = read_frames(SETTINGS, "file", MATCHING)
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
    _, rules = read_frames(SETTINGS, "file", MATCHING)
    uses = {rule.name: use for rule, use in rules}
    groups = {name: dict(use.groups) for name, use in uses.items() if use}
    assert groups["make/active"] == {"s": "a", "o": "b"}
    assert groups["made/noun"] == {"o": "a", "s": "b"}  # what is called by the noun is the object
    carried = next(rule.body for rule, _ in rules if rule.name == "make/carried")
    assert carried["carry"] == {"s": ["Vendor"]}


def test_a_construction_is_the_same_expression_for_every_frame() -> None:
    _, rules = read_frames(SETTINGS, "file", MATCHING)
    patterns = {rule.body["pattern"] for rule, _ in rules if rule.name.endswith("/noun")}
    assert len(patterns) == 1


def test_a_text_is_marked_with_the_words_and_names_of_one_frame() -> None:
    words, rules = read_frames(SETTINGS, "file", MATCHING)
    uses = {rule.name: use for rule, use in rules}
    text = f"发布会上{VENDOR}发布{CHIP}并采用，发布方"
    use = uses["make/active"]
    assert use is not None
    marked = words.read(text).of(use)
    assert marked is not None and len(marked) == len(text)
    assert marked.startswith("发布会上\uf7e0\uf7e3\uf7e6\uf7e2并采用，\uf7e4")  # decoys and others' verbs stay
    assert words.read(f"{VENDOR}采用{CHIP}").of(use) is None


def test_a_frame_without_examples_is_refused() -> None:
    frames = [{"name": "make", "makes": "makes", "s": "Vendor", "o": "Chip", "verbs": ["发布"]}]
    with pytest.raises(RuleError, match="examples"):
        read_frames({**SETTINGS, "frames": frames}, "file", MATCHING)


def test_english_verbs_and_nouns_are_inflected() -> None:
    assert verb_forms("launch") == (("launch", "launches", "launched"), "launching")
    assert verb_forms("take over>took>taken") == (("take over", "takes over", "took over", "taken over"), "taking over")
    assert verb_forms("ship>shipped")[1] == "shipping"
    assert verb_forms("carry")[0] == ("carry", "carries", "carried")
    assert noun_forms("use case") == ("use case", "use cases")


def test_words_that_stand_apart_are_found_whole_and_in_any_case() -> None:
    frame = {"name": "make", "makes": "makes", "s": "Vendor", "o": "Chip", "verbs": ["build>built"]}
    settings = {
        "inflected": True,
        "constructions": {"open": {"pattern": "<V> by {A}, {B}"}, "doing": {"pattern": "{A} is <G> {B}"}},
        "frames": [{**frame, "examples": [{"text": "-"}]}],
    }
    words, rules = read_frames(settings, "file", MATCHING)
    uses = {rule.name: use for rule, use in rules}
    opening = words.read(f"Built by {VENDOR}, {CHIP} was rebuilt in a building.")
    use = uses["make/open"]
    assert use is not None
    marked = opening.of(use)
    assert marked is not None
    assert "rebuilt" in marked
    assert "Built" not in marked
