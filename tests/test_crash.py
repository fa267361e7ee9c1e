"""Killed at any moment of a build, an add or a remove, the knowledge base is the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import graph_samples as samples
from suantu.build import add, build, export_trig, remove
from suantu.errors import StoreError
from suantu.stores.kb import KnowledgeBase

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")

KILLS = 51
OPERATIONS = ("build", "add", "remove")
# A process that has everything loaded, and does each operation that it is told in a child.
_SERVANT = """
import os, sys
from pathlib import Path
import graph_samples as samples
from suantu.build import add, build, remove
root = Path(sys.argv[1])
onto = samples.load(root / "onto")
kb, more = root / "kb", [root / "b.txt", root / "d.txt"]
tasks = {
    "build": lambda: build(more, kb, onto, samples.extract, samples.read, jobs=2),
    "add": lambda: add(more, kb, onto, samples.extract, samples.read),
    "remove": lambda: remove("b.txt", kb),
}
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        tasks[line.strip()]()
        os._exit(0)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Servant:
    """Does operations on ``root / "kb"`` in processes that can be killed."""

    def __init__(self, root: Path) -> None:
        path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _SERVANT, str(root)],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def begin(self, operation: str) -> int:
        """The id of the process that does it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{operation}\n")
        self.process.stdin.flush()
        return self.line()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with an ontology, documents, and ``old``: a knowledge base with three of them."""
    onto = samples.ontology(tmp_path / "onto")
    texts = {
        "a": f"再版\n{samples.TEXT}",
        "b": samples.TEXT,
        "c": "联想昨日召开了发布会。\n",
        "d": f"新版\n{samples.TEXT}",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf8")
    build([tmp_path / f"{n}.txt" for n in "abc"], tmp_path / "old", onto, samples.extract, samples.read)
    (tmp_path / "b.txt").write_text(f"改版\n{samples.TEXT}", encoding="utf8")
    return tmp_path


@pytest.fixture
def servant(root: Path) -> Iterator[Servant]:
    made = Servant(root)
    yield made
    made.process.kill()
    made.process.communicate()


def renew(root: Path) -> Path:
    shutil.rmtree(root / "kb", ignore_errors=True)
    shutil.copytree(root / "old", root / "kb")
    return root / "kb"


def whole(kb: Path) -> bytes:
    """The canonical export; every text that the manifest names is there, to the byte."""
    with KnowledgeBase.open(kb) as base:
        for entry in base.documents:
            text = base.source_text(entry.sha256).encode("utf8", "surrogatepass")
            assert hashlib.sha256(text).hexdigest() == entry.sha256
        return export_trig(base)


@pytest.mark.slow
def test_killed_at_any_moment(root: Path, servant: Servant) -> None:
    kb = renew(root)
    old = whole(kb)
    after, lasts = {}, {}
    for operation in OPERATIONS:
        renew(root)
        began = time.monotonic()
        servant.begin(operation)
        assert servant.line() == 0
        lasts[operation], after[operation] = time.monotonic() - began, whole(kb)
        assert after[operation] != old
    chance = random.Random(20)
    seen: Counter[tuple[int, bool]] = Counter()
    for number in range(KILLS):
        operation = OPERATIONS[number % len(OPERATIONS)]
        renew(root)
        pid = servant.begin(operation)
        time.sleep(chance.random() * lasts[operation] * 1.2)
        with contextlib.suppress(ProcessLookupError):  # it was faster
            os.kill(pid, signal.SIGKILL)
        outcome = servant.line()
        found = whole(kb)
        assert found in {old, after[operation]}, (operation, number)
        assert found == after[operation] or outcome == -signal.SIGKILL
        seen[outcome, found == old] += 1
        # and the next writer neither waits nor stumbles, and clears away what was left
        remove(KnowledgeBase.open(kb).documents[0].sha256, kb)
        assert len([p for p in kb.iterdir() if p.name.startswith("store")]) == 1
        assert len(list((kb / "documents").iterdir())) == len(KnowledgeBase.open(kb).documents)
    assert seen[-signal.SIGKILL, True] > KILLS // 4  # many were hit before the change


_LONG = """
import os, sys, time
from pathlib import Path
import graph_samples as samples
from suantu.build import build
def slow(document):
    os.write(1, b"reading\\n")
    time.sleep(600)
root = Path(sys.argv[1])
build([root / "a.txt", root / "c.txt"], root / "kb", samples.load(root / "onto"), slow, samples.read, jobs=2)
"""


def test_a_killed_build_takes_its_helpers_and_its_lock_along(root: Path) -> None:
    kb = renew(root)
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", _LONG, str(root)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["reading\n"] * 2
        with pytest.raises(StoreError, match="another process is writing"):
            remove("c.txt", kb)
        process.kill()
        assert process.stdout.read() == ""  # comes to its end when the last helper is gone
    remove("c.txt", kb)


def test_reading_goes_on_while_texts_are_written_again(root: Path) -> None:
    """A rebuild with the same documents never takes away, even for a moment, a text that readers see."""
    kb = renew(root)
    with KnowledgeBase.open(kb) as base:
        entry = base.documents[0]
        path = kb / "documents" / f"{entry.sha256}.txt"
        before = path.stat().st_ino, path.stat().st_mtime_ns
        source = root / entry.name
        source.write_text(base.source_text(entry.sha256), encoding="utf8")
    onto = samples.load(root / "onto")
    build([source], kb, onto, samples.extract, samples.read)
    add([source], kb, onto, samples.extract, samples.read, force=True)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before
