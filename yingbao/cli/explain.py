"""`yingbao explain`: a rule with its table, clause, criteria and sentence. 说明规则"""

from __future__ import annotations

import click

from yingbao.cli.language import chosen, speaking
from yingbao.cli.refusing import refusing
from yingbao.determination.rulebook import TABLES, rules_of
from yingbao.policy import terms
from yingbao.policy.catalogue import policy_of
from yingbao.policy.model import Policy
from yingbao.policy.outcomes import in_doubt, in_general, outcome
from yingbao.policy.refused import nearest
from yingbao.policy.rules import Rule
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


@click.command()
@click.argument("policy")
@click.argument("rule", required=False)
@speaking
def command(policy: str, rule: str | None) -> None:
    """Explain RULE of POLICY, or list all rules. 说明规则

    The rules that decided for a child stand in the column `because` of a file of decisions.
    """
    with refusing():
        loaded = policy_of(policy)
        if rule is None:
            _list(loaded)
        else:
            table, found = _found(loaded, rule)
            _explain(loaded, table, found)


def _found(policy: Policy, rule: str) -> tuple[str, Rule]:
    rules = rules_of(policy)
    if rule in rules:
        return rules[rule]
    near = nearest(rule, rules)
    mend = Text(zh="列出全部规则：yingbao explain {policy}", en="List all rules: yingbao explain {policy}")
    if near is not None:
        mend = Text(
            zh="是否想写 {near}？列出全部规则：yingbao explain {policy}",
            en="Did you mean {near}? List all rules: yingbao explain {policy}",
        )
    raise Refused(
        where=policy.policy,
        what=Text(zh="没有名为 {rule} 的规则", en="there is no rule {rule}").filled(rule=rule),
        mend=mend.filled(near=near, policy=policy.policy),
    )


def _list(policy: Policy) -> None:
    language = chosen()
    for table in TABLES:
        click.echo(f"{terms.TABLES[table].said(language)} [{table}]")
        for rule in getattr(policy.tables, table):
            click.echo(f"  {rule.id}  {in_doubt(policy, rule, in_general(rule)).said(language)}")


def _explain(policy: Policy, table: str, rule: Rule) -> None:
    number = policy.source.number or policy.source.title
    says = [policy.criteria[name].says for name in rule.when]
    criteria = Text(zh="；".join(one.zh for one in says), en="; ".join(one.en for one in says))
    otherwise = Text(zh="前面各条都不成立", en="no earlier rule of the table holds")
    language = chosen()
    for name, value in (
        (Text(zh="规则", en="rule"), rule.id),
        (Text(zh="决策表", en="table"), f"{terms.TABLES[table].said(language)} [{table}]"),
        (Text(zh="依据", en="clause"), f"{number} {rule.clause}"),
        (Text(zh="条件", en="criteria"), (criteria if says else otherwise).said(language)),
        (Text(zh="结果", en="outcome"), outcome(rule, policy).said(language)),
        (Text(zh="理由", en="sentence"), in_doubt(policy, rule, in_general(rule)).said(language)),
    ):
        click.echo(Text(zh="{name}：{value}", en="{name}: {value}").filled(name=name, value=value).said(language))
