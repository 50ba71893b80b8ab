"""The schedule at the console: the calendar, and entries written into the settings' file."""
