"""What the readmes promise exists: commands, targets, files. 自述文件"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from yingbao.cli import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = sorted(ROOT.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_is_there(page):
    text = page.read_text("utf-8")
    commands = set(re.findall(r"(?:`|\.venv/bin/)yingbao ([a-z]+)", text))
    targets = set(re.findall(r"`?make ([a-z]+)`", text))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert commands <= set(COMMANDS)
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.M)] == []


def test_both_readmes_show_the_same_commands():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    shown = r"^(?:\.venv/bin/yingbao|make) [^#\n]*[^#\s]"
    assert re.findall(shown, english, re.M) == re.findall(shown, chinese, re.M)
    assert set(re.findall(r"`(YINGBAO_[A-Z_]+)", english)) - set(re.findall(r"`(YINGBAO_[A-Z_]+)", chinese)) == set()


def test_the_help_lists_every_command():
    command = [sys.executable, "-m", "yingbao.cli", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [name for name in COMMANDS if not re.search(rf"^  {name} ", shown, re.M)] == []
