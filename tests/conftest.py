"""What the tests of whole documents share."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from suantu.ontology import Ontology, load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline

ROOT = Path(__file__).resolve().parent.parent
# What is kept from run to run is kept apart from the user's own.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)


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
