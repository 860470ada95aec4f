"""Ways to misbehave, switched on by the control endpoint. 故障

A rule names a channel (`wechat`, `alipay`, `bank`, `sms`, `wechat_account`), an order or refund number,
a phone, an openid or `*`, and what to do with which value.
With `times` it is used up; without, it stays until cleared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from simulators.rows import Rule
from simulators.store import Store

NOTICES = {
    "silent": None,
    "duplicate": 4,
    "reorder": None,
    "late": 86_400,
    "before_answer": None,
    "wrong_amount": 1,
    "forged_signature": None,
    "unknown_serial": None,
    "stale_timestamp": 3_600,
    "altered_body": None,
    "oversized_body": 2_097_152,
    "wrong_merchant": None,
    "wrong_app": None,
}
ANSWERS = {"slow": 6, "error": 500, "unsigned": None, "forged_answer": None, "timeout": 0, "wrong_amount_in_query": 1}
MONEY = {"pay_late": None, "refund_abnormal": None, "refund_processing": None}
BILLS = {"bill_missing": None, "bill_extra": 100, "bill_amount": 1}
BANK = {"fail": "余额不足", "lost": None, "statement": "truncated"}
MESSAGES = {"refuse": "isv.BUSINESS_LIMIT_CONTROL", "token_gone": None}
KNOWN: dict[str, Any] = {**NOTICES, **ANSWERS, **MONEY, **BILLS, **BANK, **MESSAGES}
"""every word with the value it has where none is given"""


class UnknownWord(ValueError):
    """The control endpoint was asked for something that nobody can do."""


class Rules:
    """Which misbehaviour holds for which order. 故障表"""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.any = bool(store.find(Rule))

    def add(self, channel: str, order: str, do: Iterable[Any], times: int = -1) -> list[Rule]:
        """Switch on. Each of `do` is a word, or a word with its value: `{"late": 600}`. Raises UnknownWord."""
        asked: list[tuple[str, Any]] = []
        for entry in do:
            pairs = entry.items() if isinstance(entry, dict) else [(str(entry), KNOWN.get(str(entry)))]
            asked += pairs
        if strange := [word for word, _ in asked if word not in KNOWN]:
            raise UnknownWord(f"unknown: {', '.join(strange)}; known: {', '.join(KNOWN)}")
        made = []
        with self._store.changing():
            for word, value in asked:
                key = f"{self._store.next('rule'):06d}"
                made.append(Rule(key, channel, order, word, json.dumps(value), times))
            self._store.put(*made)
        self.any = True
        return made

    def clear(self, channel: str = "") -> None:
        """Behave again, on one channel or everywhere."""
        with self._store.changing():
            for rule in self.all():
                if channel in ("", rule.channel):
                    self._store.drop(rule)
        self.any = bool(self._store.find(Rule))

    def all(self) -> list[Rule]:
        """Every rule that holds."""
        return self._store.find(Rule)

    def take(self, channel: str, numbers: Iterable[str], what: str) -> Any:
        """The value of a rule that holds for one of these numbers, `True` where it needs none, else None.

        A rule for the number itself goes before a rule for `*`; using a rule counts.
        """
        if not self.any:
            return None
        sought = {*numbers, "*"}
        with self._store.changing():
            found = [
                rule
                for rule in self._store.find(Rule, channel=channel, what=what)
                if rule.order in sought and rule.left != 0
            ]
            if not found:
                return None
            rule = min(found, key=lambda rule: rule.order == "*")
            if rule.left > 0:
                rule.left -= 1
                self._store.put(rule)
        value = json.loads(rule.value)
        return True if value is None else value
