"""Where the ontology and the corpus stand: beside the sources in a checkout, inside the package in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def _bundled(name: str) -> Path:
    packaged = _PACKAGE / "data" / name
    return packaged if packaged.is_dir() else _CHECKOUT / name


def ontology_dir() -> Path:
    """The ontology folder that comes with Suantu."""
    return _bundled("ontology")


def corpus_dir() -> Path:
    """The documents that ``suantu build`` reads when it is given none."""
    return _bundled("corpus")
