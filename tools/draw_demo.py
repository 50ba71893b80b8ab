"""Draw docs/demo.png: the demo's day as a terminal shows it. `python tools/draw_demo.py`.

Needs Chromium and fonts (Debian: chromium, fonts-noto-cjk, fonts-dejavu).
"""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from bot.cli import stage
from bot.service.demo import Demo, Order

TO = Path(__file__).resolve().parents[1] / "docs" / "demo.png"
COLUMNS, LINE_PX, FONT_PX, PAD_PX = 88, 23, 16, 20
PAGE = f"""<!doctype html><meta charset="utf-8"><style>
body {{{{ margin: 0; background: #1b2430; color: #e8edf3; }}}}
pre {{{{ margin: {PAD_PX}px; font: {FONT_PX}px/{LINE_PX}px "Noto Sans Mono CJK SC", monospace; }}}}
i {{{{ display: inline-block; width: {FONT_PX // 2}px; font-style: normal; font-family: "DejaVu Sans Mono"; vertical-align: top; }}}}
i.wide {{{{ width: {FONT_PX}px; font-family: inherit; }}}}
{{stylesheet}}
</style><pre>{{code}}</pre>"""


def in_cells(page: str) -> str:
    """Every character that is not ASCII as wide as a terminal draws it, whatever its font thinks."""
    cell = {1: "<i>{}</i>", 2: '<i class="wide">{}</i>'}
    return re.sub(r"[^\x00-\x7f]", lambda found: cell[cell_len(found[0])].format(found[0]), page)


def main() -> None:
    stage.SHOWN = stage.NAMED = 1
    with tempfile.TemporaryDirectory() as folder:
        play = Demo(Path(folder) / "day", Order(), None, None)
        shown = stage.Stage(play, quiet=False)
        shown.console = Console(
            record=True,
            width=COLUMNS,
            highlight=False,
            force_terminal=True,
            file=io.StringIO(),
        )
        shown.open()
        result = asyncio.run(play.play(shown.watch))
        play.data, sys.argv[0] = Path("data/demo"), "chuanda"
        shown.close(result)
        page = Path(folder, "demo.html")
        text = shown.console.export_html(theme=SVG_EXPORT_THEME, code_format=PAGE, clear=False)
        page.write_text(in_cells(text), "utf-8")
        height = LINE_PX * len(shown.console.export_text().splitlines()) + 2 * PAD_PX
        width = FONT_PX // 2 * COLUMNS + 2 * PAD_PX
        TO.parent.mkdir(exist_ok=True)
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
             "--disable-background-networking", f"--user-data-dir={folder}/chromium", f"--window-size={width},{height}",
             f"--screenshot={TO}", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip
    with Image.open(TO) as picture:
        picture.convert("RGB").quantize(48).save(TO, optimize=True)


if __name__ == "__main__":
    main()
