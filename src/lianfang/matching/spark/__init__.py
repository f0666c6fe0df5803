"""The engine on Spark, for ledgers that no single machine holds: the same Python and the same DuckDB, on parts.

Nothing is written a second time for Spark, so nothing can decide differently: workers read cells with `features`, make
keys and counts with the SQL of `keys` and `rarity`, and decide with `engine`; Spark brings together what belongs
together. Begin with `session.running`, which says what is missing; the other modules need pyspark to be imported.
"""
