"""A town to try things out in without an account: people of a demo speak, forward and recall, and its clock goes on.

The same `Town` and conversation as in the service, on the simulated channel only; whoever sits at the keyboard is one of
its people. Nothing is printed here, and the sample's library is never written to: a demo's folder has a copy of its own.
"""

from bot.service.practice.moments import moment as moment
from bot.service.practice.moments import spoken as spoken
from bot.service.practice.running import RunningClock as RunningClock
from bot.service.practice.running import Speed as Speed
from bot.service.practice.said import Line as Line
from bot.service.practice.sitting import Sitting as Sitting
from bot.service.practice.town import Answer as Answer
from bot.service.practice.town import Practice as Practice
