"""Benchmarks: figures with a limit or a peer measured in the same run. `make bench`; never asserted in the suite."""
