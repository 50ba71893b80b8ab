"""What the program did with something that somebody said, in one short line under it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.tree import Group, Use
from bot.service.practice.cast import Person
from bot.service.practice.chronicle import RESIDENTS_TALK, UNSEEN, confirmed, recognised
from bot.store.practice import Noted


def done_with(
    person: Person,
    group: Group | None,
    entries: Sequence[Noted],
    *,
    answered: bool,
    why: str,
    sees: bool,
) -> str:
    """What became of what ``person`` said in ``group``, or privately (Chinese).

    ``entries``: what the ledger has since; ``answered``: there where it was said; ``why``: why not; ``sees``: whether our
    account is in the group.
    """
    by_act: dict[str, list[Noted]] = {}
    for entry in entries:
        by_act.setdefault(entry.act, []).append(entry)
    if "observed" in by_act:
        return recognised(by_act["observed"])
    if "confirmed" in by_act:
        return confirmed(by_act["confirmed"])
    if "retracted" in by_act:
        return f"记下：{'、'.join(dict.fromkeys(one.group for one in by_act['retracted']))}，改回没转"
    if answered:
        return "听懂了，回在下面"
    if group is not None and group.use is not Use.WORK and person.worker is None:
        return RESIDENTS_TALK if sees else f"{RESIDENTS_TALK}；{UNSEEN}"
    return why
