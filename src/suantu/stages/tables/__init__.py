"""Tables: each figure of a row is placed by the heads of its column and row and by the table's title."""

from suantu.stages.tables.heads import Head, Heads
from suantu.stages.tables.reader import TableFacts, Tables, group_rows

__all__ = ["Head", "Heads", "TableFacts", "Tables", "group_rows"]
