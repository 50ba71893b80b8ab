"""The tables, as migrations from the first version on. Times are milliseconds since 1970 UTC.

Small integer keys, uniqueness in the schema, waves frozen on an edition of the tree (DESIGN, measured there).
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.model.counts import COLUMNS
from bot.store.log import take_over

migrations = Migrations("chuanda")

_COUNTERS = ", ".join(f"{column} INTEGER NOT NULL" for column in COLUMNS)


_FIRST = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Identities live for ever; an edition says where they stand.
CREATE TABLE node(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE grp(id INTEGER PRIMARY KEY, name TEXT NOT NULL, medium TEXT NOT NULL, UNIQUE(name, medium));
CREATE TABLE worker(id INTEGER PRIMARY KEY, unit TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL,
    UNIQUE(unit, name));
CREATE TABLE edition(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL);
CREATE TABLE edition_node(edition INTEGER NOT NULL, lo INTEGER NOT NULL, hi INTEGER NOT NULL,
    node INTEGER NOT NULL, parent INTEGER, name TEXT NOT NULL, level TEXT NOT NULL, kind TEXT NOT NULL,
    people TEXT NOT NULL, audiences TEXT NOT NULL, PRIMARY KEY(edition, lo)) WITHOUT ROWID;
CREATE UNIQUE INDEX edition_node_node ON edition_node(edition, node);
CREATE INDEX edition_node_parent ON edition_node(edition, parent);
CREATE TABLE edition_group(edition INTEGER NOT NULL, seq INTEGER NOT NULL, grp INTEGER NOT NULL,
    node INTEGER NOT NULL, use TEXT NOT NULL, mode TEXT NOT NULL, members INTEGER NOT NULL,
    observe INTEGER NOT NULL, consent_by TEXT NOT NULL, consent_on TEXT NOT NULL, audiences TEXT NOT NULL,
    PRIMARY KEY(edition, seq)) WITHOUT ROWID;

CREATE TABLE approval(id INTEGER PRIMARY KEY, content TEXT NOT NULL, act TEXT NOT NULL, digest TEXT NOT NULL,
    by TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, rule TEXT NOT NULL);
CREATE INDEX approval_content ON approval(content, id);

CREATE TABLE entry_seen(entry TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE slot(entry TEXT NOT NULL, at INTEGER NOT NULL, content TEXT NOT NULL, dropped_at INTEGER,
    PRIMARY KEY(entry, at, content)) WITHOUT ROWID;

CREATE TABLE wave(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, entry TEXT NOT NULL, at INTEGER NOT NULL,
    content TEXT NOT NULL, digest TEXT NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL, main INTEGER NOT NULL,
    campaign TEXT NOT NULL, urgent INTEGER NOT NULL, edition INTEGER NOT NULL REFERENCES edition(id),
    starts_at INTEGER NOT NULL, closes_at INTEGER NOT NULL, counted TEXT NOT NULL, withdrawn_at INTEGER,
    withdrawn_why TEXT, UNIQUE(entry, at, content));
CREATE INDEX wave_starts ON wave(starts_at);
CREATE INDEX wave_closes ON wave(closes_at);
CREATE INDEX wave_content ON wave(content, starts_at);
CREATE INDEX wave_withdrawn ON wave(closes_at) WHERE withdrawn_at IS NOT NULL;

-- Frozen at the wave's start … and, from opened_at on, the fold of its ledger.
CREATE TABLE target(id INTEGER PRIMARY KEY, wave INTEGER NOT NULL REFERENCES wave(id), lo INTEGER NOT NULL,
    node INTEGER NOT NULL, grp INTEGER, worker INTEGER, use TEXT, mode TEXT, source INTEGER,
    members INTEGER NOT NULL, window_ms INTEGER NOT NULL, planned_due INTEGER NOT NULL,
    opened_at INTEGER, due INTEGER NOT NULL, accepted_at INTEGER, evidence TEXT, covered_at INTEGER,
    on_time INTEGER, reason TEXT, exempt INTEGER NOT NULL);
CREATE UNIQUE INDEX target_group ON target(wave, grp) WHERE grp IS NOT NULL;
CREATE INDEX target_place ON target(wave, lo);
CREATE INDEX target_source ON target(source) WHERE source IS NOT NULL;
CREATE INDEX target_worker ON target(worker, wave) WHERE mode = 'relay';
CREATE INDEX target_open ON target(wave) WHERE reason IN ('not_reposted', 'unproven') AND mode = 'relay';
CREATE INDEX target_outlet ON target(wave, grp) WHERE use = 'outlet';

CREATE TABLE ledger(id INTEGER PRIMARY KEY, target INTEGER NOT NULL REFERENCES target(id), act TEXT NOT NULL,
    at INTEGER NOT NULL, ref TEXT NOT NULL, by TEXT NOT NULL, detail TEXT NOT NULL, UNIQUE(target, act, ref));
CREATE INDEX ledger_ref ON ledger(ref) WHERE act IN ('observed', 'accepted');
CREATE TABLE counter(wave INTEGER NOT NULL, node INTEGER NOT NULL, {_COUNTERS},
    PRIMARY KEY(wave, node)) WITHOUT ROWID;

-- A repost seen before its wave: from 24 h before, it counts (DESIGN).
CREATE TABLE sighting(content TEXT NOT NULL, grp INTEGER NOT NULL, ref TEXT NOT NULL, at INTEGER NOT NULL,
    by TEXT NOT NULL, recalled_at INTEGER, PRIMARY KEY(content, grp, ref)) WITHOUT ROWID;
CREATE INDEX sighting_ref ON sighting(ref);

-- Everything that is to be said, content parts and notices alike; one row is said at most once.
CREATE TABLE outgoing(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, target INTEGER,
    part INTEGER, grp INTEGER, worker INTEGER, text TEXT NOT NULL, state TEXT NOT NULL, rank INTEGER NOT NULL,
    not_before INTEGER NOT NULL, expires_at INTEGER NOT NULL, attempted_at INTEGER, settled_at INTEGER,
    message_id TEXT NOT NULL, why TEXT NOT NULL);
CREATE INDEX outgoing_due ON outgoing(rank, id) WHERE state = 'planned';
CREATE INDEX outgoing_open ON outgoing(state, id) WHERE state IN ('sending', 'in_doubt');
CREATE INDEX outgoing_target ON outgoing(target) WHERE target IS NOT NULL;
CREATE INDEX outgoing_group ON outgoing(grp, not_before) WHERE kind != 'part';
-- Every person asked for something, by which message: the daily limit, and the load that we put on people.
CREATE TABLE asked(key TEXT PRIMARY KEY, kind TEXT NOT NULL, worker INTEGER NOT NULL, at INTEGER NOT NULL,
    outgoing INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX asked_at ON asked(at);
CREATE TABLE quota(account TEXT NOT NULL, day TEXT NOT NULL, sent INTEGER NOT NULL,
    PRIMARY KEY(account, day)) WITHOUT ROWID;

CREATE TABLE binding(grp INTEGER PRIMARY KEY, room TEXT NOT NULL UNIQUE, absent INTEGER NOT NULL);
-- One line for the office, told once (downtime, dropped waves, expiry …).
CREATE TABLE notice(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, shown INTEGER NOT NULL);
CREATE INDEX notice_new ON notice(id) WHERE NOT shown;
"""


@migrations()
def m001_first(db: Database) -> None:
    """The ground: the tree's editions, approvals, waves and targets, the ledger, and what is due."""
    # Statement by statement: executescript would commit the migration's own transaction.
    for statement in filter(str.strip, _FIRST.split(";\n")):
        db.conn.execute(statement)


_REAL_CHAT = """
-- ids changed at a login: the group is known, its room has to be found again before anything is sent there.
ALTER TABLE binding ADD COLUMN stale INTEGER NOT NULL DEFAULT 0;
-- The name that the room went by when that was last looked at.
ALTER TABLE binding ADD COLUMN topic TEXT NOT NULL DEFAULT '';

-- A room that may be a group's, for the office to decide. said: somebody who answers for the group said so; dropped: the
-- office said that it is none. Only rooms that we were brought into.
CREATE TABLE doubt(id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT NOT NULL UNIQUE, topic TEXT NOT NULL, grp INTEGER,
    why TEXT NOT NULL, at INTEGER NOT NULL, said INTEGER NOT NULL, dropped INTEGER NOT NULL);

-- Whose account it is, by a code that the office gave to that person. private: they wrote to us, so we may to them.
CREATE TABLE account(worker INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE, private INTEGER NOT NULL,
    at INTEGER NOT NULL);
CREATE TABLE bind_code(hash TEXT PRIMARY KEY, worker INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;

-- The chat said “too fast”: how often on that day, and until when the account keeps quiet.
CREATE TABLE strain(account TEXT NOT NULL, day TEXT NOT NULL, strikes INTEGER NOT NULL, quiet_until INTEGER NOT NULL,
    PRIMARY KEY(account, day)) WITHOUT ROWID;
"""


@migrations()
def m002_real_chat(db: Database) -> None:
    """What a real chat needs: rooms found again, accounts of people, an account that has to rest."""
    for statement in filter(str.strip, _REAL_CHAT.split(";\n")):
        db.conn.execute(statement)


_CONVERSATION = """
-- What a person may do beyond what the roster gives: office, reviewer. Given by a one-time code, gone with the account.
CREATE TABLE role(worker INTEGER NOT NULL, role TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(worker, role)) WITHOUT ROWID;
ALTER TABLE bind_code ADD COLUMN role TEXT NOT NULL DEFAULT '';
-- By which account it was done, where it was done in chat: two names on one account are one person.
ALTER TABLE approval ADD COLUMN account TEXT NOT NULL DEFAULT '';
-- Which digests a reviewer asked to see, and by which messages: what did not arrive may not be approved in chat.
CREATE TABLE shown(worker INTEGER NOT NULL, digest TEXT NOT NULL, content TEXT NOT NULL, preview TEXT NOT NULL,
    PRIMARY KEY(worker, digest)) WITHOUT ROWID;

-- The one question that a person was asked last, with what each number means.
CREATE TABLE question(worker INTEGER PRIMARY KEY, grp INTEGER, choices TEXT NOT NULL, expires_at INTEGER NOT NULL,
    notice INTEGER);
-- A task's number stays for the day, whatever comes or goes before it.
CREATE TABLE task_number(worker INTEGER NOT NULL, day TEXT NOT NULL, target INTEGER NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY(worker, day, target)) WITHOUT ROWID;
CREATE TABLE away(worker INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY(worker, since)) WITHOUT ROWID;
CREATE INDEX asked_outgoing ON asked(outgoing);
CREATE INDEX outgoing_answers ON outgoing(worker) WHERE kind = 'answer' AND state = 'planned';
-- Not expected from now on, by a word of the office; those of schedules.yaml stand there.
CREATE TABLE exemption(grp INTEGER PRIMARY KEY, reason TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL);

-- What known people asked for in chat; of strangers only how often (DESIGN, burden and law).
CREATE TABLE command_log(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, worker INTEGER NOT NULL, command TEXT NOT NULL,
    detail TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE INDEX command_log_at ON command_log(at);
CREATE TABLE attempt(day TEXT NOT NULL, command TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(day, command)) WITHOUT ROWID;

-- A content shown to somebody who has to decide about it is no part of a wave.
ALTER TABLE outgoing ADD COLUMN content TEXT NOT NULL DEFAULT '';
ALTER TABLE outgoing ADD COLUMN digest TEXT NOT NULL DEFAULT '';
"""


@migrations()
def m003_conversation(db: Database) -> None:
    """What a conversation needs: roles, questions, fixed numbers, leave, and a log of what was asked for."""
    for statement in filter(str.strip, _CONVERSATION.split(";\n")):
        db.conn.execute(statement)


_CONSOLE = """
-- Who may sign in at the console. role: what the office's code gave besides the roster's posts, or empty; unlike a role in
-- chat it hangs on a password and not on an account, so a login with other ids leaves it.
CREATE TABLE seat(worker INTEGER PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE session(hash TEXT PRIMARY KEY, worker INTEGER NOT NULL, form TEXT NOT NULL, begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX session_worker ON session(worker);
-- Wrong passwords and codes, by a hash of who was tried and from where: a restart does not give the tries back.
CREATE TABLE wrong_try(id INTEGER PRIMARY KEY, key TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX wrong_try_key ON wrong_try(key, at);
"""


@migrations()
def m004_console(db: Database) -> None:
    """What the console needs: seats, sessions, and how often somebody was wrong."""
    for statement in filter(str.strip, _CONSOLE.split(";\n")):
        db.conn.execute(statement)


_CONTENTS = """
-- What was approved, line by line: the ledger keeps its digest only. For showing what changed since.
CREATE TABLE approved_text(digest TEXT PRIMARY KEY, content TEXT NOT NULL, lines TEXT NOT NULL) WITHOUT ROWID;
-- What people handed in at the console for the office to make a content of, as it was: whose, and when. declined: why the
-- office does not use it, or empty.
CREATE TABLE material(content TEXT PRIMARY KEY, digest TEXT NOT NULL, worker INTEGER NOT NULL, at INTEGER NOT NULL,
    declined TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX material_at ON material(at);
"""


@migrations()
def m005_contents(db: Database) -> None:
    """What the console's contents need: the text that was approved, and material that was handed in."""
    for statement in filter(str.strip, _CONTENTS.split(";\n")):
        db.conn.execute(statement)


_EVIDENCE = """
-- A picture that a bound person sent beside a claim. kept: its file is there, until the verdict; alike: an earlier one that is
-- the same picture, same: byte by byte; looks: squares of grey to know it again by; turn: how often it was judged.
CREATE TABLE screenshot(id INTEGER PRIMARY KEY, worker INTEGER NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL,
    said TEXT NOT NULL, said_at INTEGER NOT NULL, sha256 TEXT NOT NULL, ending TEXT NOT NULL, size INTEGER NOT NULL,
    looks BLOB NOT NULL, alike INTEGER, same INTEGER NOT NULL, state TEXT NOT NULL, kept INTEGER NOT NULL,
    turn INTEGER NOT NULL, judged_by INTEGER, judged_at INTEGER, words TEXT NOT NULL, objection TEXT NOT NULL,
    objected_at INTEGER, answered_by INTEGER, answered_at INTEGER, answer TEXT NOT NULL, UNIQUE(worker, message));
CREATE INDEX screenshot_waiting ON screenshot(at) WHERE state = 'waiting';
CREATE INDEX screenshot_objected ON screenshot(objected_at) WHERE objected_at IS NOT NULL AND answered_at IS NULL;
CREATE INDEX screenshot_kept ON screenshot(judged_at) WHERE kept;
CREATE INDEX screenshot_worker ON screenshot(worker, at);
CREATE INDEX screenshot_bytes ON screenshot(sha256);
-- What the claim is about. shown: the verdict is about this one.
CREATE TABLE screenshot_target(screenshot INTEGER NOT NULL, target INTEGER NOT NULL, shown INTEGER NOT NULL,
    PRIMARY KEY(screenshot, target)) WITHOUT ROWID;
"""


@migrations()
def m006_evidence(db: Database) -> None:
    """Screenshots that wait for a person's verdict, and objections to it."""
    for statement in filter(str.strip, _EVIDENCE.split(";\n")):
        db.conn.execute(statement)


_AUDIT = """
-- Who did what when: it only grows, and each row carries the hash of the one before (`log`). The chat's own log is part of it.
CREATE TABLE log(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, worker INTEGER, name TEXT NOT NULL, via TEXT NOT NULL,
    command TEXT NOT NULL, detail TEXT NOT NULL, outcome TEXT NOT NULL, ref TEXT NOT NULL, before TEXT NOT NULL,
    hash TEXT NOT NULL);
CREATE INDEX log_at ON log(at, id);
CREATE INDEX log_name ON log(name, at, id);
CREATE INDEX log_command ON log(command, at, id);
CREATE TRIGGER log_next BEFORE INSERT ON log
    WHEN NEW.id != COALESCE((SELECT MAX(id) FROM log), 0) + 1
    OR NEW.before != COALESCE((SELECT hash FROM log ORDER BY id DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER approval_again BEFORE INSERT ON approval WHEN EXISTS(SELECT 1 FROM approval WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'approvals only grow'); END;
CREATE TRIGGER approval_update BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'approvals only grow'); END;
CREATE TRIGGER approval_delete BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'approvals only grow'); END;
"""


@migrations()
def m007_audit(db: Database) -> None:
    """One chained log of what was done; what was written before is taken over in the order in which it happened."""
    for statement in filter(str.strip, _AUDIT.split(";\n")):
        db.conn.execute(statement)
    take_over(db.conn)


_CLIENTS = """
-- Programs of others that may read figures, each by a token that is kept as a hash. node: the place that it sees; names:
-- whether it is told who answers for a group.
CREATE TABLE client(id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, node INTEGER NOT NULL,
    names INTEGER NOT NULL, by INTEGER NOT NULL, at INTEGER NOT NULL, used_on TEXT NOT NULL, revoked_at INTEGER,
    why TEXT NOT NULL);
-- By which chat account somebody came in, where the bot sent them a link; empty: by a seat of the console.
ALTER TABLE session ADD COLUMN account TEXT NOT NULL DEFAULT '';
"""


@migrations()
def m008_clients(db: Database) -> None:
    """What others read by program, and who comes in by a chat account."""
    for statement in filter(str.strip, _CLIENTS.split(";\n")):
        db.conn.execute(statement)


KNOWN_MIGRATIONS = frozenset(
    {
        "m001_first",
        "m002_real_chat",
        "m003_conversation",
        "m004_console",
        "m005_contents",
        "m006_evidence",
        "m007_audit",
        "m008_clients",
    }
)
"""A file that has others was written by a later version of this program."""
