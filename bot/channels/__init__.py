"""Where messages really go: one small protocol (`base`), and one module or package per channel beside it."""
