"""The ledger told to people: files that an office passes on."""
