"""Suantu (算图): from report text to a knowledge graph that people can question."""

from __future__ import annotations

__version__ = "0.1.0"
