"""The content library: one folder per content, plain files, read into `bot.model.content.Content` (CONTRACTS, Files).

Approval never stands in these files; it is in the ledger, bound to the digest made here.
"""

from bot.library.live import LiveLibrary
from bot.library.load import Library, load_content, load_library

__all__ = ["Library", "LiveLibrary", "load_content", "load_library"]
