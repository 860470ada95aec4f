"""The templates as a provider has to approve them: our words, with its names for the gaps. 报备模板"""

from __future__ import annotations

from yingbao.messages.templates import STOPPABLE, TEMPLATES, Channel, Template

STOP = " 拒收{stop}"
"""stands at the end of each short message that somebody can say no to"""


def words_for(template: Template, channel: Channel) -> str:
    """The Chinese words with `{name}` where a value goes, as they stand on the phone. 报备文字"""
    stop = STOP if channel == "sms" and template.group in STOPPABLE else ""
    return template.words.zh + stop


def approved_by(channel: Channel) -> dict[str, str]:
    """What has to be approved for a channel, by kind. 报备清单"""
    return {
        template.kind: words_for(template, channel) for template in TEMPLATES.values() if channel in template.channels
    }
