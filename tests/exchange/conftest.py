"""The simulated bank of the exchange tests. 银行测试基础"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulators import world as worlds
from simulators.bank import book
from simulators.world import World

OPENS = datetime(2019, 11, 12, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def keys_of_the_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world whose keys are made: five of them take half a second, and no test is about how."""
    home = tmp_path_factory.mktemp("world") / "bank"
    worlds.opened(home, "http://127.0.0.1:1", 1.0, OPENS).store.close()
    return home


@pytest.fixture
def bank(tmp_path: Path, keys_of_the_world: Path) -> World:
    """A world of its own for each test, with the bank's first accounts."""
    home = shutil.copytree(keys_of_the_world, tmp_path / "bank")
    world = worlds.opened(home, "http://127.0.0.1:1", 1.0, OPENS)
    book.open_first_accounts(world)
    return world
