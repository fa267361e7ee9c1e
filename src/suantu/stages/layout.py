"""What ``ontology/rules/layout.yaml`` says about the layout of reports, compiled and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from suantu.errors import RuleError
from suantu.expressions import compiled

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class LineRule:
    """A pattern at the start of a line. ``level`` orders headings; the flags are explained in the YAML file."""

    name: str
    pattern: Pattern
    level: int = 0
    strong: bool = False
    weak: bool = False
    dots: bool = False
    loose: bool = False
    finished: bool = True
    unit: bool = False


@dataclass(frozen=True, slots=True)
class Widths:
    """Widths in columns, where a Han character counts two."""

    wrapped: int
    prose: int
    heading: int
    label: int


@dataclass(frozen=True, slots=True)
class Furniture:
    """Running headers, footers and page numbers."""

    repeats: int
    width: int
    page_number: Pattern
    bare_number: Pattern
    edition: Pattern
    numbered: Pattern
    apart: Pattern


@dataclass(frozen=True, slots=True)
class Tables:
    """What the cell of a table without rules may look like."""

    figure: Pattern
    year: Pattern


@dataclass(frozen=True, slots=True)
class About:
    """How a document tells its title, date and publisher."""

    heading: Pattern
    front_matter: Pattern
    report: Pattern
    quoted: Pattern
    edition: Pattern
    leading_edition: Pattern
    lines: int
    dates: tuple[Pattern, ...]
    caption_year: Pattern
    months: tuple[str, ...]
    publishers: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout rules; ``from_settings`` takes the mapping that the YAML file holds."""

    sentence_end: str
    clause_end: str
    running_on: str
    closers: str
    openers: str
    list_separators: str
    widths: Widths
    headings: tuple[LineRule, ...]
    items: tuple[LineRule, ...]
    captions: tuple[LineRule, ...]
    unnumbered_level: int
    title_level: int
    furniture: Furniture
    tables: Tables
    about: About

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], file: str = "layout.yaml") -> Layout:
        """Build the rules; RuleError names the file, the rule and what is wrong with it."""
        read = _Reader(settings, file)
        characters = read.section("characters")
        widths = read.section("widths")
        return cls(
            sentence_end=characters.text("sentence_end"),
            clause_end=characters.text("clause_end"),
            running_on=characters.text("running_on"),
            closers=characters.text("closers"),
            openers=characters.text("openers"),
            list_separators=characters.text("list_separators"),
            widths=Widths(*(widths.number(key) for key in ("wrapped", "prose", "heading", "label"))),
            headings=read.rules("headings"),
            items=read.rules("items"),
            captions=read.rules("captions"),
            unnumbered_level=read.number("unnumbered_level"),
            title_level=read.number("title_level"),
            furniture=_furniture(read.section("furniture")),
            tables=_tables(read.section("tables")),
            about=_about(read),
        )


def _furniture(read: _Reader) -> Furniture:
    return Furniture(
        repeats=read.number("repeats"),
        width=read.number("width"),
        page_number=read.any_of("page_numbers"),
        bare_number=read.pattern("bare_number"),
        edition=read.pattern("edition"),
        numbered=read.pattern("numbered", groups=("before", "words", "after")),
        apart=read.pattern("apart"),
    )


def _tables(read: _Reader) -> Tables:
    return Tables(read.pattern("figure"), read.pattern("year"))


def _about(read: _Reader) -> About:
    title, issued = read.section("title"), read.section("issued")
    names = ("heading", "front_matter", "report", "quoted", "edition", "leading_edition")
    patterns = {name: title.pattern(name) for name in names}
    return About(
        **patterns,
        lines=issued.number("lines"),
        dates=issued.patterns("dates", groups=("year",)),
        caption_year=issued.pattern("caption_year"),
        months=tuple(str(month) for month in issued.sequence("months")),
        publishers=read.patterns("publisher"),
    )


class _Reader:
    """One mapping of the YAML file, with the way to it for messages."""

    def __init__(self, settings: Mapping[str, object], file: str, path: str = "") -> None:
        self.settings, self.file, self.path = settings, file, path

    def fail(self, key: str, reason: str) -> RuleError:
        return RuleError(self.file, f"{self.path}{key}", reason)

    def value(self, key: str) -> object:
        if key not in self.settings:
            raise self.fail(key, "is missing: add it")
        return self.settings[key]

    def section(self, key: str) -> _Reader:
        value = self.value(key)
        if not isinstance(value, Mapping):
            raise self.fail(key, "must be a mapping")
        return _Reader(cast("Mapping[str, object]", value), self.file, f"{self.path}{key}.")

    def sequence(self, key: str) -> Sequence[object]:
        value = self.value(key)
        if not isinstance(value, list):
            raise self.fail(key, "must be a list")
        return value

    def text(self, key: str) -> str:
        value = self.value(key)
        if not isinstance(value, str) or not value:
            raise self.fail(key, "must be text")
        return value

    def number(self, key: str) -> int:
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.fail(key, "must be a whole number")
        return value

    def compile(self, key: str, value: object, groups: Sequence[str] = ()) -> Pattern:
        if not isinstance(value, str) or not value:
            raise self.fail(key, "must be a regular expression")
        try:
            pattern = compiled(value)
        except (re.error, OverflowError, RecursionError) as error:
            raise self.fail(key, f"is no regular expression ({error}): {value}") from None
        missing = [group for group in groups if group not in pattern.groupindex]
        if missing:
            raise self.fail(key, f"needs the named group {missing[0]}: {value}")
        if pattern.match(""):
            raise self.fail(key, f"matches the empty text: {value}")
        return pattern

    def pattern(self, key: str, groups: Sequence[str] = ()) -> Pattern:
        return self.compile(key, self.value(key), groups)

    def patterns(self, key: str, groups: Sequence[str] = ()) -> tuple[Pattern, ...]:
        values = enumerate(self.sequence(key))
        return tuple(self.compile(f"{key}[{index}]", value, groups) for index, value in values)

    def any_of(self, key: str) -> Pattern:
        parts = self.patterns(key)
        return self.compile(key, "|".join(f"(?:{part.pattern})" for part in parts))

    def rules(self, key: str) -> tuple[LineRule, ...]:
        seen: set[str] = set()
        rules = []
        for index, value in enumerate(self.sequence(key)):
            rule = self._rule(f"{key}[{index}]", value)
            if rule.name in seen:
                raise self.fail(f"{key}.{rule.name}", "stands twice: give each rule its own name")
            seen.add(rule.name)
            rules.append(rule)
        return tuple(rules)

    def _rule(self, key: str, value: object) -> LineRule:
        if not isinstance(value, Mapping):
            raise self.fail(key, "must be a mapping with name and pattern")
        read = _Reader(cast("Mapping[str, object]", value), self.file, f"{self.path}{key}.")
        name = read.text("name")
        known = {"name", "pattern", "level", "strong", "weak", "dots", "loose", "finished", "unit"}
        unknown = sorted(str(field) for field in value if field not in known)
        if unknown:
            raise self.fail(name, f"has the unknown field {unknown[0]}")
        return LineRule(
            name=name,
            pattern=self.compile(name, read.value("pattern")),
            level=read.number("level") if "level" in value else 0,
            strong=value.get("strong") is True,
            weak=value.get("weak") is True,
            dots=value.get("dots") is True,
            loose=value.get("loose") is True,
            finished=value.get("finished") is not False,
            unit=value.get("unit") is True,
        )
