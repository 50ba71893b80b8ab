"""An installed `chuanda demo` runs anywhere: the wheel carries the sample town."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the built wheel installs, and nothing of the checkout."""
    built, folder = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(build, cwd=TOP, check=True, capture_output=True)
    (wheel,) = built.glob("chuanda-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_carries_the_program_and_the_sample_town_and_no_tests(installed: Path) -> None:
    sample = installed / "bot" / "sample"
    assert (sample / "schedules.yaml").is_file() and (sample / "roster.xlsx").is_file()
    assert len(list((sample / "content").glob("*/content.yaml"))) == 12
    assert (installed / "bot" / "channels" / "wechaty" / "node" / "gateway.mjs").is_file()
    assert {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")} == {"bot"}


def test_the_demo_of_the_wheel_runs_in_an_empty_folder(installed: Path, quick: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words], cwd=quick, capture_output=True, encoding="utf-8", check=False,
            env={**os.environ, "PYTHONPATH": str(installed)},
        )  # fmt: skip

    where = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__)"], cwd=quick, capture_output=True, text=True,
        check=True, env={**os.environ, "PYTHONPATH": str(installed)},
    )  # fmt: skip
    assert where.stdout.startswith(str(installed)), "the wheel's own files"
    played = run("demo", "--json", "--no-serve")
    assert (played.returncode, played.stderr) == (0, "")
    result = json.loads(played.stdout)
    assert (result["groups"], result["truth_disagreements"]) == (200, [])
    asked = run("coverage", "--node", "柳林村", "--data", "data/demo", "--json")
    assert asked.returncode == 0 and json.loads(asked.stdout)["expected"] > 0
    assert [path.name for path in quick.iterdir()] == ["data"]
