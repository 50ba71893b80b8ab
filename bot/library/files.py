"""The files of a content: inside its folder, what they claim to be, not too large; read once, with their SHA-256.

Never follows a path out of the folder and never unpacks a picture. Limits are what chats take (CONTRACTS, Files).
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from bot.errors import InputErrors, Problem
from bot.library.fields import short
from bot.library.images import picture_of

MAX_TEXT_CHARS = 2_000
"""A chat message; longer ones are folded away or refused."""
MAX_TEXT_BYTES = 100_000
"""Far above 2,000 characters; a larger file is not even read."""
MAX_IMAGE_MB = 10
MAX_MEGAPIXELS = 40
MAX_VIDEO_MB = 100
MAX_FILE_MB = 100
_MB = 1_000_000
_ENDINGS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "GIF": (".gif",)}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that may be sent. ``text`` only of texts: without BOM, ends of lines as \\n, nothing blank at the end."""

    path: Path
    sha256: str
    size: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A file as content.yaml names it: in which folder (``shown`` in messages), at which ``place``."""

    folder: Path
    shown: str
    place: str
    name: str

    def refuse(self, what: str, write: str, *, line: int = 0) -> InputErrors:
        """A complaint at the place of the name, or at a ``line`` (from 1) of the file itself."""
        place = f"{self.shown}/{self.name}:{line}" if line else self.place
        return InputErrors([Problem(place, what, write)])


def keep(named: Named, kind: str) -> Kept:
    """The file, checked as ``kind`` (text, image, video, file, thumbnail). Raises `InputErrors`."""
    path = _inside(named)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size == 0:
                raise named.refuse(f"“{named.name}”是空文件", "换成有内容的文件，或删掉这一段")
            if kind == "text":
                return _text(named, path, file, size)
            _CHECKS[kind](named, file, size)
            file.seek(0)
            return Kept(path, hashlib.file_digest(file, "sha256").hexdigest(), size)
    except OSError:
        raise named.refuse(f"打不开“{named.name}”", "看看文件有没有被别的程序占用，或没有读的权限") from None


def _inside(named: Named) -> Path:
    name = named.name.replace("\\", "/")
    if not name or not name.replace("　", " ").isprintable():
        raise named.refuse("文件名是空的或有看不见的字符", "写文件夹里的文件名，如 text.md")
    if name.startswith("/") or ":" in name or ".." in name.split("/"):
        raise named.refuse(
            f"“{short(named.name)}”不在这条内容的文件夹里", f"把文件放进 {named.shown}，这里只写文件名"
        )
    path = named.folder / name
    try:
        real, home = path.resolve(), named.folder.resolve()
        mode = real.stat().st_mode
    except (OSError, RuntimeError):
        raise named.refuse(f"没有“{short(name)}”这个文件", _instead(named)) from None
    if not real.is_relative_to(home):
        raise named.refuse(f"“{name}”是指向文件夹外面的链接", "把文件本身复制进来")
    if not stat.S_ISREG(mode):
        raise named.refuse(f"“{name}”不是文件", "写文件名，不写文件夹名")
    return path


def _instead(named: Named) -> str:
    try:
        present = sorted(f.name for f in named.folder.iterdir() if f.is_file() and f.name != "content.yaml")
    except OSError:
        present = []
    near = get_close_matches(named.name, present, n=1, cutoff=0.6)
    if near:
        return f"是不是“{near[0]}”"
    if present:
        return f"文件夹里有：{'、'.join(present[:5])}{'…' if len(present) > 5 else ''}"
    return f"把文件放进 {named.shown}"


def _text(named: Named, path: Path, file: BinaryIO, size: int) -> Kept:
    if size > MAX_TEXT_BYTES:
        raise named.refuse(
            f"正文文件有 {size // 1000} KB",
            f"一条消息最多 {MAX_TEXT_CHARS:,} 个字，长文做成文件或链接",
            line=1,
        )
    data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise named.refuse("不是 UTF-8 编码", "用记事本“另存为”，编码选 UTF-8", line=line) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    for number, line_of_text in enumerate(text.split("\n"), start=1):
        if any(ch < " " and ch != "\t" for ch in line_of_text):
            raise named.refuse("这一行有看不见的控制字符", "删掉这一行，重新打一遍", line=number)
    if not any(ch.isalnum() for ch in text):
        raise named.refuse("正文里没有字", "写上要发的话，或删掉这一段", line=1)
    if len(text) > MAX_TEXT_CHARS:
        line = text.count("\n", 0, MAX_TEXT_CHARS) + 1
        raise named.refuse(
            f"正文有 {len(text):,} 个字，从这一行起超出",
            f"缩到 {MAX_TEXT_CHARS:,} 个字以内，或分成两段",
            line=line,
        )
    return Kept(path, hashlib.sha256(data).hexdigest(), size, text)


def _too_large(named: Named, size: int, limit_mb: int, write: str) -> None:
    if size > limit_mb * _MB:
        raise named.refuse(f"“{named.name}”有 {-(-size // _MB)} MB，超过 {limit_mb} MB", write)


def _image(named: Named, file: BinaryIO, size: int) -> None:
    _too_large(named, size, MAX_IMAGE_MB, "用画图把图片改小，再保存")
    picture = picture_of(file)
    if picture is None:
        raise named.refuse(f"“{named.name}”不是 PNG、JPEG 或 GIF 图片", "用画图打开，另存为 PNG")
    if picture.width * picture.height > MAX_MEGAPIXELS * 1_000_000:
        raise named.refuse(
            f"“{named.name}”有 {picture.width}×{picture.height} 个像素，手机打不开",
            "改到宽 1080 左右，再保存",
        )
    endings = _ENDINGS[picture.kind]
    if Path(named.name).suffix.lower() not in endings:
        raise named.refuse(
            f"“{named.name}”其实是 {picture.kind} 图片", f"把文件名改成“{Path(named.name).stem}{endings[0]}”"
        )


def _video(named: Named, file: BinaryIO, size: int) -> None:
    _too_large(named, size, MAX_VIDEO_MB, "剪短或压缩，再保存")
    if file.read(12)[4:8] != b"ftyp" or Path(named.name).suffix.lower() != ".mp4":
        raise named.refuse(f"“{named.name}”不是 MP4 视频", "用剪辑软件导出成 MP4，文件名以 .mp4 结尾")


def _file(named: Named, file: BinaryIO, size: int) -> None:
    _too_large(named, size, MAX_FILE_MB, "压缩，或改发链接")


_CHECKS = {"image": _image, "thumbnail": _image, "video": _video, "file": _file}
