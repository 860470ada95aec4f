"""A YAML file as a tree that remembers its lines. 带行号的文件树

Read from the parser's events rather than through a loader: a file can then be stopped at the first
word that nests too deeply, and YAML's surprises (a code that turns into a number, `no` that turns into
false, aliases that unfold without end, a key given twice) are seen where they stand.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from yingbao.policy.refused import PolicyRefused, Problem, refuse
from yingbao.values.text import Text

BYTES_AT_MOST = 1_000_000
DEPTH_AT_MOST = 20

Step = str | int
Scalar = str | int | bool | None

WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
"""Plain words that are no text. `no`, `on`, 010, 1:30 and the like stay text, unlike in YAML 1.1."""

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
"""Control, zero-width and direction marks: what is read would not be what is seen."""

FILLED_IN = re.compile(r"\{\s*(?:zh|en):.*(\{[a-z_]+\})")
"""A sentence on one line with both languages that leaves something to be filled in. 一行句子"""

_SAVE_AGAIN = Text(zh="请用文本编辑器以 UTF-8 编码另存。", en="Save it again as UTF-8 text.")
_NAME_A_FILE = Text(zh="请给出一个能读取的 YAML 文件。", en="Name a YAML file that can be read.")


class Node:
    """One place of the file: a scalar, a list or a mapping, and the line on which it begins. 节点"""

    __slots__ = ("flow", "items", "key_lines", "line", "value")

    def __init__(self, line: int, value: Scalar = None) -> None:
        self.line = line
        self.value = value
        self.items: dict[str, Node] | list[Node] | None = None
        self.key_lines: dict[str, int] = {}
        self.flow = False

    def plain(self) -> Any:
        """The same as plain dicts, lists and scalars."""
        if self.items is None:
            return self.value
        if isinstance(self.items, dict):
            return {key: node.plain() for key, node in self.items.items()}
        return [node.plain() for node in self.items]

    def line_at(self, steps: Sequence[Step]) -> int:
        """The line of the place that the steps lead to, or of the nearest place around it."""
        node, line = self, self.line
        for step in steps:
            if isinstance(node.items, dict) and step in node.items:
                key = str(step)
                node, line = node.items[key], node.key_lines[key]
            elif isinstance(node.items, list) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
                line = node.line
            else:
                break
        return line


def read(path: Path) -> Node:
    """Read one YAML file, or refuse it with every line that is not plain YAML."""
    return parse(_bytes(path), path)


def parse(raw: bytes, path: Path) -> Node:
    """The same for bytes that stand in no file; `path` is what a refusal calls them."""
    text = _text(raw, path)
    reader = _Reader(path, yaml.parse(text, Loader=yaml.CSafeLoader))
    try:
        node = reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = Text(zh="YAML 写法不对（{said}）", en="This is not YAML ({said})").filled(
            said=error.problem or error.context or "?"
        )
        line = _line(mark, text)
        mend = _mend_yaml(error, text.splitlines()[line - 1] if text else "")
        reader.problems.append(Problem(path=str(path), line=line, what=problem, mend=mend))
        raise PolicyRefused(reader.problems) from None
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        what = Text(zh="YAML 写法不对（{said}）", en="This is not YAML ({said})").filled(said=said)
        raise refuse(path, 1, what, _SAVE_AGAIN) from None
    if reader.problems:
        raise PolicyRefused(reader.problems)
    return node


def _line(mark: Any, text: str) -> int:
    """The line of a mark; what is missing at the file's end is told on its last line."""
    return min(mark.line + 1 if mark is not None else 1, max(1, len(text.splitlines())))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise refuse(path, 1, Text(zh="不是文件", en="This is not a file"), _NAME_A_FILE)
            return file.read(BYTES_AT_MOST + 1)
    except OSError as error:
        what = Text(zh="无法读取文件（{said}）", en="The file cannot be read ({said})").filled(said=error.strerror)
        raise refuse(path, 1, what, _NAME_A_FILE) from None


def _text(raw: bytes, path: Path) -> str:
    if len(raw) > BYTES_AT_MOST:
        what = Text(zh="文件超过 1 MB", en="The file is larger than 1 MB")
        mend = Text(
            zh="政策文件只有几十 KB，请检查是否选错。", en="A policy file has some tens of KB; is it the right one?"
        )
        raise refuse(path, 1, what, mend)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refuse(path, line, Text(zh="不是 UTF-8 编码", en="This is not UTF-8"), _SAVE_AGAIN) from None
    problems = [
        Problem(
            path=str(path),
            line=text.count("\n", 0, found.start()) + 1,
            what=Text(zh="有看不见的字符 {code}", en="There is an invisible character {code}").filled(
                code=f"U+{ord(found.group()):04X}"
            ),
            mend=Text(zh="请删掉它。", en="Delete it."),
        )
        for found in UNSEEN.finditer(text)
    ]
    if problems:
        raise PolicyRefused(problems)
    return text


def _mend_yaml(error: yaml.MarkedYAMLError, line: str) -> Text:
    said = f"{error.problem} {error.context}"
    if found := FILLED_IN.search(line):
        return Text(
            zh="写在一行的 {{zh: …, en: …}} 里，带花括号（这里是 {word}）的句子要加引号，或把 zh、en 各写一行。",
            en="In {{zh: …, en: …}} on one line a sentence with braces, here {word}, needs quotes; "
            "or write zh and en on lines of their own.",
        ).filled(word=found[1])
    if "mapping values are not allowed" in said:
        return Text(
            zh="句中有冒号加空格时，整句要加引号；或检查上一行的缩进。",
            en="A sentence with a colon and a space needs quotes around it; or check the indentation above.",
        )
    if "cannot start any token" in said or "tab character" in said:
        return Text(
            zh="缩进只能用空格，不能用制表符；以 @ ` % 开头的文字要加引号。",
            en="Indent with spaces, not tabs; a text that begins with @ ` or % needs quotes.",
        )
    return Text(
        zh="请检查这一行和上一行的缩进、冒号后的空格、括号和引号。",
        en="Check indentation, the space after the colon, brackets and quotes on this line and the one above.",
    )


class _Reader:
    """Builds nodes from events and gathers what is wrong on the way."""

    def __init__(self, path: Path, events: Iterator[Any]) -> None:
        self.path, self.events = path, events
        self.problems: list[Problem] = []

    def problem(self, event: Any, what: Text, mend: Text) -> None:
        self.problems.append(Problem(path=str(self.path), line=event.start_mark.line + 1, what=what, mend=mend))

    def document(self) -> Node:
        next(self.events)  # the stream's start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            empty = Text(zh="文件是空的", en="The file is empty")
            raise refuse(self.path, 1, empty, Text(zh="请写入内容。", en="Write its content."))
        node = self.node(next(self.events), depth=0)
        next(self.events)  # the document's end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            self.problem(
                event,
                Text(zh="一个文件里有两份文档", en="The file holds a second document"),
                Text(
                    zh="删掉 --- 之后的部分，或另存为一个文件。",
                    en="Remove what follows ---, or save it as a file of its own.",
                ),
            )
        return node

    def node(self, event: Any, *, depth: int) -> Node:
        if depth > DEPTH_AT_MOST:
            self.problem(
                event,
                Text(zh="嵌套太深", en="This nests too deeply"),
                Text(zh="请检查括号。", en="Check the brackets."),
            )
            raise PolicyRefused(self.problems)
        node = Node(event.start_mark.line + 1)
        if isinstance(event, yaml.AliasEvent):
            self._no_anchor(event)
            return node
        if event.anchor is not None:
            self._no_anchor(event)
        if event.tag is not None and event.tag != "!":
            self.problem(
                event,
                Text(zh="不能用类型标签 {tag}", en="The tag {tag} is not allowed").filled(tag=event.tag),
                Text(zh="删掉标签，直接写值。", en="Remove the tag and write the value itself."),
            )
        if isinstance(event, yaml.ScalarEvent):
            node.value = _scalar(event.value) if event.implicit[0] and not event.style else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            node.items = items = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, depth=depth + 1))
        else:
            node.flow = bool(event.flow_style)
            self._mapping(node, depth)
        return node

    def _mapping(self, node: Node, depth: int) -> None:
        node.items = entries = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key_node = self.node(event, depth=depth + 1)
            value = self.node(next(self.events), depth=depth + 1)
            if key_node.items is not None or not isinstance(event, yaml.ScalarEvent):
                self.problem(
                    event,
                    Text(zh="键必须是一个词", en="A key must be a single word"),
                    Text(
                        zh="写成“键: 值”；花括号、方括号开头的文字要加引号。",
                        en="Write key: value; a text that begins with a bracket needs quotes.",
                    ),
                )
                continue
            key, line = event.value, key_node.line
            if key in entries:
                self.problem(
                    event,
                    Text(
                        zh="键 {key} 重复，第 {line} 行已有", en="The key {key} is here twice, first on line {line}"
                    ).filled(key=key, line=node.key_lines[key]),
                    Text(zh="保留其中一个。", en="Keep one of them."),
                )
                continue
            entries[key] = value
            node.key_lines[key] = line

    def _no_anchor(self, event: Any) -> None:
        self.problem(
            event,
            Text(zh="不能用锚点和引用（& 和 *）", en="Anchors and aliases (& and *) are not allowed"),
            Text(
                zh="把内容原样写出；以 & 或 * 开头的文字要加引号。",
                en="Write the content out; a text that begins with & or * needs quotes.",
            ),
        )


def _scalar(text: str) -> Scalar:
    if text in WORDS:
        return WORDS[text]
    return int(text) if WHOLE_NUMBER.fullmatch(text) else text
