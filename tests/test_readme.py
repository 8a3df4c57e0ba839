"""The README is true: its Python session runs, its links and commands exist."""

import doctest
import re
from pathlib import Path

import pytest

from verify.cli import build_parser

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_session_shows_what_it_prints():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 6
    assert failed == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_links_lead_somewhere(target):
    assert (ROOT / target).exists()


@pytest.mark.parametrize(
    "line", [line for line in TEXT.splitlines() if line.startswith("depthlaws ")]
)
def test_commands_parse(line):
    import shlex

    build_parser().parse_args(shlex.split(line, comments=True)[1:])


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", TEXT, re.M))
def test_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


def test_the_section_on_trust_quotes_the_measured_numbers():
    import json

    from verify.calibration.page import in_short

    report = json.loads((ROOT / "reports" / "calibration" / "calibration.json").read_text())
    flat = " ".join(TEXT.split())
    for line in in_short(report):
        assert line in flat
