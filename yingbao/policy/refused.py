"""What is wrong with a policy file, each place with its line and its remedy. 政策文件问题"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from yingbao.values.refusal import Refused
from yingbao.values.text import Language, Text

SHOWN_AT_MOST = 100
"""Problems listed in one refusal; a file with more is most likely of another kind altogether."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong, where it stands, and what would be right. 问题"""

    path: str
    line: int
    what: Text
    mend: Text

    def said(self, language: Language) -> str:
        """The problem as one line, beginning with file and line as editors link them."""
        stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
        what, mend = self.what.said(language), self.mend.said(language)
        return f"{self.path}:{self.line}{colon}{what.rstrip('。.')}{stop}{mend}"


class PolicyRefused(Refused):
    """A policy or directory file that cannot be taken, with every problem that was found. 政策文件不予受理"""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # Two checks may trip over the same word; the reader needs it once. Order of lines is reading order.
        self.problems = sorted(dict.fromkeys(problems), key=lambda problem: problem.line)
        first = self.problems[0]
        super().__init__(where=f"{first.path}:{first.line}", what=first.what, mend=first.mend)

    def said(self, language: Language) -> str:
        """All problems, one per line."""
        lines = [problem.said(language) for problem in self.problems[:SHOWN_AT_MOST]]
        left = len(self.problems) - len(lines)
        if left:
            more = Text(zh="还有 {left} 处问题未列出。", en="{left} more problems are not shown.")
            lines.append(more.filled(left=left).said(language))
        return "\n".join(lines)


def refuse(path: Path, line: int, what: Text, mend: Text) -> PolicyRefused:
    """A refusal with one problem, to be raised."""
    return PolicyRefused([Problem(path=str(path), line=line, what=what, mend=mend)])


def nearest(word: object, known: Iterable[object]) -> str | None:
    """The known word that was most likely meant, if one is close."""
    from difflib import get_close_matches

    found = get_close_matches(str(word), [str(each) for each in known], n=1, cutoff=0.6)
    return found[0] if found else None


def one_of(word: object, known: Iterable[object]) -> Text:
    """Which word would be right: the nearest if one is close, else all of them."""
    words = [str(each) for each in known]
    near = nearest(word, words)
    if near is not None:
        return Text(zh="是否想写 {near}？", en="Did you mean {near}?").filled(near=near)
    if not words:
        return Text(zh="这里还没有任何可用的名称。", en="No name is known here yet.")
    return Text(zh="可用的有：{words}。", en="Known here: {words}.").filled(
        words=Text(zh="、".join(words), en=", ".join(words))
    )
