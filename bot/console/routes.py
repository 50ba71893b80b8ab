"""The one table of routes: what there is, and which command of the chat says who may (a test goes through all of it)."""

from __future__ import annotations

from bot.commands.said import Command
from bot.commands.table import Duty
from bot.console import audit, clients, doing, door, load, reports, start
from bot.console.api import document, endpoints
from bot.console.app import Needs, Page
from bot.console.by_hand import outbox, paste
from bot.console.contents import editor, inbox, one, shelf, steps
from bot.console.contents.form import MOST_BYTES, MOST_WORDS
from bot.console.evidence import deciding, looking
from bot.console.practice import doing as practice
from bot.console.practice import showing as practising
from bot.console.schedule import changing
from bot.console.schedule import pages as schedule_pages
from bot.console.town import acts, roster
from bot.console.town import codes as paper
from bot.console.town import looking as places
from bot.console.town import rooms as which

PAGES = (
    Page("/", start.today, Command.COVERAGE),
    Page("/live", start.live, Command.COVERAGE),
    Page("/place/{node}", start.place, Command.COVERAGE),
    Page("/remind", doing.remind, Command.REMIND, "POST"),
    Page("/exempt", doing.exempt, Command.EXEMPT, "POST"),
    Page("/pause", doing.pause, Command.PAUSE, "POST"),
    Page("/resume", doing.resume, Command.RESUME, "POST"),
    Page("/contents", shelf.shelf, Command.INBOX),
    Page("/contents/review", shelf.review, Command.PENDING),
    Page("/contents/inbox", inbox.inbox, Command.INBOX),
    Page("/contents/inbox", inbox.hand_over, Command.INBOX, "POST", files=MOST_BYTES),
    Page("/contents/new", editor.new, Duty.WRITE),
    Page("/contents/new", editor.create, Duty.WRITE, "POST", files=MOST_BYTES),
    Page("/contents/check", editor.check, Duty.WRITE, "POST", files=MOST_WORDS),
    Page("/contents/c/{content}", one.one, Command.PENDING),
    Page("/contents/c/{content}/file/{hash}", one.file, Command.PENDING),
    Page("/contents/c/{content}/edit", editor.edit, Duty.WRITE),
    Page("/contents/c/{content}/edit", editor.save, Duty.WRITE, "POST", files=MOST_BYTES),
    Page("/contents/c/{content}/submit", steps.submit, Duty.WRITE, "POST"),
    Page("/contents/c/{content}/decline", steps.decline, Duty.WRITE, "POST"),
    Page("/contents/c/{content}/approve", steps.approve, Command.APPROVE, "POST"),
    Page("/contents/c/{content}/reject", steps.reject, Command.REJECT, "POST"),
    Page("/contents/c/{content}/pass", steps.let_it_pass, Command.APPROVE, "POST"),
    Page("/contents/c/{content}/push", steps.push, Command.PUSH, "POST"),
    Page("/contents/c/{content}/withdraw", steps.withdraw, Command.WITHDRAW, "POST"),
    Page("/evidence", looking.evidence, Command.COVERAGE),
    Page("/evidence/{shot}/picture", looking.picture, Command.COVERAGE),
    Page("/evidence/{shot}/content/{place}", looking.poster, Duty.JUDGE),
    Page("/evidence/judge", deciding.judge, Duty.JUDGE, "POST"),
    Page("/evidence/back", deciding.back, Duty.JUDGE, "POST"),
    Page("/evidence/object", deciding.objection, Command.TROUBLE, "POST"),
    Page("/evidence/answer", deciding.answer, Duty.JUDGE, "POST"),
    Page("/reports", reports.gaps, Command.GAPS),
    Page("/reports/result", reports.result, Command.COVERAGE),
    Page("/reports/gaps.xlsx", reports.gaps_xlsx, Command.GAPS),
    Page("/reports/result.xlsx", reports.result_xlsx, Command.COVERAGE),
    Page("/load", load.load, Duty.LOAD),
    Page("/audit", audit.audit, Duty.AUDIT),
    Page("/audit/rows.xlsx", audit.rows_xlsx, Duty.AUDIT),
    Page("/audit/check", audit.check, Duty.AUDIT, "POST"),
    Page("/schedule", schedule_pages.calendar, Command.PENDING),
    Page("/schedule/entry", changing.entry, Duty.SCHEDULE),
    Page("/schedule/entry", changing.entered, Duty.SCHEDULE, "POST"),
    Page("/schedule/switch", changing.switched, Duty.SCHEDULE, "POST"),
    Page("/schedule/remove", changing.removing, Duty.SCHEDULE),
    Page("/schedule/remove", changing.removed, Duty.SCHEDULE, "POST"),
    Page("/by-hand", outbox.outbox, Duty.BY_HAND),
    Page("/by-hand/tick", outbox.tick, Duty.BY_HAND, "POST"),
    Page("/by-hand/take-over", outbox.take_over, Duty.BY_HAND, "POST"),
    Page("/by-hand/give-back", outbox.give_back, Duty.BY_HAND, "POST"),
    Page("/by-hand/file/{content}/{part}", outbox.file, Duty.BY_HAND),
    Page("/by-hand/paste", paste.paste, Duty.BY_HAND),
    Page("/by-hand/paste", paste.look, Duty.BY_HAND, "POST", most=paste.MOST_BYTES),
    Page("/by-hand/paste/save", paste.save, Duty.BY_HAND, "POST", most=paste.MOST_BYTES),
    Page("/town", places.town, Command.COVERAGE),
    Page("/town/rooms", which.doubtful, Duty.TOWN),
    Page("/town/rooms/choose", which.choose, Duty.TOWN, "POST"),
    Page("/town/rooms/drop", which.drop, Duty.TOWN, "POST"),
    Page("/town/rooms/again", which.take_back, Duty.TOWN, "POST"),
    Page("/town/rooms/{room}", which.room, Duty.TOWN),
    Page("/town/import", roster.choose_file, Duty.TOWN),
    Page("/town/import", roster.read_file, Duty.TOWN, "POST", files=roster.MOST_BYTES),
    Page("/town/import/apply", roster.apply, Duty.TOWN, "POST"),
    Page("/town/export", roster.export, Duty.TOWN, "POST"),
    Page("/town/codes", paper.codes, Duty.TOWN, "POST"),
    Page("/town/exempt", acts.exempt, Command.EXEMPT, "POST"),
    Page("/town/readmit", acts.readmit, Command.EXEMPT, "POST"),
    Page("/town/unbind", acts.unbind, Duty.TOWN, "POST"),
    Page("/town/leave", acts.leave, Duty.TOWN, "POST"),
    Page("/town/back", acts.back, Duty.TOWN, "POST"),
    Page("/town/forget", acts.forget, Duty.TOWN, "POST"),
    Page("/town/handover", acts.take_over, Duty.TOWN, "POST"),
    Page("/town/{node}", places.unit, Command.COVERAGE),
    Page("/practice", practising.practice, Command.HELP),
    Page("/practice/news", practising.news, Command.HELP),
    Page("/practice/live", practising.live, Command.HELP),
    Page("/practice/picture/{sha256}", practising.picture, Command.HELP),
    Page("/practice/say", practice.say, Command.HELP, "POST"),
    Page("/practice/forward", practice.forward, Command.HELP, "POST"),
    Page("/practice/picture", practice.show, Command.HELP, "POST", files=practice.MOST_BYTES),
    Page("/practice/recall", practice.recall, Command.HELP, "POST"),
    Page("/practice/clock", practice.clock, Command.HELP, "POST"),
    Page("/enter", door.enter, None),
    Page("/enter", door.entered, None, "POST"),
    Page("/first", door.first, None),
    Page("/first", door.first_time, None, "POST"),
    Page("/enter/link", door.link_wanted, None, "POST"),
    Page("/open/{secret}", door.opening, None),
    Page("/open/{secret}", door.opened, None, "POST"),
    Page("/leave", door.left, Command.HELP, "POST"),
    Page("/clients", clients.shown, Duty.CLIENTS),
    Page("/clients", clients.let_in, Duty.CLIENTS, "POST"),
    Page("/clients/stop", clients.stop, Duty.CLIENTS, "POST"),
    *(Page(endpoint.path, endpoint.handler(), Needs.TOKEN) for endpoint in endpoints.ENDPOINTS),
    Page(document.PATH, document.document, None),
)
