"""A town to talk in without an account: a demo's day, played up to a moment, that stands still until somebody speaks.

The same `Town` and conversation as in the service, on the simulated channel; whoever sits at the keyboard is one of its
people. Nothing is printed here, and the sample's library is never written to: the folder has a copy of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path

from bot import phrases
from bot.channels.base import Address
from bot.channels.simulated.channel import SimulatedChannel
from bot.channels.simulated.log import WorldLog, read_log
from bot.channels.simulated.shown import as_message, room_id
from bot.commands.places import Names
from bot.commands.reading import read
from bot.commands.said import Command
from bot.errors import ChuandaError, NotFound
from bot.library.draft import next_number, write_draft
from bot.model.chat import Event, Message, MessageKind
from bot.model.content import Content, ContentId, Part, PartKind
from bot.model.ledger import ApprovalAct, ApprovalEntry
from bot.model.speaker import Place, Role
from bot.model.time import at_time, day_of, iso
from bot.model.tree import Group, Node, Post, Use, Worker
from bot.outbox import ANSWERS
from bot.phrases.talk import ROLES
from bot.phrases.words import KINDS
from bot.recognise.note import is_group_note
from bot.sample import sample
from bot.schedules.load import load_schedules
from bot.service.demo import FIRST_DAY, OFFICE, OPENS, REVIEWER, TOWN_SIZE, Demo, Order
from bot.service.desk import Told
from bot.service.talking.conversation import MANNERS, SPOKEN
from bot.service.talking.speaker import by_name
from bot.store import accounts, approvals, sending
from bot.store.database import FolderLock

BEGINS = "10:40"
"""The wave of eight o'clock has reposts and gaps by then; its reminders come before noon."""
DAYS = 31
"""In the folder's order, so that no `demo` goes on in it by chance."""
STEP = timedelta(seconds=1)
SOON = timedelta(seconds=30)
MOST_S = 300
"""After something was said the clock goes on until answers and reminders are out, and no longer than this."""
PATIENCE_S = 15
"""Nothing said for so long, the pace aside: what is left waits for something else (STOP, the day's limit)."""
BOT, NEIGHBOUR, STRANGER = "传达", "邻居", "陌生人"
STRANGERS = (STRANGER, "路人", "外人")
MARK = "chat.json"
PICTURE = "照片.png"
DRAFT_TITLE = "说百万保障要扣费的是骗子"
_DRAFT = """【反诈提醒】说“百万保障”要扣费的，是骗子

第一，电话里说您开了“百万保障”，不关就每月扣钱，请挂掉。
第二，这个保障不收钱，不用去关。
第三，叫您装会议软件、共享屏幕的，别照做。

记住：不共享屏幕，不说验证码，不转账。

已经被骗了钱，直接打 110。

{number} · 清河镇反诈办 · 咨询劝阻 96110
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be. ``worker`` is None for a stranger; ``what``: what they are in town (Chinese)."""

    name: str
    account: str
    worker: Worker | None
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something said. ``place``: the room, or the account of whom the program talks to privately; ``where``: how people
    call that; ``who`` said it; ``text`` as a telephone shows it, a picture as “[图片] 名”."""

    at: datetime
    place: str
    where: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of something: what the program said, anywhere, in its order; ``screen``: what the office's screen showed.

    ``why``: why nothing was said where somebody spoke (Chinese). ``waiting``: parts of contents that are due and go out
    as the clock goes on.
    """

    lines: Sequence[Line] = ()
    screen: Sequence[str] = ()
    why: str = ""
    waiting: int = 0


class Practice(Demo):
    """A town in its own folder. `start` before anything else, `close` at the end; a folder goes on where it was."""

    def __init__(
        self, data: Path, groups: int | None = None, config: Path | None = None, *, fresh: bool = False
    ) -> None:
        """``groups``: of a new town. ``fresh``: begin a new one whatever there was. Raises `ChuandaError` if the folder
        holds anything but such a town, or one of another size."""
        before = _town_in(data)
        if before is not None and before.begun and not fresh:
            groups, config = groups or before.groups, config or Path(before.config)
        else:
            groups, config = groups or TOWN_SIZE, config or sample().schedules
            load_schedules(config)  # before the folder is touched
            _lay_out(data, _Kept(groups, str(config.resolve())))
            before = None
        self._begun = before is not None
        self._spoken: list[Line] = []
        try:
            super().__init__(data, Order(groups, DAYS), config, data / "content")
        except LookupError:
            gone = f"{data / 'content'} 里少了已经发过的内容"
            raise ChuandaError(f"{gone}；放回去，或者加上 --fresh 从头来") from None
        self._said = [_line_of(raw) for raw in read_log(data / "said.jsonl")]
        self._log = WorldLog(data / "said.jsonl")
        channel = self.town.channel
        assert isinstance(channel, SimulatedChannel)
        channel.watch = self._overhear
        reviewer = min(self.schedules.reviewers, default=REVIEWER)
        self.staff = {role: self._staff(name, role) for name, role in _staff_of(reviewer)}
        channel.people |= {person.account for person in self.staff.values()}
        self.town.desk.reload_rooms()

    async def start(self, at: str | None = None) -> Answer:
        """Go on from where the folder was, up to ``at`` if that is given; a new one begins at `BEGINS`."""
        until = None if at is None and self._begun else self.moment(at or BEGINS)
        await self.town.start(self.now)
        if until is None:
            return Answer()
        answer = await self.move_to(until)
        if not self._begun:
            self._begun = True
            _keep(self.data, replace(_kept(self.data), begun=True))
        return answer

    # ── a demo's town, with what people change in it ────────────────────────────────────────────────────

    def _approve(self) -> None:
        """Of a new town only: what is put into the folder later waits for its review. One content is left for the
        reviewer."""
        if self._begun:
            return
        super()._approve()
        at = at_time(FIRST_DAY, time.min) + OPENS
        number = next_number(self.library.refresh().contents.values(), at.year)
        folder = write_draft(
            self.library.root, DRAFT_TITLE, number, topics=["冒充客服"], audiences=[], source="清河镇反诈办编写（样例）",
            parts=[{"text": "text.md", "main": True}], files={"text.md": _DRAFT.format(number=number).encode()},
        )  # fmt: skip
        content = self.library.refresh().contents[ContentId(folder.name)]
        clerk = next((f"w{w.id}" for w in self.tree.workers if w.name == OFFICE), "")
        entry = ApprovalEntry(ApprovalAct.SUBMIT, content.digest, OFFICE, at, account=clerk)
        self.store.write_now(approvals.add_approval, content.id, entry)

    def _announce(self) -> None:
        """A content that came into the library since is passed on like the others."""
        self.world.contents = self.town.desk.contents
        super()._announce()

    def _staff(self, name: str, role: Role) -> Person:
        """Somebody of the office, whose account is known by a one-time code, as it would be."""
        town = self.tree.root
        worker = next((w for w in self.tree.workers if (w.name, w.unit) == (name, town.path)), None)
        known = worker is not None
        if worker is None:
            worker = self.store.write_now(accounts.add_person, name, town.path)
        account = f"w{worker.id}" if known else f"o{worker.id}"
        if role not in self.store.read(accounts.roles).get(worker.id, ()):
            code = f"practice-{role}"
            self.store.write_now(accounts.add_code, code, worker.id, self.now + timedelta(minutes=1), role)
            self.store.write_now(accounts.use_code, code, account, self.now, private=True)
        return Person(name, account, worker, ROLES[role])

    # ── what somebody does ──────────────────────────────────────────────────────────────────────────────

    async def say(self, person: Person, text: str, group: Group | None = None) -> Answer:
        """``person`` says ``text`` in ``group``, or privately to the program."""
        kind = MessageKind.GROUP_NOTE if is_group_note(text) else MessageKind.TEXT
        return await self._bring(person, group, [Part(PartKind.TEXT, text=text)], kind)

    async def show(self, person: Person, group: Group | None = None, file: Path | None = None) -> Answer:
        """``person`` sends a picture: ``file``, or one that shows nothing. Raises `OSError` if it cannot be read."""
        path = file or self.data / PICTURE
        if file is None and not path.exists():
            path.write_bytes(_blank_picture())
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return await self._bring(person, group, [Part(PartKind.IMAGE, path=path, sha256=sha256)])

    async def forward(self, person: Person, content: Content, group: Group | None = None) -> Answer:
        """``person`` passes on all of ``content``, as people do: its parts one after the other."""
        return await self._bring(person, group, content.parts)

    async def move_to(self, moment: datetime) -> Answer:
        """Let the day go on until then and what is due then be said; what was said meanwhile, and shown to the office."""
        if moment < self.now:
            raise ChuandaError(f"现在已经是 {self.spoken(self.now)}，时间只能往后走")
        self._spoken, told = [], list[Told]()
        await self.live(moment, told.append)
        await self._settle(told)
        return self._answer(told)

    async def _bring(
        self, person: Person, group: Group | None, parts: Sequence[Part], kind: MessageKind | None = None
    ) -> Answer:
        self._spoken, told = [], list[Told]()
        messages = []
        for part in parts:
            message = self._message(person, group, part, kind)
            messages.append(message)
            where = person.name if group is None else group.name
            self._write_down(Line(self.now, message.room or person.account, where, person.name, shown(part)))
            if group is None or self.world.sees(group):
                await self.town.handle(message)
                told += self.town.told()
        mine = {one.kind for one in told}
        await self._settle(told)
        answer = self._answer(told)
        if any(line.place == self.place(person, group) for line in answer.lines):
            return answer
        return replace(answer, why=await self._why(person, group, messages, mine))

    def _message(self, person: Person, group: Group | None, part: Part, kind: MessageKind | None) -> Message:
        id, room, shown_as = f"chat{len(self._said)}", "", person.name
        if group is not None:
            room = room_id(group.id)
            shown_as = f"{self.tree.by_id[group.node].name[:2]}-{person.name}"
        message = as_message(id, self.tree.groups[0].id, person.account, part, self.now)
        path = None if part.kind is PartKind.TEXT else part.path
        return replace(message, room=room, sender_name=shown_as, path=path, kind=kind or message.kind)

    async def _settle(self, told: list[Told]) -> None:
        """The clock goes on in small steps until what was asked for is said, and whoever is written to has it."""
        patience = PATIENCE_S + self.schedules.pacing.seconds
        quiet, heard = 0, 0
        for _ in range(MOST_S):
            await self.live(self.now + STEP, told.append)
            quiet = 0 if len(self._spoken) > heard else quiet + 1
            heard = len(self._spoken)
            if quiet > patience or not self._left():
                return

    def _left(self) -> list[sending.Outgoing]:
        """What is on its way and no part of a wave: those go on as the day goes on."""
        paused = bool(self.store.read(sending.get_meta, "paused"))
        due = self.store.read(sending.planned, self.now + SOON)
        return [out for out in due if out.kind in ANSWERS or (out.kind != "part" and not paused)]

    def _answer(self, told: Sequence[Told]) -> Answer:
        self.store.write_now(sending.set_meta, "demo_now", iso(self.now))
        screen = [one.text for one in told if one.kind in sending.NOTICES]
        waiting = self.store.read(sending.waiting_parts, self.now)
        return Answer(tuple(self._spoken), screen, waiting=waiting)

    # ── what is heard ───────────────────────────────────────────────────────────────────────────────────

    def lately(self, person: Person, group: Group | None, most: int = 12) -> Sequence[Line]:
        """What was said in ``group``, or privately between ``person`` and the program; the newest last."""
        place = self.place(person, group)
        return [line for line in self._said if line.place == place][-most:]

    @staticmethod
    def place(person: Person, group: Group | None) -> str:
        """Where ``person`` speaks, as `Line.place` names it."""
        return room_id(group.id) if group is not None else person.account

    def seen(self, event: Event) -> None:
        """Somebody in town spoke where our account is; what it says itself is overheard as it is said."""
        if not isinstance(event, Message) or event.is_self:
            return
        desk = self.town.desk
        group = desk.group_of.get(event.room)
        worker = desk.worker_of.get(event.sender)
        person = None if worker is None else desk.person(worker)
        who = NEIGHBOUR if person is None else person.name
        text = event.text or event.title
        if event.kind not in SPOKEN:
            text = f"[{KINDS.get(event.kind, '语音')}] {text}".strip()
        where = who if group is None else group.name
        self._write_down(Line(event.at, event.room or event.sender, where, who, text))

    def _overhear(self, to: Address, part: Part) -> None:
        desk = self.town.desk
        group = desk.group_of.get(to.room)
        worker = desk.worker_of.get(to.person)
        person = None if worker is None else desk.person(worker)
        where = group.name if group is not None else person.name if person is not None else STRANGER
        line = Line(self.now, to.room or to.person, where, BOT, shown(part))
        self._spoken.append(line)
        self._write_down(line)

    def _write_down(self, line: Line) -> None:
        self._said.append(line)
        self._log.write({**asdict(line), "at": line.at.isoformat()})

    async def _why(
        self, person: Person, group: Group | None, messages: Sequence[Message], told: set[str]
    ) -> str:
        """Why nobody was answered, in one short line. It reads again what was said; it decides nothing."""
        desk = self.town.desk
        message = messages[-1]
        if group is not None and not self.world.sees(group):
            return "机器人不在这个群里，看不见"
        if self._left():
            return "话写好了，还没发出去：发送停着，或者今天发满了"
        if "observed" in told:
            return "看见转发，记下了，在群里不回话"
        if "confirmed" in told:
            return "记下了，在群里不回话"
        if group is not None and any(hit.main for m in messages for hit in desk.recogniser.match(m).hits):
            return "认出是宣传内容；这里没有等着转的，或者早记过了"
        if group is not None and group.use is not Use.WORK:
            return "居民群里的话不听，也不记" if not group.observe else "居民群里只认转发，别的话不记"
        speaker = by_name(desk, message, group)
        if speaker.person is None:
            return "不认得这个人，不理"
        if message.kind not in SPOKEN:
            return "没认出是哪条宣传内容，跟在“已转发”后面的记在一起"
        place = Place.PRIVATE if group is None else Place.WORK
        said = [one for role in sorted(speaker.roles) if (one := read(message.text, role, place))]
        if said and said[0].command is Command.CHOICE:
            return "现在没有要选的，群里的数字不理"
        if said and said[0].command in (Command.CONFIRMED, Command.NOT_YET):
            return "听懂了，没有新的要记，不回话"
        if said and said[0].command is Command.BIND_GROUP:
            return "绑定群要在那个群里说"
        if said:
            return "话说得太密，先不听，过几秒再说"
        if MANNERS.fullmatch(message.text):
            return "客气话，不用回"
        return (
            "没认出是命令，群里的闲话不理" if group is not None else "没看懂；刚说过回“帮助”，十分钟里不再说"
        )

    # ── names ───────────────────────────────────────────────────────────────────────────────────────────

    def person(self, written: str) -> Person:
        """Whom ``written`` means: a name, a place and a post, 反诈办, 审核人, or a stranger. Raises `NotFound`."""
        written = written.strip()
        if written in STRANGERS:
            return Person(STRANGER, "stranger", None, "机器人不认得的人")
        for role, person in self.staff.items():
            if written in (ROLES[role], person.name, f"{ROLES[role]}{person.name}"):
                return person
        named = self._named(written)
        if len(named) == 1:
            return self._somebody(named[0])
        if named:
            each = "、".join(f"{w.unit.rsplit('/', 1)[-1]}{w.name}" for w in named[:6])
            raise NotFound(f"叫“{written}”的不止一个；写成：{each}")
        return self._by_post(written)

    def people(self) -> Sequence[str]:
        """Some whom one can be, as they are written."""
        village = next((n for n in self.tree.nodes if n.name == "柳林村"), self.tree.nodes[1])
        grids = [n for n in self.tree.subtree(village) if n is not village and Post.CONTACT in n.people]
        names = [f"{village.name}书记", f"{village.name}联络员"]
        names += [f"{village.name}{grids[len(grids) // 2].name}网格员"] if grids else []
        return [*names, "镇书记", *(ROLES[role] for role in self.staff), STRANGER]

    def group(self, written: str) -> Group:
        """The group of this name. Raises `NotFound` with the nearest ones."""
        found = self.town.desk.gazetteer.groups.find(written)
        if found.one is not None:
            return found.one
        near = "、".join(group.name for group in found.near) or self.groups_of(None)[0].name
        raise NotFound(f"没有“{written}”这个群；是不是：{near}")

    def groups_of(self, person: Person | None, most: int = 6) -> Sequence[Group]:
        """Groups that ``person`` would be in, their work groups first; some of the town for somebody without any."""
        worker = None if person is None else person.worker
        nodes = [node for node, _ in self.tree.posts_of.get(worker.id, ())] if worker else []
        above = [g for n in nodes if (g := self.tree.work_group_above(n, strictly=False)) is not None]
        below = [
            g for n in nodes for node in self.tree.subtree(n) for g in self.tree.groups_of.get(node.id, ())
        ]
        own = list({g.id: g for g in (*above, *below) if g.use is not Use.OUTLET}.values())
        return (own or [g for g in self.tree.groups if g.use is Use.WORK])[:most]

    def content(self, written: str) -> Content:
        """The content of this number, title or id. Raises `NotFound` with the nearest ones."""
        self.town.desk.refresh_library()
        contents = self.town.desk.contents
        serial = re.fullmatch(r"(\d{1,3})号?", written.strip())
        by_number = [c for c in contents.values() if serial and c.number[-4:-1] == f"{int(serial[1]):03d}"]
        found = contents.get(ContentId(written)) or (by_number[0] if len(by_number) == 1 else None)
        if found is not None:
            return found
        titles = Names((content.title, content) for content in contents.values()).find(written)
        if titles.one is not None:
            return titles.one
        near = titles.near or list(contents.values())[:3]
        some = "、".join(f"{c.number[-4:-1]} {c.title}" for c in near)
        raise NotFound(f"资料库里没有“{written}”；比如：{some}")

    def moment(self, written: str) -> datetime:
        """“14:30”, “明天 8:30”, “30分钟” from now on. Raises `ChuandaError` with how it is written."""
        text = written.strip()
        if span := re.fullmatch(r"(?:过|再过)?\s*(\d{1,3})\s*(?:个?(小时)|(?:分钟?))\s*后?", text):
            return self.now + timedelta(minutes=int(span[1]) * (60 if span[2] else 1))
        found = re.fullmatch(r"(今天|明天|后天)?\s*(\d{1,2})(?:[:：](\d{2})|点(半|\d{1,2})?分?)", text)
        hour, minute = (int(found[2]), found[3] or found[4] or "0") if found else (99, "0")
        minutes = 30 if minute == "半" else int(minute)
        if found is None or hour > 23 or minutes > 59:
            raise ChuandaError(f"“{written}”不是时间；写成 14:30、明天 8:30，或 30分钟")
        days = ("今天", "明天", "后天").index(found[1] or "今天")
        moment = at_time(day_of(self.now) + timedelta(days=days), time(hour, minutes))
        if moment < self.now:
            later = "" if days else f"；明天的写成：明天 {hour}:{minutes:02d}"
            raise ChuandaError(f"现在已经是 {self.spoken(self.now)}，时间只能往后走{later}")
        return moment

    @staticmethod
    def spoken(at: datetime) -> str:
        """“3月12日 10:40”."""
        return f"{phrases.spoken_day(day_of(at))} {phrases.clock(at)}"

    def _named(self, written: str) -> list[Worker]:
        """Those of this name, told apart by a place before it: 柳林村何志远."""
        found = []
        for worker in self.tree.workers:
            place = written.removesuffix(worker.name)
            if place == written:
                continue
            nodes = [node.path for node, _ in self.tree.posts_of.get(worker.id, ())]
            if any(place.strip() in path for path in (worker.unit, *nodes)):
                found.append(worker)
        return found

    def _by_post(self, written: str) -> Person:
        post, place = _post_and_place(written)
        found = self.town.desk.gazetteer.place("全镇" if place in ("", "镇", "镇里") else place)
        if found.one is None:
            raise NotFound(
                self._nobody(written, [f"{n.name}{written.removeprefix(place)}" for n in found.near])
            )
        worker = found.one.people.get(post)
        if worker is None:
            have = [f"{found.one.name}{_POST_NAMES[p]}" for p in found.one.people]
            raise NotFound(self._nobody(written, have))
        return self._somebody(self.tree.worker_by_id[worker])

    def _nobody(self, written: str, near: Sequence[str]) -> str:
        names = get_close_matches(written, {w.name for w in self.tree.workers}, n=2, cutoff=0.6)
        offered = [*names, *near] or self.people()
        return f"这里没有“{written}”；是不是：{'、'.join(dict.fromkeys(offered))}"

    def _somebody(self, worker: Worker) -> Person:
        own = [person for person in self.staff.values() if person.worker == worker]
        if own:
            return own[0]
        posts = self.tree.posts_of.get(worker.id, ())
        return Person(worker.name, f"w{worker.id}", worker, "、".join(self._post_of(n, p) for n, p in posts))

    def _post_of(self, node: Node, post: Post) -> str:
        unit = self.tree.unit_of(node)
        return f"{'' if unit is node else unit.name}{node.name}{_POST_NAMES[post]}"


_POSTS = (
    (Post.DEPUTY, "副联系人|副联络员"),
    (Post.IN_CHARGE, "分管领导|分管|副书记|副镇长|副主任|副校长|副院长|副行长|副村长"),
    (Post.DEPUTY, "副"),
    (
        Post.HEAD,
        "主要负责人|负责人|党委书记|支部书记|支书|书记|(?<=镇)镇长|^镇长|(?<=镇)长|(?<=村)村长|(?<=村)长|主任|校长|院长|行长|一把手",
    ),
    (Post.CONTACT, "联系人|联络员|网格员|网格长"),
)
"""Posts as people call them, at the end of what is written."""
_POST_NAMES = {
    Post.CONTACT: "联系人",
    Post.DEPUTY: "副联系人",
    Post.IN_CHARGE: "分管领导",
    Post.HEAD: "主要负责人",
}


def _post_and_place(written: str) -> tuple[Post, str]:
    """“柳林村书记” → head, 柳林村; without a post the contact is meant."""
    for post, words in _POSTS:
        place = re.sub(rf"(?:{words})$", "", written).strip(" 的")
        if place != written:
            return post, place
    return Post.CONTACT, written


def shown(part: Part) -> str:
    """A part as a telephone shows it in one place: a text as it is, else “[图片] 名”."""
    if part.kind is PartKind.TEXT:
        return part.text
    name = part.title or (part.path.name if part.path else "")
    return f"[{KINDS[part.kind.value]}] {name}".strip()


# ── the folder ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Kept:
    """What chat.json says of the town in this folder; until it was ``begun`` nobody goes on with it."""

    groups: int
    config: str
    begun: bool = False


def _town_in(data: Path) -> _Kept | None:
    """The town in this folder; None if the folder is empty. Raises `ChuandaError` if something else is in it."""
    if (data / MARK).exists():
        return _kept(data)
    if (data / "demo.json").exists():
        raise ChuandaError(f"{data} 里是一次演练；换个 --data 文件夹")
    if (data / "chuanda.db").exists():
        raise ChuandaError(f"{data} 里是正式的数据，不能拿来试着说话；换个 --data 文件夹")
    if data.is_dir() and any(path.name != "run.lock" for path in data.iterdir()):
        raise ChuandaError(f"{data} 里有别的东西；换个 --data 文件夹，空的或者新的")
    return None


def _kept(data: Path) -> _Kept:
    try:
        return _Kept(**json.loads((data / MARK).read_text("utf-8")))
    except (ValueError, TypeError):
        raise ChuandaError(f"{data / MARK} 坏了；换个 --data 文件夹") from None


def _keep(data: Path, kept: _Kept) -> None:
    begun = data / f"{MARK}.tmp"
    begun.write_text(json.dumps(asdict(kept), ensure_ascii=False), "utf-8")
    begun.replace(data / MARK)


_OURS = (
    "chuanda.db", "chuanda.db-wal", "chuanda.db-shm", "world.jsonl", "said.jsonl", "demo.json", "demo.tmp", "STOP", PICTURE,
)  # fmt: skip


def _lay_out(data: Path, kept: _Kept) -> None:
    """An empty town's folder, with the sample's library copied into it; an older town in it goes."""
    lock = FolderLock(data)
    try:
        _keep(data, kept)  # first: from here on the folder is ours, whatever happens
        for name in _OURS:
            (data / name).unlink(missing_ok=True)
        for folder in ("content", "reports", "logs"):
            if (data / folder).exists():
                shutil.rmtree(data / folder)
        shutil.copytree(sample().library, data / "content")
    finally:
        lock.release()


def _line_of(raw: bytes) -> Line:
    said = json.loads(raw)
    return Line(datetime.fromisoformat(said.pop("at")), **said)


def _staff_of(reviewer: str) -> Sequence[tuple[str, Role]]:
    return ((OFFICE, Role.OFFICE), (reviewer, Role.REVIEWER))


def _blank_picture(side: int = 64) -> bytes:
    """A grey PNG: a photograph that shows nothing that anybody knows."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\x00" + b"\xb0" * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
