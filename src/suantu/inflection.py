"""The forms of English verbs and nouns, from the entries of a rule file: ``launch``, ``buy>bought``, ``take over>took>taken``."""

from __future__ import annotations

_SIBILANT = ("s", "x", "z", "ch", "sh")


def verb_forms(entry: str) -> tuple[tuple[str, ...], str]:
    """The finite forms and the past participles of a verb, and its -ing form; what follows its first word stays."""
    verb, *pasts = entry.split(">")
    head, _, rest = verb.partition(" ")
    pasts = pasts or [_past(head)]
    tail = f" {rest}" if rest else ""
    return tuple(f"{form}{tail}" for form in dict.fromkeys((head, _with_s(head), *pasts))), f"{_ing(head, pasts)}{tail}"


def finite_form(entry: str) -> str:
    """The form of a verb that is none of its participles: what it does (uses)."""
    head, _, rest = entry.partition(">")[0].partition(" ")
    return f"{_with_s(head)} {rest}" if rest else _with_s(head)


def noun_forms(noun: str) -> tuple[str, str]:
    """A noun and its plural."""
    return noun, _with_s(noun)


def _y(word: str) -> bool:
    return word.endswith("y") and word[-2:-1] not in "aeiou"


def _with_s(word: str) -> str:
    if _y(word):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(_SIBILANT) else f"{word}s"


def _past(word: str) -> str:
    if _y(word):
        return f"{word[:-1]}ied"
    return f"{word}d" if word.endswith("e") else f"{word}ed"


def _ing(word: str, pasts: list[str]) -> str:
    if pasts[0] == f"{word}{word[-1]}ed":  # ship, shipped
        return f"{word}{word[-1]}ing"
    return f"{word[:-1]}ing" if word.endswith("e") and not word.endswith(("ee", "oe")) else f"{word}ing"
