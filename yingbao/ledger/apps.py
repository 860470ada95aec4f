"""账簿"""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger as Django sees it. 账簿"""

    name = "yingbao.ledger"
