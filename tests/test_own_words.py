"""The repository's texts are its own: no sentence of the real reports stands in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from conftest import ROOT

LENGTH = 24  # identical characters in a row, white space apart
SUFFIXES = {".md", ".txt", ".gold", ".py", ".yaml", ".yml", ".ttl", ".rq", ".toml", ".html", ".json", ".sh", ""}
SKIPPED = {".venv", ".git", "node_modules", "dist", "build", "kb"}
# Names longer than that, which anyone who speaks of the thing must write.
TITLES: tuple[str, ...] = (
    "application-specificintegratedcircuit",
    "Field-ProgrammableGateArray",
    "SPECMachineLearning技术委员会",
)

_TITLE = re.compile("《[^《》]*》")
_SPACE = re.compile(r"\s+")


def _files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = list(ROOT.rglob("*"))
    inside = [p for p in paths if not SKIPPED.intersection(p.relative_to(ROOT).parts)]
    return [p for p in inside if p.suffix in SUFFIXES and p.is_file() and not p.name.startswith("LICENSE")]


def _squeezed(text: str) -> str:
    text = _SPACE.sub("", _TITLE.sub("\n", text).replace("\n", " "))
    for title in TITLES:
        text = re.sub(re.escape(title), "\0", text, flags=re.IGNORECASE)
    return text


def _grams(text: str) -> set[str]:
    return {text[i : i + LENGTH] for i in range(len(text) - LENGTH + 1) if "\0" not in text[i : i + LENGTH]}


def test_no_sentence_of_a_real_report(shared_documents: Path) -> None:
    theirs: dict[str, str] = {}
    for path in sorted(shared_documents.glob("*.txt")):
        theirs.update(dict.fromkeys(_grams(_squeezed(path.read_text("utf-8"))), path.name))
    assert theirs
    found = []
    for path in _files():
        ours = _squeezed(path.read_text("utf-8", errors="replace"))
        shared = _grams(ours) & theirs.keys()
        found += [f"{path.relative_to(ROOT)}: {gram!r} of {theirs[gram]}" for gram in sorted(shared)[:3]]
    assert not found, "\n".join(found)


def test_a_copied_sentence_would_be_found(shared_documents: Path) -> None:
    text = _squeezed((shared_documents / "chips-2024.txt").read_text("utf-8"))
    middle = text[len(text) // 2 : len(text) // 2 + LENGTH]
    assert "\0" not in middle
    assert _grams("甲" + middle[:10] + middle[10:]) & _grams(text)
