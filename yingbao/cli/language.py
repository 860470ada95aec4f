"""In which language the command line speaks. 命令行语言"""

from __future__ import annotations

import os

from yingbao.values.text import Language


def chosen() -> Language:
    """Chinese if YINGBAO_LANG is zh or the locale is Chinese, else English."""
    wanted = os.environ.get("YINGBAO_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "zh" if wanted.lower().startswith("zh") else "en"
