"""单位和群: the tree one level at a time, who is where, which room is which group, codes to print, and the roster's import."""
