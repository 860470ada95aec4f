"""Everything that the parts of the simulators share. 模拟世界"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from simulators.clock import Clock
from simulators.keys import Keyring
from simulators.misbehaving import Rules
from simulators.store import Store

FEE_RATE = 60
"""ten-thousandths of each payment that a channel keeps; 60 is 0.6 %"""


@dataclass
class World:
    """One running process with its clock, keys and memory. 世界"""

    home: Path
    platform: str
    speed: float
    store: Store
    clock: Clock
    keys: Keyring
    rules: Rules
    fee_rate: int = FEE_RATE
    address: str = ""
    replayable: dict[tuple[str, str], tuple[str, dict[str, str], bytes]] = field(default_factory=dict)
    """the last notice sent about an order, byte for byte"""

    def fee_fen(self, amount_fen: int) -> int:
        """What the channel keeps of a payment, rounded half up to the fen. 手续费"""
        return (amount_fen * self.fee_rate + 5_000) // 10_000

    def move_clock(self, moment: datetime) -> None:
        """Set the clock and remember it for the next start."""
        self.clock.set_to(moment)
        self.store.remember("ahead seconds", self.clock.ahead_seconds)

    def day(self) -> str:
        """Today as `2019-11-12`."""
        return self.clock.stamp()[:10]


def opened(home: Path, platform: str, speed: float, now: datetime | None, fee_rate: int = FEE_RATE) -> World:
    """The world of a home directory; with `now` its clock starts there, else where it last stood."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = Store(home / "simulators.sqlite")
    world = World(
        home=home,
        platform=platform.rstrip("/"),
        speed=speed,
        store=store,
        clock=Clock(float(store.setting("ahead seconds", 0.0))),
        keys=Keyring(home, store),
        rules=Rules(store),
        fee_rate=fee_rate,
    )
    if now is not None:
        world.move_clock(now)
    return world


def yuan(fen: int) -> str:
    """A sum in yuan with two decimals, as bills and files write it."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def in_fen(text: str) -> int:
    """Whole fen of a sum in yuan with at most two decimals. Raises ValueError."""
    whole, _, rest = text.strip().partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(rest) > 2 or (rest and not (rest.isascii() and rest.isdigit())):
        raise ValueError(f"not a sum in yuan: {text!r}")
    return int(whole) * 100 + int((rest + "00")[:2])
