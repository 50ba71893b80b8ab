"""The console: its guard and its pages in this process, and in a real browser (`browser`)."""
