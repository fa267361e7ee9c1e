"""Tables: each figure of a row is placed by the heads of its column and row and by the table's title."""

from suantu.stages.tables.heads import Head, Heads
from suantu.stages.tables.layout import TableFacts, group_rows
from suantu.stages.tables.reader import Tables

__all__ = ["Head", "Heads", "TableFacts", "Tables", "group_rows"]
