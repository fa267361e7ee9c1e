"""What the tests of whole documents share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from suantu.ontology import Ontology, load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    """The ontology that comes with Suantu."""
    return load(ontology_dir())


@pytest.fixture(scope="session")
def pipeline(ontology: Ontology) -> Pipeline:
    """The pipeline over it."""
    return Pipeline(ontology)


@pytest.fixture(scope="session")
def shared_documents() -> Path:
    """The real documents with hand-made facts, which are not part of the repository."""
    folder = Path(os.environ.get("SUANTU_SHARED", ROOT.parent / "shared")) / "documents"
    if not folder.is_dir():
        pytest.skip("the real documents (../shared/documents) are not here")
    return folder
