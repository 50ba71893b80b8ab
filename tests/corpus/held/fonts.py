"""The fonts of this corpus: other ones than the project's, fetched by npm into a cache outside the repository."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from PIL import ImageFont

CACHE = Path.home() / ".cache/chuanda-corpus"
_PACKAGES = {
    "regular": ("noto-serif-sc@0.4.3", "package/400Regular/NotoSerifSC_400Regular.ttf"),
    "black": ("noto-serif-sc@0.4.3", "package/900Black/NotoSerifSC_900Black.ttf"),
    "plain": ("zcool-xiaowei@0.4.1", "package/400Regular/ZCOOLXiaoWei_400Regular.ttf"),
    "merry": ("zcool-kuaile@0.4.2", "package/400Regular/ZCOOLKuaiLe_400Regular.ttf"),
    "brush": ("ma-shan-zheng@0.4.3", "package/400Regular/MaShanZheng_400Regular.ttf"),
}


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font by its name here: regular, black, plain, merry or brush."""
    return ImageFont.truetype(_file(name), size)


def _file(name: str) -> Path:
    package, member = _PACKAGES[name]
    file = CACHE / Path(member).name
    if not file.is_file():
        _fetch(package)
    return file


def _fetch(package: str) -> None:
    """Fetch a package and keep those of its fonts that are used here."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        subprocess.run(
            ["npm", "pack", "--silent", f"@expo-google-fonts/{package}"],
            cwd=scratch,
            check=True,
            capture_output=True,
        )
        (packed,) = Path(scratch).glob("*.tgz")
        with tarfile.open(packed) as archive:
            for other, member in _PACKAGES.values():
                if other == package:
                    _keep(archive, member)


def _keep(archive: tarfile.TarFile, member: str) -> None:
    source = archive.extractfile(member)
    if source is None:
        raise FileNotFoundError(member)
    unfinished = CACHE / f"{Path(member).name}.part"
    unfinished.write_bytes(source.read())
    unfinished.replace(CACHE / Path(member).name)
