"""The steps of the schema, one file each, run in order when the store is opened.

They only ever add: a new table, a nullable column (or one with `db_default`), an index of its own
(`AddIndex`; `db_index` on an added column makes none on SQLite). Anything else is `RunSQL`, because
Tortoise's own rebuilds a SQLite table, and with that loses its children, indexes and unique
constraints. A test compares the result with the models on both databases.
"""
