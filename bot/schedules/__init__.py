"""schedules.yaml: the one configuration file, as typed values with complaints at their line."""
