"""Editions of the tree: imported rosters, with identities that outlive them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from bot.model.time import to_epoch
from bot.model.tree import Group, GroupId, Medium, Mode, Node, NodeId, Post, Tree, Use, Worker, WorkerId


def add_edition(conn: sqlite3.Connection, tree: Tree, source: str, at: datetime) -> Tree:
    """Write ``tree`` as the newest edition and return it with lasting ids.

    A node is known by its path, a group by name and medium, a worker by name within the unit.
    """
    conn.executemany("INSERT OR IGNORE INTO node(path) VALUES (?)", [(n.path,) for n in tree.nodes])
    conn.executemany(
        "INSERT OR IGNORE INTO grp(name, medium) VALUES (?, ?)", [(g.name, g.medium) for g in tree.groups]
    )
    conn.executemany(
        "INSERT INTO worker(unit, name, phone) VALUES (?, ?, ?) "
        "ON CONFLICT(unit, name) DO UPDATE SET phone = excluded.phone",
        [(w.unit, w.name, w.phone) for w in tree.workers],
    )
    nodes = {path: NodeId(i) for i, path in conn.execute("SELECT id, path FROM node")}
    groups = {
        (name, medium): GroupId(i) for i, name, medium in conn.execute("SELECT id, name, medium FROM grp")
    }
    workers = {
        (unit, name): WorkerId(i) for i, unit, name in conn.execute("SELECT id, unit, name FROM worker")
    }
    lasting = _with_ids(tree, nodes, groups, workers)
    (edition,) = conn.execute(
        "INSERT INTO edition(at, source) VALUES (?, ?) RETURNING id", (to_epoch(at), source)
    ).fetchone()
    conn.executemany(
        "INSERT INTO edition_node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                edition,
                n.lo,
                n.hi,
                n.id,
                n.parent,
                n.name,
                n.level,
                n.kind,
                json.dumps(n.people),
                _tags(n.audiences),
            )
            for n in lasting.nodes
        ],
    )
    conn.executemany(
        "INSERT INTO edition_group VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                edition, seq, g.id, g.node, g.use, g.mode, g.members, g.observe, g.consent_by,
                g.consent_on.isoformat() if g.consent_on else "", _tags(g.audiences),
            )
            for seq, g in enumerate(lasting.groups)
        ],
    )  # fmt: skip
    return lasting


def _with_ids(
    tree: Tree,
    nodes: dict[str, NodeId],
    groups: dict[tuple[str, str], GroupId],
    workers: dict[tuple[str, str], WorkerId],
) -> Tree:
    node_ids = {n.id: nodes[n.path] for n in tree.nodes}
    worker_ids = {w.id: workers[w.unit, w.name] for w in tree.workers}
    return Tree(
        tuple(
            replace(
                n,
                id=node_ids[n.id],
                parent=None if n.parent is None else node_ids[n.parent],
                people={post: worker_ids[w] for post, w in n.people.items()},
            )
            for n in tree.nodes
        ),
        tuple(replace(g, id=groups[g.name, g.medium], node=node_ids[g.node]) for g in tree.groups),
        tuple(replace(w, id=worker_ids[w.id]) for w in tree.workers),
    )


def newest_edition(conn: sqlite3.Connection) -> int | None:
    """The id of the edition in force, or None before the first import."""
    newest: int | None = conn.execute("SELECT MAX(id) FROM edition").fetchone()[0]
    return newest


def load_tree(conn: sqlite3.Connection, edition: int | None = None) -> Tree | None:
    """The tree of ``edition`` (default: the newest); None before the first import."""
    edition = edition or newest_edition(conn)
    if edition is None:
        return None
    nodes = tuple(
        Node(NodeId(i), name, path, level, kind, parent, lo, hi, _people(people), _untag(tags))
        for i, name, path, level, kind, parent, lo, hi, people, tags in conn.execute(
            "SELECT node, name, path, level, kind, parent, lo, hi, people, audiences "
            "FROM edition_node JOIN node ON node.id = edition_node.node WHERE edition = ? ORDER BY lo",
            (edition,),
        )
    )
    groups = tuple(
        Group(
            GroupId(i), NodeId(node), name, Use(use), Medium(medium), Mode(mode), members, bool(observe),
            consent_by, date.fromisoformat(on) if on else None, _untag(tags),
        )
        for i, node, name, use, medium, mode, members, observe, consent_by, on, tags in conn.execute(
            "SELECT g.grp, g.node, grp.name, g.use, grp.medium, g.mode, g.members, g.observe, g.consent_by, "
            "g.consent_on, g.audiences FROM edition_group g JOIN grp ON grp.id = g.grp WHERE edition = ? ORDER BY seq",
            (edition,),
        )
    )  # fmt: skip
    used = {w for n in nodes for w in n.people.values()}
    workers = tuple(
        Worker(WorkerId(i), name, unit, phone)
        for i, unit, name, phone in conn.execute("SELECT id, unit, name, phone FROM worker ORDER BY id")
        if i in used
    )
    return Tree(nodes, groups, workers)


def workers_named(conn: sqlite3.Connection, name: str) -> list[Worker]:
    """Everybody of this name who ever stood in a roster."""
    rows = conn.execute("SELECT id, name, unit FROM worker WHERE name = ? ORDER BY id", (name,))
    return [Worker(WorkerId(id), name, unit) for id, name, unit in rows]


def _people(text: str) -> dict[Post, WorkerId]:
    return {Post(post): WorkerId(worker) for post, worker in json.loads(text).items()}


def _tags(tags: Iterable[str]) -> str:
    return json.dumps(sorted(tags), ensure_ascii=False)


def _untag(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))
