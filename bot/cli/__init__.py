"""The command line: thin shells, in Chinese, that import only what their command needs."""
