"""What became of a target, and how many of a node's targets were reached. Pure."""
