"""Waves, targets, and what becomes of them: the ledger's values (DESIGN, glossary).

A target's state is never written by hand: it is the fold of its entries (`bot.model.fold`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

WaveId = NewType("WaveId", int)
TargetId = NewType("TargetId", int)
EntryId = NewType("EntryId", str)
"""The name of an entry of schedules.yaml."""


class Evidence(StrEnum):
    """What a coverage rests on, strongest first."""

    DIRECT = "direct"
    OBSERVED = "observed"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"


class Reason(StrEnum):
    """Why a target is a gap; one per gap."""

    NO_GROUP = "no_group"
    NOT_BOUND = "not_bound"
    BOT_ABSENT = "bot_absent"
    NOT_SENT = "not_sent"
    IN_DOUBT = "in_doubt"
    UPSTREAM = "upstream"
    NOT_REPOSTED = "not_reposted"
    UNPROVEN = "unproven"
    DISPUTED = "disputed"


class Act(StrEnum):
    """What a ledger entry says about a target. The ledger only appends; the second column takes one back.

    ======== ==========================  ====================
    evidence accepted observed verified confirmed   recalled (by ref) · retracted (by ref)
    sending  failed · in_doubt · cancelled
    rooms    not_bound bot_absent        bound
    other    disputed                    dismissed
             exempted                     readmitted
             taken_down (a person put a withdrawn content right there)
             attached (a picture or message came right after a confirmation)
    ======== ==========================  ====================
    """

    ACCEPTED = "accepted"
    OBSERVED = "observed"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    RECALLED = "recalled"
    RETRACTED = "retracted"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"
    NOT_BOUND = "not_bound"
    BOT_ABSENT = "bot_absent"
    BOUND = "bound"
    """The room was found after the wave had begun, and the content is on its way there."""
    DISPUTED = "disputed"
    DISMISSED = "dismissed"
    EXEMPTED = "exempted"
    READMITTED = "readmitted"
    TAKEN_DOWN = "taken_down"
    ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger about one target. ``ref`` tells entries of one act apart (a message id, a
    person): the same (act, ref) twice is one entry. A recall or retraction names the ref that it takes back.
    """

    act: Act
    at: datetime
    ref: str = ""
    by: str = ""
    detail: str = ""


class SendState(StrEnum):
    """A part on its way into one room.

    planned → sending → accepted | failed | in_doubt;  planned → cancelled;  in_doubt → accepted | failed.
    accepted, failed and cancelled are final; nothing goes back to planned unless a person asks.
    """

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    CANCELLED = "cancelled"


class ApprovalAct(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    OVERRIDE = "override"
    """A second person lets a lint finding pass, with a reason."""
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class ApprovalEntry:
    """One line of the approval ledger: who did what to which digest of a content, when and why."""

    act: ApprovalAct
    digest: str
    by: str
    at: datetime
    reason: str = ""
    rule: str = ""
    """The lint rule that an override lets pass."""
    account: str = ""
    """By which chat account it was done; empty where it was typed at the office's computer."""
