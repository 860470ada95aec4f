"""The policies of the year after: last year's files moved by a year. 下一年度政策"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yingbao.policy import catalogue, moving


def write_next_year(folder: Path, *years: int) -> Path:
    """Both cities' policies of 2020, and those of later years made of them, below a folder. 移年政策"""
    for known in catalogue.available():
        if not known.policy.endswith("/2020"):
            continue
        place = folder / known.path.parent.name
        place.mkdir(parents=True, exist_ok=True)
        for more in known.path.parent.glob("directory-*.yaml"):
            (place / more.name).write_bytes(more.read_bytes())
        text = catalogue.text_of(known.path)
        (place / "2020.yaml").write_text(text, "utf-8")
        for year in years or (2021,):
            (place / f"{year}.yaml").write_text(moving.moved(text, to=year).text, "utf-8")
    return folder


@contextmanager
def policies_in(folder: Path) -> Iterator[None]:
    """Within this block these are the platform's policies. 使用这些政策"""
    before = os.environ.get("YINGBAO_POLICIES")
    os.environ["YINGBAO_POLICIES"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["YINGBAO_POLICIES"]
        else:
            os.environ["YINGBAO_POLICIES"] = before
