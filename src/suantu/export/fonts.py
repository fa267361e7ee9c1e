"""Fonts that have Chinese characters, for pictures made of pixels."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

from suantu.errors import UsageError

# What a reader of a picture whose text is text may have
FAMILIES: tuple[str, ...] = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei")
FAMILIES += ("WenQuanYi Micro Hei", "Heiti SC")

_PREFERRED: tuple[str, ...] = (
    "noto sans cjk sc",
    "source han sans sc",
    "notosanscjk",
    "sourcehansans",
    "notosanssc",
    "wqy",
    "pingfang",
)
_PREFERRED += ("msyh", "simhei", "heiti", "droidsansfallback", "arplumingcn", "simsun")
_FOLDERS = ("/System/Library/Fonts", "/Library/Fonts", "C:/Windows/Fonts", "~/.fonts", "~/.local/share/fonts")
_REMEDY = (
    "no font with Chinese characters was found; install one (Debian, Ubuntu: apt install fonts-noto-cjk; Fedora: dnf"
    " install google-noto-sans-cjk-fonts; others: notofonts.github.io), or export svg, which needs none"
)


class Face(NamedTuple):
    """One face of a font file; a collection has several, one for each writing tradition."""

    path: Path
    number: int = 0
    family: str = ""


@cache
def chinese_font(bold: bool = False) -> Face:
    """The best font with Chinese characters, simplified ones before all. UsageError with the remedy where there is
    none."""
    found = _by_fontconfig() or _by_name()
    if not found:
        raise UsageError(_REMEDY)
    return min(found, key=lambda face: _order(face, bold))


def _order(face: Face, bold: bool) -> tuple[int, int, bool, str, int]:
    name = face.path.name.lower().replace("-", "").replace("_", "")
    rank = next((i for i, known in enumerate(_PREFERRED) if known.replace(" ", "") in name), len(_PREFERRED))
    weights = ("bold", "medium", "regular") if bold else ("regular", "medium", "light", "bold")
    weight = next((i for i, known in enumerate(weights) if known in name), len(weights))
    simplified = {"SC", "CN"} & set(face.family.split())
    return rank, weight, not simplified, str(face.path), face.number


def _by_fontconfig() -> list[Face]:
    program = shutil.which("fc-list")
    if program is None:
        return []
    try:
        asked = [program, ":lang=zh-cn", "--format=%{file}\t%{index}\t%{family[0]}\n"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    lines = [line.split("\t") for line in sorted(set(done.stdout.splitlines())) if line.count("\t") == 2]
    faces = [Face(Path(file), int(index) & 0xFFFF, family) for file, index, family in lines if index.isdecimal()]
    return [face for face in faces if face.path.is_file()]


def _by_name() -> list[Face]:
    """Without fontconfig: files in the usual folders whose name says that they have Chinese characters."""
    names = [p.replace(" ", "") for p in _PREFERRED]
    found = []
    for folder in (Path(f).expanduser() for f in _FOLDERS):
        files = sorted(folder.rglob("*.[to]t[fc]")) if folder.is_dir() else []
        found += [Face(f) for f in files if any(n in f.name.lower().replace("-", "").replace("_", "") for n in names)]
    return found
