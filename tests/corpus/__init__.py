"""A corpus of reposts as people really make them, and of what only looks like one.

Each part is made by a script from a seed: `build` of `texts` and `pictures`. It writes a library, the messages in
the form that `chuanda match` reads (CONTRACTS), and what each of them is; `figures` reads the answers beside it.
"""
