"""The frame of every page the simulators show. 页面框架"""

from __future__ import annotations

from markupsafe import Markup
from werkzeug import Response

WARNING = "模拟支付 · 没有真实资金 Simulated · no real money"
PHONES = "模拟手机 · 不会发到真实号码 Simulated · nothing leaves this machine"
FRAME = Markup(
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · 模拟</title>'
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/style.css"></head>'
    '<body class="{kind}"><p class="warning" role="note">{warning}</p><main>{body}</main></body></html>'
)
GUARD = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(kind: str, title: str, body: Markup, status: int = 200) -> Response:
    """A page of `wechat`, `alipay`, `bank` or `phones`."""
    warning = PHONES if kind == "phones" else WARNING
    text = FRAME.format(kind=kind, title=title, warning=warning, body=body)
    return Response(text, status, headers=GUARD, content_type="text/html; charset=utf-8")


def table(headings: list[str], rows: list[list[object]], numbers: tuple[int, ...] = ()) -> Markup:
    """A table; the columns in `numbers` stand right."""

    def cell(tag: str, column: int, value: object) -> Markup:
        align = Markup(' class="number"') if column in numbers else ""
        return Markup("<{tag}{align}>{value}</{tag}>").format(tag=Markup(tag), align=align, value=value)  # noqa: S704

    def row(tag: str, values: list[object]) -> Markup:
        return Markup("<tr>{}</tr>").format(Markup("").join(cell(tag, *pair) for pair in enumerate(values)))

    head = row("th", list(headings))
    return Markup("<table><thead>{}</thead><tbody>{}</tbody></table>").format(
        head, Markup("").join(row("td", values) for values in rows)
    )
