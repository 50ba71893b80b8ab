"""A town to talk in without an account: a demo's day, played up to a moment, that stands still until somebody speaks.

The same `Town` and conversation as in the service, on the simulated channel; whoever sits at the keyboard is one of its
people. Nothing is printed here, and the sample's library is never written to: the folder has a copy of its own.
"""

from bot.service.practice.moments import spoken as spoken
from bot.service.practice.said import Line as Line
from bot.service.practice.town import Answer as Answer
from bot.service.practice.town import Practice as Practice
