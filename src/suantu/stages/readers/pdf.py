"""PDF through pypdfium2 (an extra: ``suantu[pdf]``); the offset of each page is kept."""

from __future__ import annotations

from suantu.errors import InputError
from suantu.stages.readers import LARGEST_TEXT, Extracted, missing

_MOST_PAGES = 5000


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
    length = 0
    for page in document:  # type: ignore[attr-defined]
        text_page = page.get_textpage()
        # PDFium marks a hyphen at a line's end with U+FFFE or U+0002
        text = text_page.get_text_range().replace("\r\n", "\n").replace("\ufffe", "-").replace("\x02", "-")
        text_page.close()
        page.close()
        starts.append(length)
        parts.append(f"{text}\n\f")
        length += len(parts[-1])
        if length > LARGEST_TEXT:
            raise InputError(f"{name}: holds more than {LARGEST_TEXT} characters: split it")
    text = "".join(parts)
    if not text.strip():
        raise InputError(f"{name}: holds no text (a scan?): run text recognition over it first")
    return Extracted(text, tuple(starts))
