"""Who one can be in town, and what is called how: people, posts, groups, contents. It changes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.channels.simulated.shown import room_id
from bot.commands.places import Names
from bot.errors import NotFound
from bot.model.content import Content, ContentId
from bot.model.tree import Group, Medium, Mode, Node, Post, Tree, Use, Worker, WorkerId
from bot.service.desk import Desk

STRANGER, RESIDENT = "陌生人", "居民"
_POSTS = (
    (Post.DEPUTY, "副(?:联系人|联络员)?"),
    (Post.IN_CHARGE, "分管(?:领导)?|副(?:书记|主任|[镇村校院行]长)"),
    (Post.HEAD, "(?:主要)?负责人|(?:党委|支部)?书记|支书|(?<=镇)镇?长|(?<=村)村?长|主任|[校院行]长|一把手"),
    (Post.CONTACT, "联系人|联络员|网格[员长]"),
)
"""Posts as people call them, at the end of what is written; the first that fits is meant."""
_POST_NAMES = {
    Post.CONTACT: "联系人",
    Post.DEPUTY: "副联系人",
    Post.IN_CHARGE: "分管领导",
    Post.HEAD: "主要负责人",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be. ``worker`` is None for a stranger; ``what``: what they are in town (Chinese)."""

    name: str
    account: str
    worker: Worker | None
    what: str

    def place(self, group: Group | None) -> str:
        """Where they speak, in ``group`` or privately, as `Line.place` names it."""
        return self.account if group is None else room_id(group.id)


class Cast:
    """The people and things of one town by name. ``staff``: the office's people, who are called by what they do."""

    def __init__(self, desk: Desk, staff: Sequence[Person]) -> None:
        self._desk, self._staff = desk, staff
        self._known_example: tuple[int, tuple[Node, Node]] | None = None

    @property
    def _tree(self) -> Tree:
        return self._desk.tree

    def person(self, written: str) -> Person:
        """Whom ``written`` means: a name, a place and a post, 反诈办, 审核人, or a stranger. Raises `NotFound`."""
        written = written.strip()
        if written in (STRANGER, "路人", "外人"):
            return Person(STRANGER, "stranger", None, "机器人不认得的人")
        if written in (RESIDENT, "住户"):
            return Person(RESIDENT, "resident", None, "住在这里，不归谁管")
        for person in self._staff:
            if written in (person.what, person.name, person.what + person.name):
                return person
        named = self._named(written)
        if len(named) > 1:
            each = "、".join(f"{w.unit.rpartition('/')[2]}{w.name}" for w in named[:6])
            raise NotFound(f"叫“{written}”的不止一个；写成：{each}")
        return self._somebody(named[0] if named else self._by_post(written))

    def by_account(self, account: str) -> Person | None:
        """Who speaks with this account."""
        for person in (*self._staff, self.person(STRANGER), self.person(RESIDENT)):
            if person.account == account:
                return person
        digits = account.removeprefix("w")
        known = account != digits and digits.isascii() and digits.isdecimal() and len(digits) < 15
        worker = self._tree.worker_by_id.get(WorkerId(int(digits))) if known else None
        return None if worker is None else self._somebody(worker)

    def usual(self) -> Sequence[tuple[str, Person]]:
        """One of each kind: the office, a village's secretary, its grid worker with a group that we look into, a resident, a
        stranger."""
        village, grid = self._example()
        found = [("反诈办", self._staff[0])]
        for kind, node, post in (("村书记", village, Post.HEAD), ("网格员", grid, Post.CONTACT)):
            if (worker := node.people.get(post)) is not None:
                found.append((kind, self._somebody(self._tree.worker_by_id[worker])))
        return [*found, (RESIDENT, self.person(RESIDENT)), (STRANGER, self.person(STRANGER))]

    def _example(self) -> tuple[Node, Node]:
        """A village and one of its grids; 柳林村 if it has what is needed. Looked for once in a roster."""
        edition = self._desk.edition
        if self._known_example is None or self._known_example[0] != edition:
            self._known_example = edition, self._find_example()
        return self._known_example[1]

    def _find_example(self) -> tuple[Node, Node]:
        watched = {group.node for group in self._tree.groups if self._seen(group)}
        fitting = []
        for unit in self._tree.children(self._tree.root):
            grids = [n for n in self._tree.subtree(unit) if n is not unit and Post.CONTACT in n.people]
            seen = [n for n in grids if n.id in watched]
            if Post.HEAD in unit.people and seen:
                fitting.append((unit, seen[0]))
        known = [pair for pair in fitting if pair[0].name == "柳林村"]
        root = self._tree.root
        return (known or fitting or [(root, root)])[0]

    def _seen(self, group: Group) -> bool:
        return (
            group.use is Use.RESIDENT
            and group.observe
            and group.mode is Mode.RELAY
            and group.medium is Medium.WECHAT
        )

    def may_speak(self, person: Person, group: Group) -> bool:
        """Whether somebody would be in that group: of their place, above or below it. A stranger gets in anywhere."""
        if person.worker is None:
            return person.name == STRANGER or group.use is not Use.WORK
        here = self._tree.by_id[group.node]
        nodes = [node for node, _ in self._posts_of(person.worker)] or [self._tree.root]
        if self._desk.is_home(group):
            return here in nodes
        return any(n.lo <= here.lo <= n.hi or here.lo <= n.lo <= here.hi for n in nodes)

    def lives(self, person: Person) -> bool:
        """Whether somebody forwards by themselves in town until they are played."""
        return any(post is Post.CONTACT for _, post in self._posts_of(person.worker))

    def who_speaks_in(self, group: Group) -> Person:
        """Somebody who may speak there: whoever answers for it."""
        node = self._tree.by_id[group.node]
        posts = (Post.HEAD, Post.CONTACT) if group.use is Use.WORK else (Post.CONTACT, Post.HEAD)
        worker = next((w for post in posts if (w := node.people.get(post))), None)
        return self._staff[0] if worker is None else self._somebody(self._tree.worker_by_id[worker])

    def rooms_of(self, person: Person) -> Sequence[Group]:
        """Where a practice begins for ``person``: a work group of theirs and a residents' group, one that we look into if
        there is one."""
        village, grid = self._example()
        if person.worker is None:
            nodes: Sequence[Node] = [grid]
        else:
            nodes = [node for node, _ in self._posts_of(person.worker)] or [village]
        works = [] if person.name == RESIDENT else [self._tree.work_group_above(nodes[0], strictly=False)]
        if nodes[0] is self._tree.root:
            nodes = [village]
            home = next((group for group in self._work_groups() if self._desk.is_home(group)), works[0])
            works = [home, self._tree.work_group_above(village, strictly=False)]
        below = [g for n in nodes for b in self._tree.subtree(n) for g in self._tree.groups_of.get(b.id, ())]
        residents = [g for g in below if g.use is Use.RESIDENT]
        seen = [g for g in residents if self._seen(g)] or residents
        return [*(g for g in works if g is not None), *seen[:1]]

    def people(self) -> Sequence[str]:
        """Some whom one can be, as they are written."""
        village = next((n for n in self._tree.nodes if n.name == "柳林村"), self._tree.nodes[1])
        grids = [n for n in self._tree.subtree(village) if n is not village and Post.CONTACT in n.people]
        names = [f"{village.name}书记", f"{village.name}联络员"]
        names += [f"{village.name}{grids[len(grids) // 2].name}网格员"] if grids else []
        return [*names, "镇书记", *(person.what for person in self._staff), STRANGER]

    def group(self, written: str) -> Group:
        """The group of this name. Raises `NotFound` with the nearest ones."""
        found = self._desk.gazetteer.groups.find(written)
        if found.one is not None:
            return found.one
        near = found.near or self._work_groups()[:1]
        raise NotFound(f"没有“{written}”这个群；是不是：{'、'.join(group.name for group in near)}")

    def groups_of(self, person: Person, most: int = 6) -> Sequence[Group]:
        """Groups that ``person`` would be in, their work groups first; some of the town for somebody without any."""
        own: list[Group] = []
        nodes = [node for node, _ in self._posts_of(person.worker)]
        for node in nodes:
            above = self._tree.work_group_above(node, strictly=False)
            own += [] if above is None else [above]
        for node in nodes:
            for below in self._tree.subtree(node):
                own += self._tree.groups_of.get(below.id, ())
        once = {group.id: group for group in own if group.use is not Use.OUTLET}
        return (list(once.values()) or self._work_groups())[:most]

    def content(self, written: str) -> Content:
        """The content of this number, title or id. Raises `NotFound` with the nearest ones."""
        self._desk.refresh_library()
        contents = self._desk.contents
        if (known := contents.get(ContentId(written))) is not None:
            return known
        if serial := re.fullmatch(r"(\d{1,3})号?", written.strip()):
            numbered = [c for c in contents.values() if _serial(c) == f"{int(serial[1]):03d}"]
            if len(numbered) == 1:
                return numbered[0]
        titles = Names((content.title, content) for content in contents.values()).find(written)
        if titles.one is not None:
            return titles.one
        near = titles.near or list(contents.values())[:3]
        some = "、".join(f"{_serial(c)} {c.title}" for c in near)
        raise NotFound(f"资料库里没有“{written}”；比如：{some}")

    def _named(self, written: str) -> list[Worker]:
        """Those of this name, told apart by a place before it: 柳林村何志远."""
        found = []
        for worker in self._tree.workers:
            if written.endswith(worker.name):
                place = written.removesuffix(worker.name).strip()
                paths = (worker.unit, *(node.path for node, _ in self._posts_of(worker)))
                if any(place in path for path in paths):
                    found.append(worker)
        return found

    def _by_post(self, written: str) -> Worker:
        post, place = _post_and_place(written)
        found = self._desk.gazetteer.place("全镇" if place in ("", "镇", "镇里") else place)
        if found.one is None:
            raise self._nobody(written, [f"{n.name}{written.removeprefix(place)}" for n in found.near])
        worker = found.one.people.get(post)
        if worker is None:
            raise self._nobody(written, [f"{found.one.name}{_POST_NAMES[p]}" for p in found.one.people])
        return self._tree.worker_by_id[worker]

    def _nobody(self, written: str, near: Sequence[str]) -> NotFound:
        names = get_close_matches(written, {w.name for w in self._tree.workers}, n=2, cutoff=0.6)
        offered = [*names, *near] or self.people()
        return NotFound(f"这里没有“{written}”；是不是：{'、'.join(dict.fromkeys(offered))}")

    def _somebody(self, worker: Worker) -> Person:
        for person in self._staff:
            if person.worker == worker:
                return person
        posts = "、".join(self._post_of(node, post) for node, post in self._posts_of(worker))
        return Person(worker.name, f"w{worker.id}", worker, posts)

    def _post_of(self, node: Node, post: Post) -> str:
        unit = self._tree.unit_of(node)
        return f"{'' if unit is node else unit.name}{node.name}{_POST_NAMES[post]}"

    def _posts_of(self, worker: Worker | None) -> Sequence[tuple[Node, Post]]:
        return () if worker is None else self._tree.posts_of.get(worker.id, ())

    def _work_groups(self) -> Sequence[Group]:
        return [group for group in self._tree.groups if group.use is Use.WORK]


def _post_and_place(written: str) -> tuple[Post, str]:
    """“柳林村书记” → head, 柳林村; without a post the contact is meant."""
    for post, words in _POSTS:
        place = re.sub(rf"(?:{words})$", "", written).strip(" 的")
        if place != written:
            return post, place
    return Post.CONTACT, written


def _serial(content: Content) -> str:
    """“012” of 反诈宣〔2026〕012号."""
    return content.number[-4:-1]
