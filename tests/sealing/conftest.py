"""Other keys than those of the run. 密钥测试基础"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from yingbao.sealing import keys


@pytest.fixture
def other_keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let the program work under other keys, given as JSON, for the length of a test."""

    def work_under(text: str) -> None:
        monkeypatch.setenv(keys.VARIABLE, text)
        keys.loaded.cache_clear()

    keys.loaded.cache_clear()
    yield work_under
    keys.loaded.cache_clear()
