"""The sub-districts of a city with their schools, as a notice's annex lists them. 街道学校对应表"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from yingbao.policy import tree, words
from yingbao.policy.model import Body, Policy
from yingbao.policy.refused import PolicyRefused, Problem
from yingbao.policy.rules import Clause, Stage, Strict
from yingbao.values.text import Text

Named = Annotated[str, Meta(min_length=1)]
Phone = Annotated[str, Meta(pattern=r"^[0-9]{5,12}$", description="digits alone")]
ON_ROLL = ("kindergarten", "primary", "junior", "senior", "vocational", "special")


class School(Strict, frozen=True):
    """A school or kindergarten and the stages that it teaches. 学校"""

    name: Named
    stages: list[Stage]


class SubDistrict(Strict, frozen=True):
    """A sub-district, whom to ask there, and its schools. 街道"""

    name: Named
    contact: Named
    phone: Phone
    schools_counted: Annotated[int, Meta(ge=0)]
    """the notice's own count, against which the list is held"""
    schools: list[School]


class Directory(Strict, frozen=True):
    """Every sub-district of a pooling area for one plan year. 对应表"""

    directory: Annotated[str, Meta(pattern=r"^[0-9]{6}/[0-9]{4}$")]
    """the policy that it belongs to"""
    clause: Clause
    sub_districts: list[SubDistrict]
    bodies: dict[Body, Named] = {}
    """the bureaus as the notice calls them; one that is not named is called after the place"""

    @property
    def schools(self) -> list[School]:
        """All schools, in the directory's order."""
        return [school for sub_district in self.sub_districts for school in sub_district.schools]


def load_directory(path: Path) -> Directory:
    """The directory in a file.

    Raises PolicyRefused with every problem that was found, each with its line and its remedy.
    """
    path = Path(path)
    return _built(tree.read(path), path)


def load_directory_text(text: str, name: str) -> Directory:
    """The directory in a text that stands in no file; problems call it by that name. 读取对应表文本"""
    path = Path(name)
    return _built(tree.parse(text.encode("utf-8", "surrogatepass"), path), path)


def _built(node: tree.Node, path: Path) -> Directory:
    directory = words.build(node, path, Directory)
    problems = [
        Problem(path=str(path), line=node.line_at(steps), what=what, mend=mend)
        for part in (_counts, _repeated, _stages)
        for steps, what, mend in part(directory)
    ]
    if problems:
        raise PolicyRefused(problems)
    return directory


def directory_of(policy: Policy, path: Path) -> Directory | None:
    """The directory that a policy names beside its own file, if it names one."""
    if policy.directory is None:
        return None
    beside = Path(path).parent / policy.directory
    directory = load_directory(beside)
    if directory.directory != policy.policy:
        what = Text(zh="这份对应表属于 {of}，不属于 {policy}", en="This directory belongs to {of}, not to {policy}")
        mend = Text(
            zh="改正 directory，或改用对应的文件。", en="Mend `directory`, or name the file that belongs to it."
        )
        raise PolicyRefused(
            [
                Problem(
                    path=str(beside),
                    line=1,
                    what=what.filled(of=directory.directory, policy=policy.policy),
                    mend=mend,
                )
            ]
        )
    return directory


Found = Iterator[tuple[tuple[str | int, ...], Text, Text]]


def _counts(directory: Directory) -> Found:
    for number, each in enumerate(directory.sub_districts):
        if len(each.schools) != each.schools_counted:
            yield (
                ("sub_districts", number, "schools_counted"),
                Text(
                    zh="{name} 写明 {counted} 所，列出 {listed} 所",
                    en="{name} counts {counted} schools and lists {listed}",
                ).filled(name=each.name, counted=each.schools_counted, listed=len(each.schools)),
                Text(zh="补上漏列的学校，或改正数目。", en="Add the school that is left out, or mend the count."),
            )


def _repeated(directory: Directory) -> Found:
    seen: dict[str, str] = {}
    for number, each in enumerate(directory.sub_districts):
        for place, school in enumerate(each.schools):
            if school.name in seen:
                yield (
                    ("sub_districts", number, "schools", place, "name"),
                    Text(zh="{name} 已列在 {first}", en="{name} is listed already, under {first}").filled(
                        name=school.name, first=seen[school.name]
                    ),
                    Text(
                        zh="保留一处；确是两所的，用全称区分。",
                        en="Keep one; if they are two schools, tell them apart.",
                    ),
                )
            seen.setdefault(school.name, each.name)
    names = [each.name for each in directory.sub_districts]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield (
                ("sub_districts", number, "name"),
                Text(zh="街道 {name} 列了两次", en="The sub-district {name} is listed twice").filled(name=name),
                Text(zh="合并成一个。", en="Make one of them."),
            )


def _stages(directory: Directory) -> Found:
    for number, each in enumerate(directory.sub_districts):
        for place, school in enumerate(each.schools):
            stages = school.stages
            if not stages or len(set(stages)) < len(stages) or not set(stages) <= set(ON_ROLL):
                yield (
                    ("sub_districts", number, "schools", place, "stages"),
                    Text(zh="{name} 的学段不对", en="The stages of {name} are wrong").filled(name=school.name),
                    Text(zh="写一个或几个不同的：{stages}。", en="Write one or several of: {stages}.").filled(
                        stages=", ".join(ON_ROLL)
                    ),
                )
