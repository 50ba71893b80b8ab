"""The town at work: wiring of store, library, planner, channel and clock."""
