"""The long work of rosters. 花名册任务"""

from __future__ import annotations
