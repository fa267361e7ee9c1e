"""Terms as N-Quads writes them: IRIs, texts, numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from suantu.border import vocab as v

SURROGATE = re.compile(r"[\ud800-\udfff]")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f\ud800-\udfff]')
_DIGITS = 12  # of a value behind the point: Oxigraph computes with 18, and words never give more than a few


@cache
def iri(value: str) -> str:
    """An IRI; what no IRI may hold is percent-encoded."""
    try:
        return str(NamedNode(value))
    except ValueError:
        return str(NamedNode(quote(value, safe=":/#?&=%@!$'()*+,;~-._")))


def st(name: str) -> str:
    """A term of the vocabulary."""
    return iri(v.ST + name)


def text(value: str, language: str = "") -> str:
    """A text; a lone surrogate becomes U+FFFD."""
    said = str(Literal(SURROGATE.sub("\ufffd", value))) if _ESCAPED.search(value) else f'"{value}"'
    return f"{said}@{language}" if language else said


def typed(value: object, datatype: str) -> str:
    """A literal of an XML Schema type, which needs no escapes."""
    return f'"{value}"^^<{v.XSD}{datatype}>'


def decimal(value: Decimal) -> str:
    """An xsd:decimal."""
    return typed(decimal_text(value), "decimal")


def decimal_text(value: Decimal) -> str:
    """The canonical lexical form of an xsd:decimal: no exponent, no trailing zeros, at most twelve decimals."""
    if not value.is_finite():
        raise ValueError(f"not a decimal number: {value}")
    exponent = value.as_tuple().exponent
    shown = f"{value:.{_DIGITS}f}" if isinstance(exponent, int) and exponent < -_DIGITS else f"{value:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown in {"-0", ""} else shown
