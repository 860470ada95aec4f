"""Grades: a stage and a number within it, and what people call them. 年级"""

from __future__ import annotations

from yingbao.values.text import Text

GRADES: dict[str, range] = {
    "kindergarten": range(4),
    "primary": range(1, 7),
    "junior": range(1, 4),
    "senior": range(1, 4),
    "vocational": range(1, 4),
    "special": range(1, 10),
}
"""stage → its grades; kindergarten begins with 0, the nursery class, which not every kindergarten has.
A school for special needs may leave the grade open."""

STAGES = tuple(GRADES)
"""in the order in which a child goes through them"""

NEXT_STAGES: dict[str, tuple[str, ...]] = {
    "kindergarten": ("primary",),
    "primary": ("junior",),
    "junior": ("senior", "vocational"),
}
"""stage → the stages that may follow it"""

_STAGES: dict[str, Text] = {
    "kindergarten": Text(zh="幼儿园", en="kindergarten"),
    "primary": Text(zh="小学", en="primary school"),
    "junior": Text(zh="初中", en="junior high"),
    "senior": Text(zh="高中", en="senior high"),
    "vocational": Text(zh="中职", en="vocational school"),
    "special": Text(zh="特殊教育", en="special school"),
}
_KINDERGARTEN = (
    Text(zh="托班", en="nursery class"),
    Text(zh="小班", en="kindergarten, first year"),
    Text(zh="中班", en="kindergarten, second year"),
    Text(zh="大班", en="kindergarten, third year"),
)
_DIGITS = "〇一二三四五六七八九"


def stage_name(stage: str) -> Text:
    """The stage in words: 小学, primary school. 学段"""
    return _STAGES.get(stage, Text(zh=stage, en=stage))


def grade_name(stage: str, grade: int | None) -> Text:
    """The grade as it is called: 大班, 一年级, 初二, 高三, 中职一年级; without a grade, the stage. 年级"""
    if grade is None or not is_grade(stage, grade):
        return stage_name(stage)
    figure = _DIGITS[grade]
    match stage:
        case "kindergarten":
            return _KINDERGARTEN[grade]
        case "junior":
            return Text(zh=f"初{figure}", en=f"junior {grade}")
        case "senior":
            return Text(zh=f"高{figure}", en=f"senior {grade}")
        case "vocational":
            return Text(zh=f"中职{figure}年级", en=f"vocational {grade}")
        case "special":
            return Text(zh=f"特教{figure}年级", en=f"special {grade}")
        case _:
            return Text(zh=f"{figure}年级", en=f"grade {grade}")


def is_grade(stage: str, grade: int | None) -> bool:
    """Whether the stage has that grade; a school for special needs alone may have none."""
    if grade is None:
        return stage == "special"
    return grade in GRADES.get(stage, ())


def last_grade(stage: str) -> int:
    """The grade in which the stage ends. 毕业年级"""
    return GRADES[stage][-1]
