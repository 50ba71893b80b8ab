"""The publicity library: content/<id>/content.yaml and the files beside it, as immutable values with a digest.

Files only: whether something may be sent is the approval ledger's business, never the file's (CONTRACTS, Files).
"""

from bot.library.load import Library, LiveLibrary, load_content, load_library

__all__ = ["Library", "LiveLibrary", "load_content", "load_library"]
