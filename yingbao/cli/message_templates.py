"""`yingbao message-templates`: the words that a provider of messages has to approve. 报备模板"""

from __future__ import annotations

import click

from yingbao.cli.language import chosen
from yingbao.cli.platform import ready
from yingbao.values.text import Text

NOTE = Text(
    "在服务商处逐条报备下列文字，把得到的编号写进 {file} 的 [templates]。",
    "Have each of these approved by the provider and write the ids into [templates] of {file}.",
)
FILES = {"sms": "sms.toml", "wechat": "wechat_account.toml"}


@click.command()
@click.option("--channel", type=click.Choice(["sms", "wechat"]), default="sms", show_default=True)
def command(channel: str) -> None:
    """Print the words of every message as a provider approves them."""
    ready()
    from yingbao.messages.templates import TEMPLATES
    from yingbao.messages.wording import approved_by

    language = chosen()
    click.echo(NOTE.filled(file=FILES[channel]).said(language))
    for kind, words in approved_by("sms" if channel == "sms" else "wechat").items():
        gaps = words.replace("{", "${") if channel == "sms" else words.replace("{", "{{").replace("}", ".DATA}}")
        click.echo(f"\n{kind}  {TEMPLATES[kind].title.said(language)}\n  {gaps}")
