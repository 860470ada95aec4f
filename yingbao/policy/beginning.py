"""The first text of a city's next year: from the commented template, or from the year before. 新政策起草

What comes out loads as it is, so that somebody can look at it, check it and change it line by line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec

from yingbao.policy import catalogue
from yingbao.policy.load import load_text
from yingbao.policy.moving import MARK, moved
from yingbao.values import divisions
from yingbao.values.names import pinyin
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_FORM = re.compile(r"^(# yaml-language-server: \$schema=).*$", re.M)
_AREA, _CITY = "000000", Text("示例市", "Example City")


class Begun(msgspec.Struct, frozen=True):
    """A policy's first text. 起草结果"""

    text: str
    marked: int
    """so many lines somebody has to look at"""


def template() -> str:
    """The commented template, which is itself a policy that loads. 模板"""
    return files("yingbao.policy").joinpath("template.yaml").read_text("utf-8")


def begun(policy_id: str, *, name: str = "", last: str = "") -> Begun:
    """The first text of a policy: `last` moved to its year, or without one the template. 起草

    `name` is what the city is called, 泰州市 or taizhou; without one it is the division's own name. Raises Refused for
    an id that is none or an area that exists nowhere, and PolicyRefused if `last` does not load.
    """
    area, year = _parted(policy_id)
    if last:
        before = load_text(last, "policy.yaml")
        # How 2020 reads a payment before birth was fixed for that year alone.
        text = re.sub(r"(?:^#.*\n)?^paid_before_birth:.*\n", "", moved(last, to=year).text, flags=re.M)
        if before.pooling_area != area:
            text = _of_another_city(text, before.pooling_area, area)
    else:
        text = moved(template(), to=year, of_template=True).text
        # The template's own marks say more than that a line stood there last year.
        text = _filled(text, template(), area, called(area, name))
    load_text(text, "policy.yaml")
    return Begun(text, sum(MARK in line for line in text.splitlines()))


def without_directory(text: str) -> str:
    """The text without its directory of schools, which is a file beside it and stands nowhere yet. 去掉对应表"""
    note = f"{MARK}: 对应表是另一个文件，装好后再写 / a file of its own; write it once that is there"
    return re.sub(r"^(directory: *[\w.-]+).*$", rf"# \1  {note}", text, flags=re.M)


def called(area: str, name: str = "") -> Text:
    """What the city is called in sentences: 泰州市, Taizhou. 城市名称"""
    if not re.fullmatch(r"[\w ·（）-]*", name):
        raise Refused(
            where=name,
            what=Text("城市名称里有不能用的符号", "a city's name has letters and blanks only"),
            mend=Text("写成 泰州市 或 taizhou。", "Write it as 泰州市 or taizhou."),
        )
    chinese = bool(re.search(r"[\u3400-\u9fff]", name))
    known, above = divisions.name(area), divisions.name(area[:2] + "0000")
    zh = name if chinese else known.zh.removeprefix(above.zh) or known.zh
    if known.en != known.zh and not name:
        return Text(zh, known.en.split(",")[0])
    latin = pinyin(re.sub(r"(?<=..)[省市区县]$", "", zh))[0].replace(" ", "") if chinese or not name else name
    return Text(zh, latin.replace("-", " ").title())


def place_of(policy_id: str, name: str = "") -> Path:
    """Where the policy's file belongs: <pooling area>-<name>/<plan year>.yaml below the policies' folder. 存放位置"""
    area, year = _parted(policy_id)
    folder = next((each for each in sorted(catalogue.root().glob(f"{area}-*")) if each.is_dir()), None)
    if folder is None:
        city = re.sub(r"[^a-z0-9]+", "-", called(area, name).en.lower()).strip("-")
        folder = catalogue.root() / f"{area}-{city or 'city'}"
    return folder / f"{year}.yaml"


def keep(text: str, path: Path, *, kind: str = "policy") -> Path | None:
    """Write a new file; what stands there already is never overwritten. 写入新文件

    Its first line names the form by which editors complete and check it. Where that form is nowhere yet it is written
    too, and its place is given back.
    """
    from yingbao.policy import schema  # here: it reads the model's source

    if not _FORM.search(text):
        _write(text, path)
        return None
    form = _form_of(path, kind)
    named = Path(os.path.relpath(form, path.resolve().parent)).as_posix()
    _write(_FORM.sub(lambda found: found[1] + named, text, count=1), path)
    if form.exists():
        return None
    _write(schema.text(kind), form)
    return form


def _form_of(path: Path, kind: str) -> Path:
    """One form serves all cities: it stands above their folders; a file that lies elsewhere has it beside itself."""
    beside = path.resolve().parent / f"{kind}.schema.json"
    above = beside.parent.parent / beside.name
    return above if above.exists() or above.parent == catalogue.root().resolve() else beside


def _write(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise Refused(
            where=str(path),
            what=Text("文件已经存在，没有改动它", "the file is there already and was left as it is"),
            mend=Text(
                "用 --out 另写一个文件名，或先移走原来的文件。",
                "Name another file with --out, or move the old one away.",
            ),
        ) from None
    except OSError as error:
        raise Refused(
            where=str(path),
            what=Text("写不进去（{said}）", "it cannot be written ({said})").filled(said=error.strerror or error),
            mend=Text("用 --out 写到别的文件夹。", "Name a file in another folder with --out."),
        ) from None


def _parted(policy_id: str) -> tuple[str, int]:
    if not catalogue.ID.fullmatch(policy_id):
        raise Refused(
            where=policy_id,
            what=Text("不是“统筹区代码/年度”", "this is not a pooling area and a year"),
            mend=Text("应形如 321200/2027。", "Write it as 321200/2027."),
        )
    area, year = policy_id.split("/")
    if not divisions.exists(area):
        raise Refused(
            where=policy_id,
            what=Text("没有 {area} 这个行政区划", "there is no division {area}").filled(area=area),
            mend=Text("查一下六位行政区划代码，如泰州是 321200。", "Look up the six-digit code; Taizhou's is 321200."),
        )
    if not 2000 <= int(year) <= 2099:
        raise Refused(
            where=policy_id,
            what=Text("年度 {year} 不合理", "{year} is no plan year").filled(year=year),
            mend=Text("写享受待遇的年度，如 2027。", "Write the year of cover, such as 2027."),
        )
    return area, int(year)


def _filled(text: str, plain: str, area: str, city: Text) -> str:
    """The template's marks instead of last year's, and the city instead of the one that is nowhere."""
    lines = [
        _unmarked(line) + (f"  {own}" if (own := _mark_in(before)) else "")
        for line, before in zip(text.splitlines(), plain.splitlines(), strict=True)
    ]
    whole = area[:4] + "*" if area.endswith("00") and not area.endswith("0000") else area
    text = "\n".join(lines) + "\n"
    text = text.replace(f'["{_AREA}"]', f'["{whole}"]').replace(f"{_AREA}/", f"{area}/")
    return text.replace(_CITY.zh, city.zh).replace(_CITY.en, city.en)


def _mark_in(line: str) -> str:
    return line[line.index(MARK) :] if MARK in line else ""


def _unmarked(line: str) -> str:
    return line[: line.index(MARK)].rstrip() if MARK in line else line


def _of_another_city(text: str, before: str, area: str) -> str:
    """Another city's rules: names and divisions are that city's and have to be looked at."""
    note = f"{MARK}: {before} 的，改成本地 / of {before}; write this city's"

    def lines() -> Iterator[str]:
        part = ""
        for line in text.splitlines():
            part = line.split(":")[0] if re.match(r"[a-z]", line) else part
            if line.startswith("policy:"):
                yield re.sub(r"^policy: \d+", f"policy: {area}", line)
            elif re.match(r"(name|help_lines|payment_routes|phases):", line) or (
                part == "areas" and re.match(r"\s+(name|divisions):", line)
            ):
                yield f"{_unmarked(line)}  {note}"
            else:
                yield line

    return without_directory("\n".join(lines()) + "\n")
