"""Keys for the run. 演示测试基础"""

from __future__ import annotations

import os

from yingbao.people.keys import make_keys

os.environ.setdefault("YINGBAO_KEYS", make_keys())
