"""The kinds of stories in which something is confirmed: in each an honest, careful person could tell exactly what."""

from __future__ import annotations

from collections.abc import Sequence

from tests.corpus.answers_scene import DASHES, Post, Scene, given_name, groups, one_grid, two_grids
from tests.corpus.answers_town import CONTENTS, PLACES, Grid, Text, full_text

# ── a yes without saying to what ────────────────────────────────────────────────────────────────────────────


def bare(s: Scene, key: str) -> None:
    me = s.somebody(groups(2) if key == "all" else one_grid if key == "dressed" else groups(1))
    (text,) = s.post()
    s.chatter()
    s.others_too(text, me)
    s.say(me, s.word(key, me))
    s.yes(text, me)
    s.chatter()


def bare_last(s: Scene) -> None:
    """Of several contents a bare yes means what was posted last."""
    me = s.somebody()
    texts = s.post(s.rng.choice((2, 2, 3)))
    s.chatter()
    s.say(me, s.word("bare", me))
    s.yes(texts[-1], me)
    s.others_too(texts[-1], me)


def bare_remaining(s: Scene) -> None:
    """The last one is done already, so a bare yes means the one that is open."""
    me = s.somebody()
    first, last = s.post(2)
    if s.rng.random() < 0.5:
        s.say(me, s.word("title", me, **s.about(last)))
    else:
        s.say(me, f"「传达：{shown(s, last)}」\n{DASHES[0]}\n{s.word('bare', me)}")
    s.yes(last, me)
    s.chatter()
    s.say(me, s.answer(me))
    s.yes(first, me)


def the_other(s: Scene) -> None:
    me = s.somebody()
    first, last = s.post(2)
    s.say(me, s.word("bare", me))
    s.yes(last, me)
    s.chatter()
    s.say(me, s.word("the_other", me))
    s.yes(first, me)


def bare_between(s: Scene) -> None:
    """Some answer before the next content comes, some after."""
    me = s.somebody()
    (first,) = s.post()
    s.say(me, s.answer(me))
    s.yes(first, me)
    s.others_too(first, me)
    (second,) = s.post()
    if s.rng.random() < 0.6:
        s.say(me, s.answer(me))
        s.yes(second, me)
    elif other := s.another(me):
        s.say(other, s.word("bare", other))
        s.yes(second, other)


def deputy(s: Scene) -> None:
    place = s.rng.choice([p for p in PLACES if any(g.deputy for g in p.grids)])
    s.place = place
    me = s.rng.choice([grid.deputy for grid in place.grids if grid.deputy])
    (text,) = s.post()
    homes = place.homes_of(me)
    if s.rng.random() < 0.5:
        s.say(me, s.answer(me))
        s.yes(text, homes=homes)
    else:
        some, _ = s.some(homes)
        s.say(me, s.word("groups", me, gs=s.named(some, me)))
        s.yes(text, homes=some)
    s.chatter()


# ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────


def named_groups(s: Scene, count: int = 1) -> None:
    me = s.somebody(groups(2))
    text = s.post(count)[-1]
    s.chatter()
    some, _ = s.some(s.place.homes_of(me))
    s.say(me, s.word("groups", me, gs=s.named(some, me)))
    s.yes(text, homes=some)
    s.others_too(text, me)


def step_by_step(s: Scene) -> None:
    me = s.somebody(groups(3))
    (text,) = s.post()
    some, rest = s.some(s.place.homes_of(me), leave=2)
    s.say(me, s.word("groups", me, gs=s.named(some, me)))
    s.yes(text, homes=some)
    s.others_too(text, me)
    if s.rng.random() < 0.5:
        more, _ = s.some(rest)
        s.say(me, f"{s.named(more, me)}也转了")
        s.yes(text, homes=more)
    else:
        s.say(me, s.word("all", me))
        s.yes(text, me)


def one_of_two_grids(s: Scene) -> None:
    me = s.somebody(lambda p, w: two_grids(p, w) and all(len(g.homes) > 1 for g in p.grids_of(w)))
    (text,) = s.post()
    grid: Grid = s.rng.choice(s.place.grids_of(me))
    s.say(me, s.word("groups", me, gs=s.rng.choice(grid.called)))
    s.yes(text, homes=grid.homes)
    s.chatter()


def excepted(s: Scene, key: str) -> None:
    me = s.somebody(groups(3))
    (text,) = s.post()
    rest, out = s.some(s.place.homes_of(me), least=len(s.place.homes_of(me)) - 2)
    s.say(me, s.word(key, me, gs=s.named(out, me)))
    s.yes(text, homes=rest)
    s.others_too(text, me)


def partly(s: Scene) -> None:
    me = s.somebody(groups(2))
    (text,) = s.post()
    done, rest = s.some(s.place.homes_of(me))
    later, _ = s.some(rest, leave=0)
    s.say(me, s.word("partial", me, a=s.named(done, me), b=s.named(later, me)))
    s.yes(text, homes=done)
    s.chatter()


def corrected(s: Scene) -> None:
    """A yes, and then that one of the groups is not done."""
    me = s.somebody(groups(2))
    (text,) = s.post()
    s.say(me, s.answer(me))
    s.yes(text, me)
    out, _ = s.some(s.place.homes_of(me), leave=len(s.place.homes_of(me)) - 1)
    s.chatter()
    s.say(me, s.word("correct", me, gs=s.named(out, me)))
    s.no(text, out)


def task_numbers(s: Scene) -> None:
    """The numbers of the person's own list, which are those of the groups in the roster's order."""
    me = s.somebody(groups(3))
    (text,) = s.post()
    homes = s.place.homes_of(me)
    some, _ = s.some(homes)
    s.say(me, "我的任务")
    listed = s.rng.choice(("、", " ", "，")).join(str(homes.index(home) + 1) for home in some)
    s.say(me, s.rng.choice((f"已转发 {listed}", f"{listed}已转", f"{listed}转了", f"已转{listed}")))
    s.yes(text, homes=some)


# ── which content ───────────────────────────────────────────────────────────────────────────────────────────


def shown(s: Scene, text: Text) -> str:
    """A delivery as a reply shows it: in full, its beginning, or the card."""
    if text.card:
        return s.rng.choice((f"[链接] {text.title}", f"[链接]{text.title}", text.title))
    full = full_text(text, numbers=s.numbers)
    begin = s.rng.randint(14, 30)
    return s.rng.choice(
        (full, full, text.text.splitlines()[0], f"{text.text[:begin]}...", f"{text.text[:begin]}…")
    )


def _older(s: Scene, texts: Sequence[Text]) -> Text:
    return s.rng.choice(texts[:-1]) if s.rng.random() < 0.8 else texts[-1]


def quoted(s: Scene, *, card: bool) -> None:
    """A reply to a delivery is about that one."""
    me = s.somebody()
    while True:
        texts = s.rng.sample(CONTENTS, s.rng.choice((2, 3)))
        about = _older(s, texts)
        if about.card == card:
            break
    s.steps += [Post(text.id) for text in texts]
    s.chatter()
    s.quoting(shown(s, about), "传达", s.answer(me), me)
    s.yes(about, me)
    s.others_too(texts[-1], me)


def quoted_groups(s: Scene) -> None:
    me = s.somebody(groups(3))
    texts = s.post(2)
    about = _older(s, texts)
    some, rest = s.some(s.place.homes_of(me))
    if s.rng.random() < 0.6:
        s.quoting(shown(s, about), "传达", s.word("groups", me, gs=s.named(some, me)), me)
        s.yes(about, homes=some)
    else:
        key = s.rng.choice(("except", "except_not"))
        s.quoting(shown(s, about), "传达", s.word(key, me, gs=s.named(some, me)), me)
        s.yes(about, homes=rest)


def quoted_person(s: Scene) -> None:
    """A reply to somebody who names a content."""
    me = s.somebody()
    texts = s.post(2)
    about = _older(s, texts)
    asked = s.word("about", **s.about(about))
    s.say(s.place.head, asked)
    s.quoting(asked, s.place.head, s.answer(me), me)
    s.yes(about, me)


def quoted_urge(s: Scene) -> None:
    """A reply to somebody who means what was posted last."""
    me = s.somebody()
    text = s.post(s.rng.choice((1, 1, 2)))[-1]
    other = s.another(me)
    if other and s.rng.random() < 0.4:
        said = s.rng.choice(("已转发", "转了", "都转了"))
        said = "已转发" if len(s.steps) > 1 else said
        s.say(other, said)
        s.yes(text, other)
        s.quoting(said, other, s.word("me_too"), me)
    else:
        urged = s.word("urge", me)
        s.say(s.place.head, urged)
        s.quoting(urged, s.place.head, s.answer(me, plain=len(s.steps) > 2), me)
    s.yes(text, me)


def by_number(s: Scene) -> None:
    me = s.somebody()
    texts = s.post(s.rng.choice((1, 2, 2, 3)))
    about = s.rng.choice(texts)
    s.chatter()
    s.say(me, s.word("number", me, no=s.number(about, bare=True)))
    s.yes(about, me)


def by_number_groups(s: Scene) -> None:
    me = s.somebody(groups(3))
    about = s.rng.choice(s.post(2))
    some, rest = s.some(s.place.homes_of(me))
    if s.rng.random() < 0.6:
        s.say(me, s.word("number_groups", me, no=s.number(about), gs=s.named(some, me)))
        s.yes(about, homes=some)
    else:
        s.say(me, s.word("number_except", me, no=s.number(about), gs=s.named(some, me)))
        s.yes(about, homes=rest)


def by_title(s: Scene, key: str) -> None:
    me = s.somebody()
    texts = s.post(s.rng.choice((1, 2, 2, 3)))
    about = s.rng.choice(texts)
    s.chatter()
    s.say(me, s.word(key, me, **s.about(about)))
    s.yes(about, me)


def by_title_groups(s: Scene) -> None:
    me = s.somebody(groups(2))
    about = s.rng.choice(s.post(2))
    some, _ = s.some(s.place.homes_of(me))
    s.say(me, s.word("title_groups", me, gs=s.named(some, me), **s.about(about)))
    s.yes(about, homes=some)


def both(s: Scene) -> None:
    me = s.somebody()
    first, last = s.post(2)
    s.chatter()
    s.say(me, s.word("both", me))
    s.yes(first, me)
    s.yes(last, me)


def both_named(s: Scene) -> None:
    me = s.somebody()
    texts = s.post(s.rng.choice((2, 3)))
    x, y = s.rng.sample(texts, 2)
    if s.numbers and s.rng.random() < 0.5:
        names = (f"{x.number:03d}号", f"{y.number:03d}号")
    else:
        names = (f"《{s.rng.choice((x.title, *x.parts))}》", f"《{s.rng.choice((y.title, *y.parts))}》")
    s.say(me, s.word("both_named", me, x=names[0], y2=names[1]))
    s.yes(x, me)
    s.yes(y, me)


def one_not_the_other(s: Scene) -> None:
    me = s.somebody()
    texts = s.post(s.rng.choice((2, 3)))
    x, y = s.rng.sample(texts, 2)
    if s.numbers and s.rng.random() < 0.5:
        names = (f"{x.number:03d}号", f"{y.number:03d}号")
    else:
        names = (f"《{s.rng.choice((x.title, *x.parts))}》", f"《{s.rng.choice((y.title, *y.parts))}》")
    s.say(me, s.word("one_not", me, x=names[0], y2=names[1]))
    s.yes(x, me)


def no_to_the_new(s: Scene) -> None:
    """All of the first is done; that a group is not done after the second came is said of the second."""
    me = s.somebody(groups(2))
    (first,) = s.post()
    s.say(me, s.answer(me))
    s.yes(first, me)
    s.post()
    out, _ = s.some(s.place.homes_of(me), leave=len(s.place.homes_of(me)) - 1)
    s.say(me, f"{s.named(out, me)}还没转")


def besides_hearsay(s: Scene) -> None:
    """The speaker's own word counts, what is told of a colleague does not."""
    me = s.somebody(lambda place, _: len(place.workers) >= 2)
    (text,) = s.post()
    s.say(me, s.word("hearsay", me, b=s.another(me) or me))
    s.yes(text, me)


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of(s: Scene, workers: Sequence[str], key: str = "list_yes") -> list[str]:
    return [s.word(key, w=worker, g=s.rng.choice(s.place.grids_of(worker)[0].called)) if one_grid(s.place, worker)
            else f"{worker} 已转" for worker in workers]  # fmt: skip


def some_workers(s: Scene, least: int = 2) -> list[str]:
    s.somebody(lambda place, _: len(place.workers) >= least)
    workers = list(s.place.workers)
    s.rng.shuffle(workers)
    return workers[: s.rng.randint(least, len(workers))]


def simple_list(s: Scene) -> None:
    workers = some_workers(s)
    text = s.post(s.rng.choice((1, 1, 2)))[-1]
    gaps = sorted(s.rng.sample(range(1, 12), len(workers))) if s.rng.random() < 0.3 else ()
    s.note(workers[-1], s.word("list_head"), lines_of(s, workers), gaps)
    for worker in workers:
        s.yes(text, worker)


def list_with_no(s: Scene) -> None:
    workers = some_workers(s, 3)
    (text,) = s.post()
    out = s.rng.sample(workers, s.rng.randint(1, len(workers) - 1))
    lines = [lines_of(s, [w], "list_no" if w in out else "list_yes")[0] for w in workers]
    lines = [
        f"{w} 没转" if w in out and not one_grid(s.place, w) else x
        for w, x in zip(workers, lines, strict=True)
    ]
    s.note(s.rng.choice(workers), s.word("list_head"), lines)
    for worker in workers:
        if worker not in out:
            s.yes(text, worker)


def list_of_one(s: Scene) -> None:
    """The head of the list says which content it is about."""
    workers = some_workers(s)
    texts = s.post(2)
    about = _older(s, texts)
    s.note(workers[-1], s.word("list_about", **s.about(about)), lines_of(s, workers))
    for worker in workers:
        s.yes(about, worker)
    s.chatter()


def growing_list(s: Scene) -> None:
    """Everybody posts it again with one line more; now and then one takes something back in between."""
    workers = some_workers(s, 3)
    (text,) = s.post()
    head, lines = s.word("list_head"), lines_of(s, workers)
    kind = s.rng.choice(("group_note", "text"))
    for count, worker in enumerate(workers, start=1):
        s.note(worker, head, lines[:count], kind=kind)
        s.yes(text, worker)
        homes = s.place.homes_of(worker)
        if count < len(workers) and len(homes) > 1 and s.rng.random() < 0.4:
            out, _ = s.some(homes, leave=len(homes) - 1)
            s.say(worker, s.word("correct", worker, gs=s.named(out, worker)))
            s.no(text, out)
        s.chatter()


def list_of_before(s: Scene) -> None:
    """The list of the first content goes on after the second one came: the old lines say nothing of the second."""
    workers = some_workers(s, 2)
    (text,) = s.post()
    early, late = workers[:-1], workers[-1]
    named = s.rng.random() < 0.6
    head = s.word("list_about", **s.about(text)) if named else s.word("list_head")
    lines = lines_of(s, workers)
    s.note(early[-1], head, lines[:-1])
    for worker in early:
        s.yes(text, worker)
    (second,) = s.post()
    if not named:
        s.say(late, "已转发")
        s.yes(second, late)
    s.note(late, head, lines)
    s.yes(text, late)


def edited_list(s: Scene) -> None:
    """Only what changed counts."""
    me = s.somebody(groups(3))
    other = s.another(me) or me
    (text,) = s.post()
    homes = s.place.homes_of(me)
    some, rest = s.some(homes)
    head, lines = s.word("list_head"), lines_of(s, [other])
    if s.rng.random() < 0.2:
        s.note(me, head, [*lines, f"{me}✅"])
        s.note(me, head, [*lines, f"{me} {s.named(some, me)}没转，其他都转了"])
        s.yes(text, other)
        s.yes(text, homes=rest)
        return
    if s.rng.random() < 0.5:
        s.note(me, head, [*lines, f"{me} {s.named(some, me)}已转"])
        s.yes(text, other)
        s.yes(text, homes=some)
    else:
        s.note(me, head, [*lines, s.rng.choice((f"{me} 没转", f"{me}❌", f"{me} 明天转"))])
        s.yes(text, other)
    if s.rng.random() < 0.3:
        out = s.place.homes_of(other)[:1]
        s.say(other, f"{s.named(out, other)}还没转")
        s.no(text, out)
    s.note(me, head, [*lines, s.rng.choice((f"{me} 都转了", f"{me}✅", f"{me} 已转"))])
    s.yes(text, me)


def list_naming_groups(s: Scene) -> None:
    me = s.somebody(groups(3))
    other = s.another(me) or me
    (text,) = s.post()
    some, rest = s.some(s.place.homes_of(me))
    excepting = s.rng.random() < 0.4
    key = "list_except" if excepting else "list_groups"
    s.note(me, s.word("list_head"), [*lines_of(s, [other]), s.word(key, w=me, gs=s.named(some, me))])
    s.yes(text, other)
    s.yes(text, homes=rest if excepting else some)


def list_for_another(s: Scene) -> None:
    """Somebody adds a line for a colleague."""
    me = s.somebody(lambda place, _: len(place.workers) >= 2)
    other = s.another(me) or me
    (text,) = s.post()
    lines = [*lines_of(s, [me]), s.word("list_proxy", w=other, me=me)]
    s.note(me, s.word("list_head"), lines if s.rng.random() < 0.7 else lines[::-1])
    s.yes(text, me)
    s.yes(text, other)


# ── for each other ──────────────────────────────────────────────────────────────────────────────────────────


def together(s: Scene) -> None:
    me = s.somebody(lambda place, _: len(place.workers) >= 2)
    other = s.another(me) or me
    (text,) = s.post()
    s.chatter()
    s.say(me, s.word("pair", me, b=s.rng.choice((other, given_name(other)))))
    s.yes(text, me)
    s.yes(text, other)


def for_another(s: Scene) -> None:
    me = s.somebody(lambda place, _: len(place.workers) >= 2)
    other = s.another(me) or me
    (text,) = s.post()
    if s.rng.random() < 0.5:
        s.say(me, s.answer(me))
        s.yes(text, me)
    s.say(me, s.word("proxy", me, b=s.rng.choice((other, given_name(other)))))
    s.yes(text, other)
