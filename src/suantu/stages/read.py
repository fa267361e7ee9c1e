"""From a file to a ``Document``: its text, whole and untouched, and what it says of itself."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from suantu.errors import InputError
from suantu.expressions import compiled
from suantu.records import Document
from suantu.stages.fold import fold
from suantu.stages.layout import Layout, Pattern
from suantu.stages.readers import LARGEST_FILE, READERS, Extracted, reader_for

_HAN = compiled("[\u3400-\u9fff]")
_LATIN = compiled("[A-Za-z]")
_HAN_SHARE = 0.2
_SAMPLE = 20_000  # characters in which the language and the captions are looked for
_YEAR = compiled(r"(?:19|20)\d\d")
_FINAL_YEARS = compiled(r"(?:19|20)\d\d(?:\s*[-–—/]\s*(?:19|20)\d\d)?$")
_TITLE_WIDTH = 60  # characters
_TITLE_COLUMNS = 120
_PARAGRAPH_LINES = 3  # this many lines of one width are a paragraph, not a title
_RAGGED = 10  # columns by which the lines of a paragraph differ
_PARAGRAPH = 400
_LONGEST_NOTE = 200
# what a large document says of itself is looked for where it begins and where it ends
_OPENING, _CLOSING = 400_000, 100_000
_PIECE = 1 << 20  # characters that are encoded at once
_LOOKED_AT = _OPENING + _CLOSING


def read(path: Path, layout: Layout) -> Document:
    """Read one file. InputError says in one line what is wrong with it and what to do."""
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    reader = reader_for(path.suffix, name) if path.is_file() else None
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a directory: give its files, or build the directory")
        if reader is None:
            raise InputError(f"{path}: there is no such file")
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{name}: is larger than {LARGEST_FILE} bytes: split it")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if not data or data.isspace():
        raise InputError(f"{name}: is empty: give a file with text")
    extracted = reader(data, name)
    if not extracted.text or extracted.text.isspace():
        raise InputError(f"{name}: is empty: give a file with text")
    return _document(extracted, name, layout)


def document_from_text(text: str, layout: Layout, name: str = "", pages: tuple[int, ...] = ()) -> Document:
    """A ``Document`` of a text that is already at hand, and of the offsets of its pages."""
    return _document(Extracted(text, pages), name, layout)


def find_sources(paths: Iterable[Path]) -> list[Path]:
    """The files to read: ``paths`` themselves, and for directories the readable files below them, sorted.

    README files, hand-made facts and hidden files of a directory are passed over; a directory without readable files
    and a path that does not exist are InputErrors.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or directory")
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.rglob("*") if _is_source(file, path))
        if not inside:
            known = " ".join(sorted(READERS))
            raise InputError(f"{path}: holds no file that can be read ({known})")
        found.extend(inside)
    return list(dict.fromkeys(found))


def _is_source(file: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    readme = file.name.upper().startswith("README")
    return file.suffix.lower() in READERS and not hidden and not readme and file.is_file()


def _document(extracted: Extracted, name: str, layout: Layout) -> Document:
    text = extracted.text
    folded = fold(text if len(text) <= _LOOKED_AT else f"{text[:_OPENING]}\n{text[-_CLOSING:]}")
    lines = [line for raw in folded.splitlines() if (line := raw.strip())]
    title = _title(lines, _below_header(lines, folded), layout)
    # where figures and tables name their sources
    notes = "\n".join(line for line in lines if len(line) <= _LONGEST_NOTE and (":" in line or "：" in line))
    return Document(
        text=text,
        sha256=_sha256(text),
        name=name,
        title=title,
        issued=_issued(lines, notes, title, layout),
        publisher=_publisher(lines, notes, layout),
        language=_language(folded),
        pages=extracted.pages,
        unread=extracted.unread,
    )


def _sha256(text: str) -> str:
    digest = hashlib.sha256()
    for start in range(0, len(text), _PIECE):
        digest.update(text[start : start + _PIECE].encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _language(text: str) -> str:
    sample = text[:_SAMPLE]
    han, latin = len(_HAN.findall(sample)), len(_LATIN.findall(sample))
    return "zh" if not latin or han >= _HAN_SHARE * (han + latin) else "en"


def _below_header(lines: Sequence[str], text: str) -> Sequence[str]:
    """The lines without the running header and page number that stand over the first page as over others."""
    tops = Counter(top for page in text.split("\f") if (top := page.strip().partition("\n")[0].strip()))
    start = 0
    while start < len(lines) and (tops[lines[start]] > 1 or (start and lines[start].isdecimal())):
        start += 1
    return lines[start:] or lines


def _title(lines: Sequence[str], body: Sequence[str], layout: Layout) -> str:
    rules = layout.about
    ends = layout.sentence_end + layout.running_on + layout.clause_end
    for line in lines[: rules.lines]:
        if match := rules.heading.match(line) or rules.front_matter.match(line):
            return match.group(1).strip()
    if header := _running_header(lines, layout):
        return header
    first = body[0] if body else ""
    if first and first[-1] not in ends and len(first) <= _PARAGRAPH and _stands_alone(body, layout):
        return _with_edition(first, body, layout)
    quoted = rules.quoted.search(first[:_PARAGRAPH])
    return quoted.group(1) if quoted else ""


def _stands_alone(lines: Sequence[str], layout: Layout) -> bool:
    """Whether the first line is a title, and not the first of a paragraph cut into lines of one width."""
    width = _columns(lines[0])
    listed = any(rule.pattern.match(lines[0]) for rule in (*layout.items, *layout.captions) if not rule.loose)
    if width > _TITLE_COLUMNS or len(lines) < 2 or listed:
        return False
    after = lines[1:_PARAGRAPH_LINES]
    return width < layout.widths.prose or any(abs(_columns(line) - width) > _RAGGED for line in after)


def _columns(text: str) -> int:
    return len(text.encode("gbk", "replace"))


def _running_header(lines: Sequence[str], layout: Layout) -> str:
    """The line that stands over the pages of a report, with the edition that stands beside it."""
    counts = Counter(line for line in lines if len(line) <= _TITLE_WIDTH and layout.about.report.search(line))
    if not counts:
        return ""
    header, times = counts.most_common(1)[0]
    return _with_edition(header, lines, layout) if times >= layout.furniture.repeats else ""


def _with_edition(title: str, lines: Sequence[str], layout: Layout) -> str:
    """``title`` with the edition in front: the years that stand alone in the line after it."""
    rules = layout.about
    if match := rules.leading_edition.match(title):
        return match.group().replace(" ", "") + title[match.end() :].strip() if _HAN.search(title) else title
    after = (following for line, following in pairwise(lines) if line == title)
    editions = Counter(match.group(1) for line in after if (match := rules.edition.match(line)))
    if not editions or not rules.report.search(title):
        return title
    edition = editions.most_common(1)[0][0].replace(" ", "")
    return f"{edition}{title}" if _HAN.search(title) else f"{title} {edition}"


def _issued(lines: Sequence[str], notes: str, title: str, layout: Layout) -> str:
    rules = layout.about
    ends = (*lines[: rules.lines], *lines[-rules.lines :])
    for pattern in rules.dates:
        for line in ends:
            if (match := pattern.search(line[:_PARAGRAPH])) and (date := _date(match, rules.months)):
                return date
    years: Counter[str] = Counter(rules.caption_year.findall(notes))
    if years:
        best = max(years.values())
        return max((str(year) for year, times in years.items() if times == best), default="")
    edition = rules.leading_edition.match(title) or _FINAL_YEARS.search(title)
    years_of = sorted(_YEAR.findall(edition.group())) if edition else []
    wide = bool(years_of) and int(years_of[-1]) - int(years_of[0]) > 1  # what is foreseen, not an edition
    return years_of[0 if wide else -1] if years_of else ""


def _date(match: re.Match[str], months: Sequence[str]) -> str:
    """An ISO date, as exact as the match is; empty where there is no such day."""
    groups: dict[str, str] = match.groupdict(default="")
    year, month, day = groups["year"], groups.get("month", ""), groups.get("day", "")
    if named := groups.get("name"):
        if named[:3].lower() not in months:
            return ""
        month = str(months.index(named[:3].lower()) + 1)
    if not month:
        return year
    if not 1 <= int(month) <= 12:
        return ""
    if not day:
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}" if 1 <= int(day) <= 31 else ""


def _publisher(lines: Sequence[str], notes: str, layout: Layout) -> str:
    rules: Sequence[Pattern] = layout.about.publishers
    ends = (*lines[: layout.about.lines], *lines[-layout.about.lines :])
    for pattern in rules:
        for line in ends:
            if match := pattern.search(line[:_PARAGRAPH]):
                return match.group(1).strip()
    sources = Counter(name.strip() for name in rules[-1].findall(notes)) if rules else Counter()
    return sources.most_common(1)[0][0] if sources else ""
