"""Files that pages give: a picture to be looked at, as what it is; anything else to be kept, whatever it is called."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from starlette.responses import FileResponse, Response

from bot.library.images import picture_of

_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def picture(data: bytes, headers: Mapping[str, str] | None = None) -> Response | None:
    """``data`` to be looked at; None if it is no picture."""
    found = picture_of(BytesIO(data))
    return None if found is None else Response(data, media_type=_PICTURES[found.kind], headers=headers)


def part(path: Path, *, look: bool, save: bool = False, headers: Mapping[str, str] | None = None) -> Response:
    """A content's file. ``look``: to be looked at, if it is a picture indeed, unless ``save``; else to be kept."""
    found = None
    if look:
        with path.open("rb") as opened:
            found = picture_of(opened)
    return FileResponse(
        path,
        headers=headers,
        media_type="application/octet-stream" if found is None else _PICTURES[found.kind],
        filename=path.name,
        content_disposition_type="attachment" if found is None or save else "inline",
    )


def download(whole: bytes, name: str) -> Response:
    """A spreadsheet to keep, under its Chinese name (RFC 5987)."""
    disposition = f"attachment; filename=\"chuanda.xlsx\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(whole, media_type=_XLSX, headers={"Content-Disposition": disposition})
