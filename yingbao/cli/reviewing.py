"""What `yingbao policy check` says of a policy that can be read: its gaps, overlaps and slips. 政策审查输出"""

from __future__ import annotations

from pathlib import Path

import click

from yingbao.values.text import Language, Text

OK = Text(zh="{policy} 无误（{path}）", en="{policy} ok ({path})")
TO_LOOK_AT = Text(zh="{policy} 可用（{path}），有 {n} 处请核对", en="{policy} ok ({path}), {n} to look at")
HINTED = Text(zh="，另有 {n} 处提示（--hints）", en=", {n} hints (--hints)")


def reviewed(path: Path, shown: str, *, hints: bool, language: Language) -> bool:
    """Print what the review of a policy file finds, and say whether it may be put to work."""
    # Imported here: other commands need no determination.
    from yingbao.determination.review.findings import findings_of_file
    from yingbao.policy import catalogue

    found = findings_of_file(path)
    counted = {
        severity: [each for each in found if each.severity == severity] for severity in ("error", "warning", "hint")
    }
    for each in found:
        if each.severity != "hint" or hints:
            click.echo(f"{shown}:{each.line}: {each.said(language)}", err=each.severity != "hint")
    if counted["error"]:
        return False
    told = (TO_LOOK_AT if counted["warning"] else OK).filled(
        policy=catalogue.policy_of(path).policy, path=shown, n=len(counted["warning"])
    )
    more = HINTED.filled(n=len(counted["hint"])).said(language) if counted["hint"] and not hints else ""
    click.echo(told.said(language) + more)
    return True
