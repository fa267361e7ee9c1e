"""PDF through pypdfium2 (an extra: ``suantu[pdf]``); the offset of each page is kept."""

from __future__ import annotations

from collections.abc import Sequence

from suantu.errors import InputError
from suantu.stages.readers import LARGEST_TEXT, Extracted, missing

_MOST_PAGES = 5000
_IMAGE = 3  # PDFium's number for objects that are pictures


def check(name: str) -> None:
    """InputError where the library is missing."""
    try:
        import pypdfium2  # type: ignore[import-untyped,unused-ignore]  # noqa: F401
    except ImportError:
        missing(name, ".pdf", "pypdfium2", "pdf")


def read_pdf(data: bytes, name: str) -> Extracted:
    """The text of a PDF's pages, a form feed between two of them."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) > _MOST_PAGES:
            raise InputError(f"{name}: has {len(document)} pages, more than {_MOST_PAGES}: split it")
        return _pages(document, name)
    except pypdfium2.PdfiumError as error:
        raise InputError(f"{name}: is no readable PDF ({error}): repair or decrypt it") from None


def _pages(document: object, name: str) -> Extracted:
    parts: list[str] = []
    starts: list[int] = []
    pictures: list[int] = []
    length = 0
    for page in document:  # type: ignore[attr-defined]
        text_page = page.get_textpage()
        # PDFium marks a hyphen at a line's end with U+FFFE or U+0002
        text = text_page.get_text_range().replace("\r\n", "\n").replace("\ufffe", "-").replace("\x02", "-")
        text_page.close()
        if not text.strip() and next(page.get_objects([_IMAGE], max_depth=3), None) is not None:
            pictures.append(len(starts) + 1)
        page.close()
        starts.append(length)
        parts.append(f"{text}\n\f")
        length += len(parts[-1])
        if length > LARGEST_TEXT:
            raise InputError(f"{name}: holds more than {LARGEST_TEXT} characters: split it")
    text = "".join(parts)
    if not text.strip():
        raise InputError(f"{name}: holds no text (a scan?): run text recognition over it first")
    told = f"pages with pictures and no text ({_ranges(pictures)}): run text recognition over them"
    return Extracted(text, tuple(starts), (told,) if pictures else ())


def _ranges(numbers: Sequence[int]) -> str:
    """2, 4–7 of 2, 4, 5, 6, 7."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ", ".join("–".join(map(str, pair)) for pair in found)
