"""Fonts that have Chinese characters, for pictures made of pixels."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

from suantu.errors import UsageError

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


@cache
def chinese_font(bold: bool = False) -> Path:
    """The file of the best font with Chinese characters. UsageError with the remedy where there is none."""
    found = _by_fontconfig() or _by_name()
    if not found:
        raise UsageError(_REMEDY)
    return min(found, key=lambda path: _order(path, bold))


def _order(path: Path, bold: bool) -> tuple[int, int, str]:
    name = path.name.lower().replace("-", "").replace("_", "")
    rank = next((i for i, known in enumerate(_PREFERRED) if known.replace(" ", "") in name), len(_PREFERRED))
    weights = ("bold", "medium", "regular") if bold else ("regular", "medium", "light", "bold")
    weight = next((i for i, known in enumerate(weights) if known in name), len(weights))
    return rank, weight, str(path)


def _by_fontconfig() -> list[Path]:
    program = shutil.which("fc-list")
    if program is None:
        return []
    try:
        asked = [program, ":lang=zh-cn", "--format=%{file}\n"]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return []
    return [Path(line) for line in sorted(set(done.stdout.splitlines())) if line and Path(line).is_file()]


def _by_name() -> list[Path]:
    """Without fontconfig: files in the usual folders whose name says that they have Chinese characters."""
    names = [p.replace(" ", "") for p in _PREFERRED]
    found = []
    for folder in (Path(f).expanduser() for f in _FOLDERS):
        files = sorted(folder.rglob("*.[to]t[fc]")) if folder.is_dir() else []
        found += [f for f in files if any(n in f.name.lower().replace("-", "").replace("_", "") for n in names)]
    return found
