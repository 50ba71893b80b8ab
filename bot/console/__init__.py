"""The office's console in a browser: pages over one `Town`, served by the process that runs it.

A page shows what the ledger says and has one button for what helps; what a button does is a turn of the conversation, so
that who may do what is decided in one place for chat and console (`bot.commands.table`).
"""
