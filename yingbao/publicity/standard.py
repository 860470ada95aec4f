"""The wording of a season's letters before an officer changes it, drawn from its policy. 标准模板"""

from __future__ import annotations

from yingbao.policy.model import Policy
from yingbao.publicity.wording import Kind

SWINDLE = "学校、医保和税务部门不会要求您向陌生账户转账；收到这类要求，请{ask}核实。"


def standard(policy: Policy, kind: Kind) -> str:
    """A wording that is ready to use, whatever the policy. 标准模板文字"""
    by = "按照{文件号}，" if policy.source.number else "按照{政策}，"
    asked = "拨打咨询电话" if any(line.phones for line in policy.help_lines) else "向学校"
    return (_child(policy, by) if kind == "child" else _class(by)) + "\n" + SWINDLE.format(ask=asked)


def _child(policy: Policy, by: str) -> str:
    through_school = any(rule.channel == "school" for rule in policy.tables.channel)
    pays = "把钱交给学校，或按下面的步骤办理" if through_school else "按下面的步骤自己缴费"
    lines = [
        "{孩子} 家长：",
        f"{by}您孩子 {{年度}} 年度居民医保核定如下：",
        "{核定结果}",
        "{理由}",
        f"【需缴费】家庭应缴 {{家庭缴费}}，请在 {{截止日期}} 前{pays}。",
        "【免缴】您家不用缴费，其余由{资助方}缴；不用交证明，也不用办手续。",
        "{办理步骤}",
        "{学校附言}",
        "{咨询电话}",
    ]
    return "\n".join(lines)


def _class(by: str) -> str:
    lines = [
        "{班级}各位家长：",
        f"{by}{{年度}} 年度居民医保开始办理。每个孩子自己的金额和理由，请扫码到家长页面查看，或看孩子带回的信。",
        "{各类金额}",
        "{重要日期}",
        "{缴费指南}",
        "{学校附言}",
        "{咨询电话}",
    ]
    return "\n".join(lines)
