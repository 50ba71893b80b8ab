"""The domain's values: frozen, without I/O, importing nothing of ours but each other.

Names are the glossary's. Times are aware datetimes; ``TZ`` is the town's time zone throughout.
"""
