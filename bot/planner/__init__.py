"""What goes out when, to whom: pure decisions over values, with the time passed in."""
