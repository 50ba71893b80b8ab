"""传达 (chuanda): approved publicity down the tree of groups, coverage gaps back up."""

__version__ = "0.1.0"
