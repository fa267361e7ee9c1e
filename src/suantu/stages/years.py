"""Years and the points of time that hang on them: 2020年9月, 1H24, 十四五, ``October 26, 2021``; and bare years."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from suantu.expressions import compiled
from suantu.stages.numerals import Lexicon, either, is_han, is_latin, numbers, section, tailed, words
from suantu.stages.parts import Parts, Point, coded, full_year

_CAPITAL = compiled(r"[A-Za-z0-9.+-]*[A-Z][A-Za-z0-9.+-]* $")
_LOWER_WORD = compiled(r"[a-z]+,? $")

_YEAR_AFTER = compiled(r"[ |\t]{1,8}(?:19|20)[0-9]{2}(?![0-9.,A-Za-z])")
_YEAR_BEFORE = compiled(r"(?<![0-9A-Za-z])(?:19|20)[0-9]{2}[ |\t]{1,8}$")

Reader = Callable[[str, str, int], Point | None]


class Years:
    """Reads points of time; built from the settings of ``periods.yaml``."""

    def __init__(self, settings: Mapping[str, object], file: str, parts: Parts) -> None:
        self._parts = parts
        self._year = section(settings, "year", file)
        self._count = {word: int(value) for word, value in numbers(settings, "latin_digits", file).items()}
        self._months = {word: int(value) for word, value in numbers(settings, "latin_months", file).items()}
        self._ordinals = {word: int(value) for word, value in numbers(settings, "latin_ordinals", file).items()}
        self._han_separators = [word for word in parts.separators if is_han(word[0])]
        self._month_cue = Lexicon((word, True) for word in words(settings, "latin_month_cue", file))
        self._not_before_month = words(settings, "not_before_month", file)
        self._load_bare(self._year, file)
        self._compile_years(settings, file)
        self._compile_latin(settings, file)

    def _load_bare(self, year: Mapping[str, object], file: str) -> None:
        self._year_word = str(year["word"])
        self._not_year, self._after_all = words(year, "not_after", file), words(year, "after_all", file)
        self._figure_before = words(year, "figure_before", file)
        self._bare_after = words(year, "bare_after", file)
        self._bare_before = words(year, "bare_before", file)
        self._edition = words(year, "edition", file)
        self._prepositions = Lexicon((word, True) for word in words(year, "prepositions", file))
        self._earliest, self._latest = int(str(year["earliest"])), int(str(year["latest"]))
        self._title_after = compiled(str(year["title_after"]))
        self._title_before = words(year, "title_before", file)

    def readers(self) -> list[tuple[set[str], Reader]]:
        """Which reader to try at which first character."""
        digits, han = set("0123456789"), set(self._parts.digits)
        return [
            (digits, self._read_digits),
            (han, self._read_han_year),
            ({self._parts.ten}, self._read_plan),
            ({c for word in self._months for c in (word[0], word[0].upper())}, self._read_latin_month),
            ({c for word in self._ordinals for c in (word[0], word[0].upper())}, self._read_latin_part),
            (set("FfCcHQ"), self._read_code),
        ]

    def run_end(self, text: str, start: int) -> int:
        """The end of the interval of years at ``start``, or ``start``."""
        year = self._digit_year.match(text, start)
        interval = self._interval.match(text, year.end()) if year else None
        return interval.end() if interval else start

    def at(self, text: str, folded: str, start: int) -> Point | None:
        """A point of time with its year, as the end of an interval is written."""
        first = text[start : start + 1]
        point = None
        if first.isdigit() or first in self._parts.digits:
            point = self._year_point(text, start) or self._read_han_year(text, folded, start)
        return point or self._read_latin_month(text, folded, start)

    def _compile_years(self, settings: Mapping[str, object], file: str) -> None:
        word, han = re.escape(self._year_word), "".join(self._parts.digits)
        year = "(?:19[0-9]{2}|20[0-9]{2})"
        tails = tailed(words(self._year, "tail", file), section(self._year, "tail_not_before", file))
        fiscal = either(words(self._year, "fiscal", file))
        self._digit_year = compiled(f"({year})(?![0-9])")
        joined = either(words(self._year, "tail_joined", file))
        self._tail = compiled(f" ?(?:{fiscal}|{word}(?:(?:{joined})?(?:{tails}))?)")
        self._iso = compiled(f"({year})([-/.])(0?[1-9]|1[0-2])(?:\\2(0?[1-9]|[12][0-9]|3[01]))(?![0-9])")
        self._iso_month = compiled(f"({year})-(0[1-9]|1[0-2])(?![0-9])(?!{word})")
        self._short_range = compiled(f"({year})[-–—/]([0-9]{{2}})(?![0-9.%])")
        self._short_code = compiled("([0-9]{2})(?=[HQ][1-4](?![0-9A-Za-z]))")
        seps = either([*self._parts.separators, "to", "and", "through"])
        self._interval = compiled(f" ?(?:{seps}) ?{year}(?![0-9])")
        self._han_year = compiled(f"([{han}]{{4}})(?:{word}|(?=(?:{seps})[{han}]{{4}}{word}))")
        decade = either([w for w in words(settings, "decade", file) if not w.isascii()])
        century = either(words(settings, "century", file))
        self._decade = compiled(
            f"(?:(19|20)([0-9])0(?:{decade}|s)|(20|21){century}([0-9])0{decade}|([5-9])0{decade})(?![A-Za-z])"
        )
        self._compile_plan(section(settings, "plan", file), han, file)

    def _compile_plan(self, plan: Mapping[str, object], han: str, file: str) -> None:
        self._plan = compiled(
            f"{re.escape(str(plan['prefix']))}([{han}]){re.escape(str(plan['suffix']))}(?!{either(words(plan, 'not_after', file))})"
        )
        self._plan_base, self._plan_step = int(str(plan["base"])), int(str(plan["step"]))
        self._plan_left = words(plan, "before", file)
        self._plan_end = compiled(f'[”"’]?(?:{either(words(plan, "end", file))})') if "end" in plan else None

    def _compile_latin(self, settings: Mapping[str, object], file: str) -> None:
        months = either(list(self._months))
        self._latin_day_first = compiled(
            f"([12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)? ({months}),? ((?:19|20)[0-9]{{2}})(?![0-9])"
        )
        self._latin_month = compiled(
            f"({months})(?![a-z])(?: ([12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?(?![0-9.%]))?(?:,? (?:of )?((?:19|20)[0-9]{{2}})(?![0-9]))?"
        )
        self._latin_month_range = compiled(
            f"({months})(?: to |[-–—]| through )({months}),? (?:of )?((?:19|20)[0-9]{{2}})(?![0-9])"
        )
        ordinals = either(list(self._ordinals))
        count, of = either(list(self._count)), either(words(settings, "latin_of", file))
        half, quarter = either(words(settings, "latin_half", file)), either(words(settings, "latin_quarter", file))
        many = f"{either(words(settings, 'latin_months_word', file))}|{either(words(settings, 'latin_quarters_word', file))}"
        fiscal = either([w.lower() for w in words(self._year, "latin_fiscal", file)])
        self._latin_part = compiled(
            f"({ordinals})[ -](?:({half})|({quarter})|({count}|[0-9]{{1,2}}) ({many}))(?![a-z])(?! (?:a|an) )"
            f"(?:,? (?:(?:{of}) )?(?:{fiscal})?((?:19|20)[0-9]{{2}})(?![0-9]))?"
        )
        self._fiscal = compiled(
            f"(?:{either(words(self._year, 'latin_fiscal', file))})'?((?:19|20)?[0-9]{{2}})(?![0-9A-Za-z%.])"
        )
        self._code_year = compiled(" ?(?:of |FY ?|CY)?'?((?:19|20)[0-9]{2}|[0-9]{2})(?![0-9A-Za-z%]|\\.[0-9])")
        self._many_quarters = words(settings, "latin_quarters_word", file)

    # -- points

    def _read_digits(self, text: str, folded: str, start: int) -> Point | None:
        if match := self._latin_day_first.match(folded, start):
            month, day = self._months[match[2]], int(match[1])
            return Point(match.end(), int(match[3]), f"{month:02}-{day:02}")
        if match := self._decade.match(text, start):
            century = match[1] or (str(int(match[3]) - 1) if match[3] else "19")
            first = int(f"{century}{match[2] or match[4] or match[5]}0")
            return Point(match.end(), first, until=first + 9)
        if (match := self._parts.code_digit.match(text, start)) and (year := self._code_year.match(text, match.end())):
            part = f"H{match[1]}" if match[1] else f"Q{match[3]}"
            return Point(year.end(), full_year(year[1]), part)
        if (match := self._short_code.match(text, start)) and (part := self._parts.part(text, match.end())):  # type: ignore[assignment]
            return replace(part, year=full_year(match[1]))
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
        part = self._parts.part(text, tail.end() if tail else end)
        if part is not None:
            return replace(part, year=year)
        if tail is not None:
            banned = text.startswith(self._not_year, tail.end()) and not text.startswith(self._after_all, tail.end())
            return None if banned and tail[0].strip() == self._year_word else Point(tail.end(), year)
        return Point(end, year) if self._bare_year(text, start, end, year) else None

    def _read_han_year(self, text: str, folded: str, start: int) -> Point | None:
        match = self._han_year.match(text, start)
        if match is None or (start and text[start - 1] in self._parts.digits):
            return None
        year = int("".join(str(self._parts.digits[char]) for char in match[1]))
        if not 1900 <= year <= 2099:
            return None
        part = self._parts.part(text, match.end())
        return replace(part, year=year) if part else Point(match.end(), year)

    def _read_plan(self, text: str, folded: str, start: int) -> Point | None:
        match = self._plan.match(text, start)
        if match is None or (start and text[start - 1] in self._parts.digits):
            return None
        quoted = text[max(0, start - 1) : start] in self._plan_left
        if (
            not quoted
            and is_han(text[match.end() : match.end() + 1] or " ")
            and text[match.end()] in self._parts.digits
        ):
            return None
        first = self._plan_base + self._plan_step * (10 + self._parts.digits[match[1]])
        if self._plan_end and (closed := self._plan_end.match(text, match.end())):
            return Point(closed.end(), first + self._plan_step - 1)
        return Point(match.end(), first, until=first + self._plan_step - 1)

    def bare_part(self, text: str, folded: str, start: int) -> Point | None:
        """上半年, 第三季度, 3月 without a year."""
        before = text[start - 1 : start]
        if before and (
            before in self._parts.digits or before == self._parts.ten or before in ".,-/" or before.isdigit()
        ):
            return None
        part = self._parts.part(text, start)
        if part is None or (start and text.startswith(self._not_before_month, start - 1)):
            return None
        return part

    def _read_code(self, text: str, folded: str, start: int) -> Point | None:
        if fiscal := self._fiscal.match(text, start):
            inner = self._parts.part(text, fiscal.end())
            return replace(inner, year=full_year(fiscal[1])) if inner else Point(fiscal.end(), full_year(fiscal[1]))
        match = self._parts.code_first.match(text, start)
        if match is None:
            return None
        part, last = coded(match)
        end = match.end()
        year = self._code_year.match(text, end)
        if year and (len(year[1]) == 4 or text[end : end + 1] in "'F" or text.startswith(" FY", end)):
            return Point(year.end(), full_year(year[1]), part, last)
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

    # -- bare years

    def in_title(self, text: str, start: int, end: int) -> bool:
        """Whether a bare year or interval belongs to a title or an edition (2020-2021中国…报告)."""
        if text.startswith(self._edition, end):
            return not text.startswith(self._bare_before, end)
        bare = text[end - 1].isdigit() and text[start].isdigit()
        return bare and (bool(self._title_after.match(text, end)) or text.endswith(self._title_before, 0, start))

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
            return before not in ("-", "/") and not self.in_title(text, start, interval.end())
        if self.in_title(text, start, end):
            return False
        if text.startswith(self._edition, end) or _in_row(text, start, end):
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
                and window[-size:] in ("-", "–", "—", "~", "～", "/", "to", *self._han_separators)
            ):
                return True
            if head.endswith(self._year_word) and window[-size:] in self._han_separators:
                return True
        return False


def _in_row(text: str, start: int, end: int) -> bool:
    """Whether years stand side by side, or one stands alone, as in a table's head."""
    if text.strip() == text[start:end]:
        return True
    return bool(_YEAR_AFTER.match(text, end) or _YEAR_BEFORE.search(text, max(0, start - 12), start))
