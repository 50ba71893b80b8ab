"""What people say to the office's bot, and what it means for the ledger."""
