"""`python -m yingbao.cli` is `yingbao`."""

from __future__ import annotations

from yingbao.cli import main

main(prog_name="yingbao")
