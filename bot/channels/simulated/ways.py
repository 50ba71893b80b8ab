"""Ways of passing a content on: as people do it, and whether a bot in the room must recognise them. Pure."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Sequence

from bot.channels.simulated.drawn import PICTURES, drawn
from bot.model.content import Content, Part, PartKind

RECOGNISED_OF = {
    PartKind.TEXT: ("verbatim", "prefixed", "number", "cut", "traditional", "mistyped", "copied"),
    PartKind.IMAGE: ("picture", *PICTURES),
    PartKind.LINK: ("link", "shared", "pasted"),
}
UNRECOGNISED_OF = {
    PartKind.TEXT: ("sentence", "paraphrased"),
    PartKind.IMAGE: ("other picture", "paraphrased"),
    PartKind.LINK: ("paraphrased", "sentence"),
}
"""Ways of passing a main part on; the second kind is somebody's own words, or another picture."""
RECOGNISED = tuple(dict.fromkeys(way for ways in RECOGNISED_OF.values() for way in ways))
"""All that a bot in the room must recognise (CONTRACTS, “The demo's truth”)."""


def recognised_ways(content: Content) -> Sequence[str]:
    """The ways of passing ``content`` on that must be recognised: nobody names a number that it lacks."""
    ways = RECOGNISED_OF.get(content.parts[content.main].kind, ("verbatim",))
    return ways if content.number else tuple(way for way in ways if way != "number")


def unrecognised_ways(content: Content) -> Sequence[str]:
    """The ways of passing it on in which nobody could know it again."""
    return UNRECOGNISED_OF.get(content.parts[content.main].kind, ("paraphrased",))


def passed_on(content: Content, way: str, dice: random.Random) -> Part:
    """What arrives in a group when somebody passes ``content`` on in this ``way``."""
    main = content.parts[content.main]
    texts = [part.text for part in content.parts if part.kind is PartKind.TEXT]
    text = main.text if main.kind is PartKind.TEXT else next(iter(texts), content.title)
    if way in PICTURES and main.path is not None:
        return Part(PartKind.IMAGE, sha256=hashlib.sha256(drawn(main.path, way)).hexdigest())
    if way == "other picture":
        return Part(PartKind.IMAGE, sha256=hashlib.sha256(dice.randbytes(8)).hexdigest())
    if way == "shared":
        joint = "&" if "?" in main.url else "?"
        url = (
            main.url.replace("https://", "http://", 1)
            + f"{joint}from=groupmessage&scene={dice.randint(1, 200)}"
        )
        return Part(PartKind.LINK, url=url, title=main.title, description=main.description)
    said: dict[str, Callable[[], str]] = {
        "prefixed": lambda: f"@所有人 {text}",
        "number": lambda: f"{content.number} 这条大家都看看，转给家里老人",
        "cut": lambda: _first_lines(text, 0.8),
        "traditional": lambda: _traditional(text),
        "mistyped": lambda: _mistyped(text, dice),
        "copied": lambda: f"王敏 2026/3/12 8:0{dice.randint(0, 9)}\n{text}\n大家转给家里人看看",
        "pasted": lambda: f"这个讲得明白，点开看：{main.url} 老人也看得懂",
        "sentence": lambda: f"群里那条说得对：“{_a_sentence(text)}”，我姑妈就吃过这个亏",
        "paraphrased": lambda: "最近骗子又有新花样，大家当心，拿不准就打110",
    }
    return Part(PartKind.TEXT, text=said[way]()) if way in said else main


_NUMBER_OR_LINK = re.compile(r"[〔\[【（(]\s*(?:19|20)\d\d|https?://|www\.")


def _first_lines(text: str, share: float) -> str:
    """The beginning of a text, as when somebody marks what the screen shows: its number and links are lost."""
    rest = "\n".join(line for line in text.splitlines() if not _NUMBER_OR_LINK.search(line))
    return rest[: int(len(rest) * share)]


def _a_sentence(text: str) -> str:
    """One sentence out of the middle of a text."""
    sentences = [
        one for one in re.split(r"[。\n]+", text) if len(one) >= 8 and not _NUMBER_OR_LINK.search(one)
    ]
    return sentences[len(sentences) // 2][:20] if sentences else text[:12]


def _traditional(text: str) -> str:
    from opencc import OpenCC

    converted: str = OpenCC("s2t").convert(text)
    return converted


_SOUNDS_ALIKE = {
    "的": "得",
    "您": "你",
    "在": "再",
    "做": "作",
    "他": "它",
    "骗": "编",
    "账": "帐",
    "钱": "前",
}


def _mistyped(text: str, dice: random.Random) -> str:
    """A few characters are others that sound alike."""
    places = [at for at, char in enumerate(text) if char in _SOUNDS_ALIKE]
    wrong = set(dice.sample(places, min(4, len(text) // 25, len(places))))
    return "".join(_SOUNDS_ALIKE[char] if at in wrong else char for at, char in enumerate(text))
