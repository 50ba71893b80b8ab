"""The roster (名册): a spreadsheet of units, groups and people, read into a `bot.model.tree.Tree` and written back.

Everything wrong with a file is told at once, by cell. Phone numbers are never printed in full.
"""
