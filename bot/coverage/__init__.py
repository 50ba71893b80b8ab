"""Coverage and gaps as JSON: the shapes that others rely on (CONTRACTS). Pure: counts and rows in, objects out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.model.counts import Counts
from bot.model.ledger import Evidence
from bot.model.time import iso
from bot.store.reading import TargetRow


def coverage_json(
    path: str,
    first: date,
    last: date,
    waves: int,
    counts: Counts,
    children: Sequence[tuple[str, Counts]] | None,
) -> dict[str, Any]:
    """A node's coverage over ``waves`` waves of the local days ``first`` to ``last``; children one level down.

    All figures are 群次 (a target of one wave in one group), `holes` and `exempt` too, so that they add up.
    """
    answer: dict[str, Any] = {
        "node": path,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "waves": waves,
        "expected": counts.expected,
        "covered": counts.covered,
        "on_time": counts.on_time,
        "late": counts.late,
        "by_evidence": {evidence.value: getattr(counts, evidence.value) for evidence in Evidence},
        "holes": counts.holes,
        "exempt": counts.exempt,
        "coverage": counts.coverage,
        "members_expected": counts.members_expected,
        "members_covered": counts.members_covered,
    }
    if children is not None:
        answer["children"] = [
            coverage_json(child, first, last, waves, figures, None) for child, figures in children
        ]
    return answer


def gap_json(row: TargetRow, now: datetime) -> dict[str, Any]:
    """One gap: expected and not covered, with its one reason."""
    return {
        "wave": row.wave,
        "node": row.path,
        "group": row.group,
        "worker": row.worker,
        "reason": row.reason,
        "due": iso(row.due),
        "overdue": row.overdue(now),
    }


def ledger_json(row: TargetRow) -> dict[str, Any]:
    """One target, whatever became of it."""
    return {
        "wave": row.wave,
        "content": row.content,
        "node": row.path,
        "group": row.group,
        "mode": row.mode,
        "use": row.use,
        "state": state_of(row),
        "accepted_at": iso(row.accepted_at) if row.accepted_at else None,
        "evidence": row.evidence,
        "covered_at": iso(row.covered_at) if row.covered_at else None,
        "on_time": row.on_time,
        "due": iso(row.due),
        "reason": row.reason,
        "exempt": row.exempt,
    }


def state_of(row: TargetRow) -> str:
    """One word for where a target stands: exempt · covered · upstream · open · or the reason of its gap."""
    if row.exempt:
        return "exempt"
    if row.reason is None:
        return "covered"
    return "open" if row.reason == "not_reposted" else row.reason.value
