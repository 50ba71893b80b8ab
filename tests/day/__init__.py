"""An office's day, told once and lived twice: in the simulated channel, and behind a real gateway."""
