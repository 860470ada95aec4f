"""表格"""

from __future__ import annotations

from django.apps import AppConfig


class SpreadsheetConfig(AppConfig):
    """Spreadsheet as Django sees it. 表格"""

    name = "yingbao.spreadsheet"
