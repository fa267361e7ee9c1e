"""The grammar of times: 2020年上半年, 1H24, 2019-2024年, 未来五年, 去年同期, ``first half of 2021``. Every word is data.

A period's span covers the time's own words, not the preposition before it (到2024年 → 2024年, with ``ahead``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from suantu.errors import RuleError
from suantu.records import Period
from suantu.stages.numerals import Lexicon, begins, is_han, is_latin, lowered, numbers, section, words

_SPACE = re.compile(" {0,2}")
_CAPITAL = re.compile(r"[A-Za-z0-9.+-]*[A-Z][A-Za-z0-9.+-]* $")
_LOWER_WORD = re.compile(r"[a-z]+,? $")


@dataclass(frozen=True, slots=True)
class Point:
    """A point of time while it is read: a year (0 if none was said) and a part of it (``H1``, ``Q3``, ``09`` …)."""

    end: int
    year: int = 0
    part: str = ""
    last: str = ""
    until: int = 0

    @property
    def value(self) -> str:
        """The period's value: 2020, 2020-H1, 2020-Q1/2020-Q3, 1990/1999."""
        if not self.year:
            return ""
        first = f"{self.year}-{self.part}" if self.part else f"{self.year}"
        if self.last:
            return f"{first}/{self.year}-{self.last}"
        return f"{first}/{self.until}" if self.until else first


def _either(listed: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(listed), key=lambda word: (-len(word), word)))


class PeriodGrammar:
    """Reads the times of a text. Stateless after construction."""

    def __init__(self, settings: Mapping[str, object], file: str) -> None:
        self._year = section(settings, "year", file)
        self._digits = {word: int(value) for word, value in numbers(settings, "digits", file).items()}
        self._ten = str(settings.get("ten", ""))
        self._count = {word: int(value) for word, value in numbers(settings, "latin_digits", file).items()}
        self._halves = {word: int(value) for word, value in numbers(settings, "halves", file).items()}
        self._months = {word: int(value) for word, value in numbers(settings, "latin_months", file).items()}
        self._ordinals = {word: int(value) for word, value in numbers(settings, "latin_ordinals", file).items()}
        self._load_words(settings, file)
        self._load_relative(section(settings, "relative", file), file)
        self._load_spans(section(settings, "spans", file), file)
        self._compile_parts(settings, file)
        self._compile_years(settings, file)
        self._compile_latin(settings, file)
        self._dispatch()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object], file: str) -> PeriodGrammar:
        """The grammar of a loaded ``periods.yaml``; RuleError names ``file`` and the section that is wrong."""
        return cls(settings, file)

    def _load_words(self, settings: Mapping[str, object], file: str) -> None:
        year = self._year
        self._year_word = str(year["word"])
        self._figure_before = words(year, "figure_before", file)
        self._bare_after = words(year, "bare_after", file)
        self._bare_before = words(year, "bare_before", file)
        self._edition = words(year, "edition", file)
        self._prepositions = Lexicon((word, True) for word in words(year, "prepositions", file))
        self._earliest, self._latest = int(str(year["earliest"])), int(str(year["latest"]))
        self._ahead = Lexicon((word, True) for word in words(settings, "ahead", file))
        self._not_ahead = words(settings, "not_ahead", file)
        self._separators = Lexicon((word, True) for word in words(settings, "separators", file))
        self._plain_separators = [
            word for word in words(settings, "separators", file) if not word[0].isalpha() or is_han(word[0])
        ]
        self._han_separators = [word for word in self._plain_separators if is_han(word[0])]
        self._between = words(settings, "between", file)
        self._between_separators = Lexicon((word, True) for word in words(settings, "between_separators", file))
        self._month_cue = Lexicon((word, True) for word in words(settings, "latin_month_cue", file))
        self._not_before_month = words(settings, "not_before_month", file)
        self._month_banned = words(settings, "month_not_after", file)
        try:
            self._title = re.compile("|".join(words(settings, "title", file)))
        except re.error as error:
            raise RuleError(file, "title", f"not a regular expression: {error}") from error

    def _load_relative(self, rules: Mapping[str, object], file: str) -> None:
        rows = [(w, (k, int(v))) for k in ("issued", "previous", "same") for w, v in numbers(rules, k, file).items()]
        self._relative = Lexicon(rows)
        self._relative_heads = {head for word, _ in rows for head in (word[0], word[0].upper())}
        self._relative_pairs = frozenset(word[:2] for word, _ in rows)
        self._issued_cues = words(rules, "issued_cues", file)
        banned, left = section(rules, "not_before", file), section(rules, "not_after", file)
        self._relative_banned = {word: words(banned, word, file) for word in banned}
        self._relative_left = {word: words(left, word, file) for word in left}

    def _load_spans(self, rules: Mapping[str, object], file: str) -> None:
        han = f"[{''.join(self._digits)}{self._ten}]{{1,3}}"
        number, vague = f"[0-9]{{1,2}}|{han}", _either(words(rules, "vague", file))
        years, of = _either(words(rules, "year", file)), _either(words(rules, "of", file))
        future, past = words(rules, "future", file), words(rules, "past", file)
        self._future_words, self._past_words, self._past_left = future, past, words(rules, "past_not_after", file)
        sep, digits = _either(self._plain_separators), "".join(self._digits)
        self._span = re.compile(
            f"({_either([*future, *past])}) ?(?:{of})?(?:(?:{number})(?:{sep})|[{digits}](?=[{digits}]))?({number}|{vague}) ?(?:{years})"
        )
        growth = _either(words(rules, "growth_after", file))
        self._growth = re.compile(f"({number}) ?{re.escape(self._year_word)}(?=(?:{growth}))")
        count = f"[0-9]{{1,2}}|{_either(list(self._count))}"
        self._latin_future, self._latin_past = words(rules, "latin_future", file), words(rules, "latin_past", file)
        self._latin_span = re.compile(
            f"({_either([*self._latin_future, *self._latin_past])}) ({count}) (?:{_either(words(rules, 'latin_year', file))})(?![a-z])"
        )
        self._latin_growth = re.compile(
            f"({count})[- ](?:{_either(words(rules, 'latin_joined', file))})(?=[- ](?:{_either([w.lower() for w in words(rules, 'latin_growth_after', file)])}))"
        )

    def _compile_parts(self, settings: Mapping[str, object], file: str) -> None:
        han = "".join(d for d in self._digits)
        number, prefix = f"[1-4]|[{han}]", re.escape(str(settings["quarter_prefix"]))
        quarters = _either(words(settings, "quarter_words", file))
        first = re.escape(str(settings["first_quarters"]))
        month = f"(?:1[0-2]|0?[1-9])|{self._ten}[{han}]?|[{han}]"
        tail, days = _either(words(settings, "month_tail", file)), _either(words(settings, "day", file))
        day = f"(?:[12][0-9]|3[01]|0?[1-9])|[{han}]?{self._ten}?[{han}]"
        seps = _either([*(w for w in self._plain_separators if w != "/"), " to "])
        mark, share = re.escape(str(settings["month"])), re.escape(str(settings["month_mark"]))
        counter = re.escape(str(settings["quarter_counter"]))
        self._half = re.compile(f"({_either(list(self._halves))})")
        self._quarters = re.compile(f"{first}({number})(?:{counter})?(?:{quarters})")
        self._quarter = re.compile(f"{prefix}?({number})(?:{quarters})")
        self._quarter_range = re.compile(
            f"{prefix}?({number})(?:{quarters})?(?:{seps}){prefix}?({number})(?:{quarters})"
        )
        self._first_months = re.compile(
            f"{re.escape(str(settings['months_prefix']))}({month}){re.escape(str(settings['months_counter']))}"
        )
        self._month_range = re.compile(f"({month})(?:{mark}(?:{share})?)?(?:{seps})({month})(?:{tail})")
        self._month = re.compile(f"({month}) ?(?:{mark} ?({day}) ?(?:{days})|(?:{tail}))")
        heads = "".join(str(settings[key]) for key in ("quarter_prefix", "first_quarters", "months_prefix"))
        self._hint = re.compile(
            f"(?:{_either(list(self._halves))})|[{heads}]?(?:[0-9]{{1,2}}|[{han}{self._ten}]{{1,3}}) ?"
            f"(?:{mark}|{quarters}|{seps}|{counter}|{re.escape(str(settings['months_counter']))})"
        )
        self._prefix_heads = {str(settings[key])[0] for key in ("quarter_prefix", "first_quarters", "months_prefix")}
        letters, q = "".join(words(settings, "half_latin", file)), "".join(words(settings, "quarter_latin", file))
        self._code = re.compile(f"[ -]?(?:([{letters}])([12])|([{q}])([1-4])(?:[-–—~]{q}?([1-4]))?)(?![0-9A-Za-z])")
        self._code_first = re.compile(f"(?:([{letters}])([12])|([{q}])([1-4])(?:[-–—~]{q}?([1-4]))?)(?![0-9A-Za-z])")
        self._code_digit = re.compile(f"(?:([12])({letters})|([1-4])({q}))(?= ?(?:FY|')?[0-9]{{2}})")

    def _compile_years(self, settings: Mapping[str, object], file: str) -> None:
        word, han = re.escape(self._year_word), "".join(self._digits)
        year = "(?:19[0-9]{2}|20[0-9]{2})"
        tails = _either(words(self._year, "tail", file))
        fiscal = _either(words(self._year, "fiscal", file))
        self._digit_year = re.compile(f"({year})(?![0-9])")
        joined, cut = (
            _either(words(self._year, "tail_joined", file)),
            _either(words(self._year, "tail_not_before", file)),
        )
        self._tail = re.compile(f" ?(?:{fiscal}|{word}(?:(?:{joined})?(?:{tails})(?!{cut}))?)")
        self._title_after = re.compile(str(self._year["title_after"]))
        self._tail_cut = words(self._year, "tail_not_before", file)
        self._title_before = words(self._year, "title_before", file)
        self._iso = re.compile(f"({year})([-/.])(0?[1-9]|1[0-2])(?:\\2(0?[1-9]|[12][0-9]|3[01]))(?![0-9])")
        self._iso_month = re.compile(f"({year})-(0[1-9]|1[0-2])(?![0-9])(?!{word})")
        self._short_range = re.compile(f"({year})[-–—/]([0-9]{{2}})(?![0-9.%])")
        self._short_year = re.compile(f"([0-9]{{2}})(?=(?:[HQ][1-4](?![0-9A-Za-z])|{word}))")
        self._short_code = re.compile("([0-9]{2})(?=[HQ][1-4](?![0-9A-Za-z]))")
        seps = _either([*self._plain_separators, "to", "and", "through"])
        self._interval = re.compile(f" ?(?:{seps}) ?{year}(?![0-9])")
        self._han_year = re.compile(f"([{han}]{{4}}){word}")
        decade = _either([w for w in words(settings, "decade", file) if not w.isascii()])
        century = _either(words(settings, "century", file))
        self._decade = re.compile(
            f"(?:(19|20)([0-9])0(?:{decade}|s)|(20|21){century}([0-9])0{decade}|([5-9])0{decade})(?![A-Za-z])"
        )
        plan = section(settings, "plan", file)
        self._plan = re.compile(
            f"{re.escape(str(plan['prefix']))}([{han}]){re.escape(str(plan['suffix']))}(?!{_either(words(plan, 'not_after', file))})"
        )
        self._plan_base, self._plan_step = int(str(plan["base"])), int(str(plan["step"]))
        self._plan_left = words(plan, "before", file)

    def _compile_latin(self, settings: Mapping[str, object], file: str) -> None:
        months = _either(list(self._months))
        self._latin_day_first = re.compile(
            f"([12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)? ({months}),? ((?:19|20)[0-9]{{2}})(?![0-9])"
        )
        self._latin_month = re.compile(
            f"({months})(?![a-z])(?: ([12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![0-9.%]))?(?:,? (?:of )?((?:19|20)[0-9]{{2}})(?![0-9]))?"
        )
        self._latin_month_range = re.compile(
            f"({months})(?: to |[-–—]| through )({months}),? (?:of )?((?:19|20)[0-9]{{2}})(?![0-9])"
        )
        ordinals = _either(list(self._ordinals))
        count, of = _either(list(self._count)), _either(words(settings, "latin_of", file))
        half, quarter = _either(words(settings, "latin_half", file)), _either(words(settings, "latin_quarter", file))
        many = f"{_either(words(settings, 'latin_months_word', file))}|{_either(words(settings, 'latin_quarters_word', file))}"
        fiscal = _either([w.lower() for w in words(self._year, "latin_fiscal", file)])
        self._latin_part = re.compile(
            f"({ordinals})[ -](?:({half})|({quarter})|({count}|[0-9]{{1,2}}) ({many}))(?![a-z])(?! (?:a|an) )"
            f"(?:,? (?:(?:{of}) )?(?:{fiscal})?((?:19|20)[0-9]{{2}})(?![0-9]))?"
        )
        self._fiscal = re.compile(
            f"(?:{_either(words(self._year, 'latin_fiscal', file))})'?((?:19|20)?[0-9]{{2}})(?![0-9A-Za-z%.])"
        )
        self._code_year = re.compile(" ?(?:of |FY ?|CY)?'?((?:19|20)[0-9]{2}|[0-9]{2})(?![0-9A-Za-z%]|\\.[0-9])")
        self._many_quarters = words(settings, "latin_quarters_word", file)

    def _dispatch(self) -> None:
        """Which readers to try at which first character."""
        table: dict[str, list[Callable[[str, str, int], Point | Period | None]]] = {}

        def add(heads: set[str], reader: Callable[[str, str, int], Point | Period | None]) -> None:
            for head in heads:
                table.setdefault(head, []).append(reader)

        digits, han = set("0123456789"), set(self._digits)
        latin_months = {c for word in self._months for c in (word[0], word[0].upper())}
        ordinal_heads = {c for word in self._ordinals for c in (word[0], word[0].upper())}
        add(digits, self._read_digits)
        add(han, self._read_han_year)
        add({self._ten}, self._read_plan)
        add({word[0] for word in (*self._future_words, *self._past_words)}, self._read_span)
        add(digits | han | {self._ten}, self._read_growth)
        add({c for w in (*self._latin_future, *self._latin_past) for c in (w[0], w[0].upper())}, self._read_latin_span)
        add({word[0] for word in self._count}, self._read_growth)
        add(latin_months, self._read_latin_month)
        add(ordinal_heads, self._read_latin_part)
        add(set("FfCcHQ"), self._read_code)
        add(digits | han | {self._ten} | {w[0] for w in self._halves} | self._prefix_heads, self._read_bare)
        self._table = table
        heads = "".join(sorted(set(table) | self._relative_heads))
        self._start = re.compile(f"[{re.escape(heads)}]")

    # -- finding

    def find(self, text: str, issued: str = "", previous: str = "") -> list[Period]:
        """The times of a text, sorted, not overlapping.

        ``issued`` (an ISO date or year) dates 今年 and 未来五年; ``previous`` is the last absolute period named before
        the text, for 同期, 当年 and a bare 上半年. Times inside titles are left out.
        """
        folded = lowered(text)
        titles = [match.span() for match in self._title.finditer(text)]
        found: list[Period] = []
        pos, search = 0, self._start.search
        while match := search(text, pos):
            start = match.start()
            period = self._at(text, folded, start, issued, previous)
            if period is None:
                pos = self._past_run(text, start)
                continue
            pos = period.end
            if not any(begin <= period.start < end for begin, end in titles):
                found.append(period)
                previous = self._anchor(period, folded) or previous
        return found

    def _anchor(self, period: Period, folded: str) -> str:
        """The value that later words count from; 去年同期 and 未来五年 leave it as it was."""
        relative = self._relative.at(period.text, folded[period.start : period.end], 0)
        passing = period.years or (relative is not None and relative[1] != ("issued", 0))
        return "" if passing else period.value

    def _past_run(self, text: str, start: int) -> int:
        """Past the rest of a run of digits or letters, or a whole interval of years: no time begins inside one."""
        pos = start + 1
        if not text[start].isascii():
            return pos
        if (year := self._digit_year.match(text, start)) and (interval := self._interval.match(text, year.end())):
            return interval.end()
        digits = text[start].isdigit()
        while pos < len(text) and text[pos].isascii() and text[pos].isalnum() and (text[pos].isdigit() or not digits):
            pos += 1
        return pos

    def _at(self, text: str, folded: str, start: int, issued: str, previous: str) -> Period | None:
        if text[start].isascii() and not begins_run(text, start):
            return None
        if folded[start : start + 2] in self._relative_pairs and (
            found := self._relative_at(text, folded, start, issued, previous)
        ):
            return found
        for reader in self._table.get(text[start], ()):
            made = reader(text, folded, start)
            if isinstance(made, Period):
                return self._dated_span(made, issued)
            if made is not None:
                return self._period(text, folded, start, made, issued, previous)
        return None

    def _period(self, text: str, folded: str, start: int, point: Point, issued: str, previous: str) -> Period | None:
        if not point.year:
            year = _year_of(previous) or _year_of(issued)
            point = replace(point, year=int(year) if year else 0)
        end, value = point.end, point.value
        if point.year and not point.until and not point.last and (second := self._second(text, folded, start, point)):
            end, value = second.end, f"{value}/{second.value}"
            if self._in_title(text, start, end):
                return None
        ahead = self._looks_ahead(text, start) and (
            not issued or (value[-4:] >= "" and _last_year(value) >= _year_of(issued))
        )
        return Period(start, end, text[start:end], value, ahead)

    def _in_title(self, text: str, start: int, end: int) -> bool:
        """Whether a bare year or interval belongs to a title or an edition (2020-2021中国…报告)."""
        if text.startswith(self._edition, end):
            return not text.startswith(self._bare_before, end)
        bare = text[end - 1].isdigit() and text[start].isdigit()
        return bare and (bool(self._title_after.match(text, end)) or text.endswith(self._title_before, 0, start))

    def _second(self, text: str, folded: str, start: int, first: Point) -> Point | None:
        """The end of an interval whose beginning was read."""
        place = _SPACE.match(text, first.end).end()  # type: ignore[union-attr]
        separator = self._separators.at(text, folded, place)
        if separator is None and text[max(0, start - 12) : start].rstrip().endswith(self._between):
            separator = self._between_separators.at(text, folded, place)
        if separator is None:
            return None
        place = _SPACE.match(text, place + len(separator[0])).end()  # type: ignore[union-attr]
        second: Point | None = None
        if text[place : place + 1].isdigit() or text[place : place + 1] in self._digits:
            second = self._year_point(text, place) or self._read_han_year(text, folded, place)
        if second is None and first.part and (part := self._part(text, place)):
            second = replace(part, year=first.year)
        if second is None and (part := self._read_latin_month(text, folded, place)) and part.year:
            second = part
        if second is None or second.until or second.value <= first.value:
            return None
        return second

    def _looks_ahead(self, text: str, start: int) -> bool:
        edge = len(text[max(0, start - 2) : start].rstrip()) + max(0, start - 2)
        return edge > 0 and self._ahead.before(text, edge) is not None and not text.endswith(self._not_ahead, 0, edge)

    # -- readers: years and parts of them

    def _read_digits(self, text: str, folded: str, start: int) -> Point | None:
        if match := self._latin_day_first.match(folded, start):
            month, day = self._months[match[2]], int(match[1])
            return Point(match.end(), int(match[3]), f"{month:02}-{day:02}")
        if match := self._decade.match(text, start):
            century = match[1] or (str(int(match[3]) - 1) if match[3] else "19")
            first = int(f"{century}{match[2] or match[4] or match[5]}0")
            return Point(match.end(), first, until=first + 9)
        if (match := self._code_digit.match(text, start)) and (year := self._code_year.match(text, match.end())):
            part = f"H{match[1]}" if match[1] else f"Q{match[3]}"
            return Point(year.end(), _full_year(year[1]), part)
        if (match := self._short_code.match(text, start)) and (part := self._part(text, match.end())):  # type: ignore[assignment]
            return replace(part, year=_full_year(match[1]))
        return self._year_point(text, start)

    def _year_point(self, text: str, start: int) -> Point | None:
        match = self._digit_year.match(text, start)
        if match is None:
            return None
        if iso := self._iso.match(text, start):
            return Point(iso.end(), int(iso[1]), f"{int(iso[3]):02}-{int(iso[4]):02}")
        if month := self._iso_month.match(text, start):
            return Point(month.end(), int(month[1]), month[2])
        year, end = int(match[1]), match.end()
        tail = self._tail.match(text, end)
        short = self._short_range.match(text, start)
        if short and year < (last := year // 100 * 100 + int(short[2])) < year + 60:
            closing = self._tail.match(text, short.end())
            return Point(closing.end() if closing else short.end(), year, until=last)
        part = self._part(text, tail.end() if tail else end)
        if part is not None:
            return replace(part, year=year)
        if tail is not None:
            return (
                None
                if text.startswith(self._not_year(), tail.end()) and tail[0].strip() == self._year_word
                else Point(tail.end(), year)
            )
        return Point(end, year) if self._bare_year(text, start, end, year) else None

    def _not_year(self) -> tuple[str, ...]:
        listed = self._year.get("not_after", ())
        return tuple(str(word) for word in listed)[:3] if isinstance(listed, list) else ()

    def _bare_year(self, text: str, start: int, end: int, year: int) -> bool:
        """Whether four digits without the word for year are one."""
        if not self._earliest <= year <= self._latest or text.startswith(self._figure_before, end):
            return False
        before, after = text[start - 1 : start], text[end : end + 1]
        if before in tuple(".$¥€£_#@") or (before == "," and text[start - 2 : start - 1].isdigit()):
            return False
        if is_latin(after or " ") or (after in (".", ",") and text[end + 1 : end + 2].isdigit()):
            return False
        if after == " " and text.startswith(self._figure_before, end + 1):
            return False
        if interval := self._interval.match(text, end):
            return before not in ("-", "/") and not self._in_title(text, start, interval.end())
        if self._in_title(text, start, end):
            return False
        if text.startswith(self._edition, end):
            return True
        if text[max(0, start - 3) : start].endswith(self._bare_after) or self._interval_behind(text, start):
            return True
        return self._latin_year(text, start, end)

    def _latin_year(self, text: str, start: int, end: int) -> bool:
        if text[start - 1 : start] in ("-", "/") or (start and is_han(text[start - 1])):
            return bool(self._prepositions.before(text, start))
        edge = start - 1 if text[start - 1 : start] == " " else start
        if edge and self._prepositions.before(text, edge):
            return True
        following = text[end : end + 4].lstrip(" ")[:1]
        if following and is_han(following):
            return False
        window = text[max(0, start - 24) : start]
        if _CAPITAL.search(window):
            return False
        if _LOWER_WORD.search(window):
            return True
        return window.rstrip()[-1:] in ("", "(", "（", ",", "，", ":", "：", "|") and len(text) > 4

    def _interval_behind(self, text: str, start: int) -> bool:
        window = text[max(0, start - 12) : start].rstrip()
        for size in (1, 2):
            head = window[:-size].rstrip()
            if (
                head[-4:].isdigit()
                and head[-5:-4].isdigit() is False
                and window[-size:] in ("-", "–", "—", "~", "～", "to", *self._han_separators)
            ):
                return True
            if head.endswith(self._year_word) and window[-size:] in self._han_separators:
                return True
        return False

    def _part(self, text: str, pos: int) -> Point | None:
        """A half, quarter, month or day at ``pos``, without its year."""
        place = _SPACE.match(text, pos).end()  # type: ignore[union-attr]
        if match := self._code.match(text, pos):
            return Point(match.end(), 0, *_coded(match))
        if not self._hint.match(text, place):
            return None
        if match := self._half.match(text, place):
            return Point(match.end(), 0, f"H{self._halves[match[1]]}")
        if match := self._quarters.match(text, place):
            return Point(match.end(), 0, "Q1", f"Q{self._small(match[1])}")
        if match := self._quarter_range.match(text, place):
            return Point(match.end(), 0, f"Q{self._small(match[1])}", f"Q{self._small(match[2])}")
        if (match := self._quarter.match(text, place)) and 1 <= self._small(match[1]) <= 4:
            return Point(match.end(), 0, f"Q{self._small(match[1])}")
        return self._month_part(text, place)

    def _month_part(self, text: str, place: int) -> Point | None:
        if match := self._first_months.match(text, place):
            return Point(match.end(), 0, "01", f"{self._small(match[1]):02}")
        if (match := self._month_range.match(text, place)) and self._small(match[1]) < self._small(match[2]) <= 12:
            return Point(match.end(), 0, f"{self._small(match[1]):02}", f"{self._small(match[2]):02}")
        match = self._month.match(text, place)
        if match is None or not 1 <= self._small(match[1]) <= 12 or text.startswith(self._month_banned, match.end()):
            return None
        month = f"{self._small(match[1]):02}"
        return Point(match.end(), 0, f"{month}-{self._small(match[2]):02}" if match[2] else month)

    def _small(self, word: str) -> int:
        """A number below a hundred, in digits or Han."""
        if word.isdigit() and word.isascii():
            return int(word)
        tens, mark, ones = word.rpartition(self._ten)
        if not mark:
            return self._digits.get(word, 0)
        return (self._digits.get(tens, 0) if tens else 1) * 10 + (self._digits.get(ones, 0) if ones else 0)

    def _read_han_year(self, text: str, folded: str, start: int) -> Point | None:
        match = self._han_year.match(text, start)
        if match is None or (start and text[start - 1] in self._digits):
            return None
        year = int("".join(str(self._digits[char]) for char in match[1]))
        if not 1900 <= year <= 2099:
            return None
        part = self._part(text, match.end())
        return replace(part, year=year) if part else Point(match.end(), year)

    def _read_plan(self, text: str, folded: str, start: int) -> Point | None:
        match = self._plan.match(text, start)
        if match is None or (start and text[start - 1] in self._digits):
            return None
        quoted = text[max(0, start - 1) : start] in self._plan_left
        if not quoted and is_han(text[match.end() : match.end() + 1] or " ") and text[match.end()] in self._digits:
            return None
        first = self._plan_base + self._plan_step * (10 + self._digits[match[1]])
        return Point(match.end(), first, until=first + self._plan_step - 1)

    def _read_bare(self, text: str, folded: str, start: int) -> Point | None:
        """上半年, 第三季度, 3月 without a year."""
        before = text[start - 1 : start]
        if before and (before in self._digits or before == self._ten or before in ".,-/" or before.isdigit()):
            return None
        part = self._part(text, start)
        if part is None or text.startswith(self._not_before_month, max(0, start - 1)):
            return None
        return part

    def _read_code(self, text: str, folded: str, start: int) -> Point | None:
        if fiscal := self._fiscal.match(text, start):
            inner = self._part(text, fiscal.end())
            return replace(inner, year=_full_year(fiscal[1])) if inner else Point(fiscal.end(), _full_year(fiscal[1]))
        match = self._code_first.match(text, start)
        if match is None:
            return None
        part, last = _coded(match)
        end = match.end()
        year = self._code_year.match(text, end)
        if year and (len(year[1]) == 4 or text[end : end + 1] in "'F" or text.startswith(" FY", end)):
            return Point(year.end(), _full_year(year[1]), part, last)
        return Point(end, 0, part, last)

    def _read_latin_month(self, text: str, folded: str, start: int) -> Point | None:
        if not ("A" <= text[start : start + 1] <= "Z"):
            return None
        if match := self._latin_month_range.match(folded, start):
            return Point(match.end(), int(match[3]), f"{self._months[match[1]]:02}", f"{self._months[match[2]]:02}")
        match = self._latin_month.match(folded, start)
        if match is None:
            return None
        month = f"{self._months[match[1]]:02}"
        if not match[2] and not match[3]:
            edge = start - 1 if text[start - 1 : start] == " " else start
            cued = edge > 0 and self._month_cue.before(text, edge) is not None
            return Point(match.end(), 0, month) if cued and len(match[1]) > 3 else None
        return Point(match.end(), int(match[3] or 0), f"{month}-{int(match[2]):02}" if match[2] else month)

    def _read_latin_part(self, text: str, folded: str, start: int) -> Point | None:
        match = self._latin_part.match(folded, start)
        if match is None:
            return None
        number, year = self._ordinals[match[1]], int(match[6] or 0)
        if match[2]:
            return Point(match.end(), year, f"H{min(number, 2)}") if number <= 2 or match[1] == "final" else None
        if match[3]:
            return Point(match.end(), year, f"Q{number}")
        count = self._count.get(match[4]) or int(match[4] if match[4].isdigit() else 0)
        if number != 1 or not count:
            return None
        quarters = match[5] in self._many_quarters
        return Point(match.end(), year, "Q1" if quarters else "01", f"Q{count}" if quarters else f"{count:02}")

    # -- readers: spans and relative years

    def _read_span(self, text: str, folded: str, start: int) -> Period | None:
        match = self._span.match(text, start)
        if match is None:
            return None
        ahead = match[1] in self._future_words
        if not ahead and text.endswith(self._past_left, 0, start):
            return None
        years = self._small(match[2])
        return Period(start, match.end(), match[0], "", ahead, years)

    def _read_latin_span(self, text: str, folded: str, start: int) -> Period | None:
        match = self._latin_span.match(folded, start)
        if match is None:
            return None
        years = self._count.get(match[2]) or int(match[2])
        return Period(start, match.end(), text[start : match.end()], "", match[1] in self._latin_future, years)

    def _read_growth(self, text: str, folded: str, start: int) -> Period | None:
        match = self._growth.match(text, start) or self._latin_growth.match(folded, start)
        if match is None or (start and (text[start - 1] in ".-" or text[start - 1] in self._prefix_heads)):
            return None
        years = self._count.get(match[1]) or self._small(match[1])
        return Period(start, match.end(), text[start : match.end()], "", False, years)

    @staticmethod
    def _dated_span(period: Period, issued: str) -> Period:
        """未来五年 from the document's date; the growth rate's 五年 stays without ends."""
        here = int(_year_of(issued) or 0)
        if not here or not period.years or not (period.ahead or is_span(period)):
            return period
        first, last = (here, here + period.years) if period.ahead else (here - period.years, here)
        return replace(period, value=f"{first}/{last}")

    def _relative_at(self, text: str, folded: str, start: int, issued: str, previous: str) -> Period | None:
        found = self._relative.at(text, folded, start)
        if found is None:
            return None
        word, (anchor, shift) = found
        end = start + len(word)
        if text.startswith(self._relative_banned.get(word, ()), end) or text.endswith(
            self._relative_left.get(word, ()), 0, start
        ):
            return None
        from_issue = bool(issued) and shift and anchor == "previous" and any(cue in text for cue in self._issued_cues)
        base = issued if anchor == "issued" or from_issue else previous or issued
        if anchor == "same":
            return Period(start, end, text[start:end], _shifted(base, shift))
        year = int(_year_of(base) or 0)
        part = self._part(text, end)
        if part is not None:
            point = replace(part, year=year + shift if year else 0)
            return Period(start, point.end, text[start : point.end], point.value, self._looks_ahead(text, start))
        closing = self._closing(text, end)
        value = str(year + shift) if year else ""
        return Period(start, closing, text[start:closing], value, shift > 0 and anchor == "issued")

    def _closing(self, text: str, end: int) -> int:
        """Past 底, 末, 初 after 今年."""
        tails = self._year.get("tail", ())
        listed = [str(word) for word in tails] if isinstance(tails, list) else []
        return next(
            (
                end + len(w)
                for w in sorted(listed, key=len, reverse=True)
                if text.startswith(w, end)
                and len(w) < 3
                and w[0] != self._year_word
                and not text.startswith(self._tail_cut, end + len(w))
            ),
            end,
        )


def begins_run(text: str, start: int) -> bool:
    """Whether a digit or Latin letter at ``start`` begins its run of digits or letters."""
    if start == 0:
        return True
    before = text[start - 1]
    if text[start].isdigit():
        return not (
            before.isascii() and (before.isalnum() or (before in "._" and text[start - 2 : start - 1].isalnum()))
        )
    return begins(text, start)


def is_span(period: Period) -> bool:
    """Whether a period of years was said to lie behind (过去三年), not merely counted (五年复合增长率)."""
    first = period.text[0]
    return not (first.isdigit() or period.text.endswith("-year") or len(period.text) <= 2)


def _coded(match: re.Match[str]) -> tuple[str, str]:
    if match[1]:
        return f"H{match[2]}", ""
    return f"Q{match[4]}", f"Q{match[5]}" if match[5] and match[5] > match[4] else ""


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _year_of(period: str) -> str:
    """The last year of a period's value or of an ISO date; empty if it has none."""
    return _last_year(period) if period else ""


def _last_year(value: str) -> str:
    year = value.rpartition("/")[2][:4]
    return year if len(year) == 4 and year.isdigit() else ""


def _shifted(value: str, years: int) -> str:
    """The same part of the year, ``years`` later."""
    moved = [f"{int(side[:4]) + years}{side[4:]}" for side in value.split("/") if side[:4].isdigit() and len(side) >= 4]
    return "/".join(moved)
