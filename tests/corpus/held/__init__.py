"""The held-out corpus: another county's office, other voices, other fonts. It judges the finished recogniser once."""
