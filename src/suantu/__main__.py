"""``python -m suantu``."""

from suantu.cli import main

main()
