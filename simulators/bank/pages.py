"""The bank's counter in a browser: accounts, transfers, files in and out. 银行页面"""

from __future__ import annotations

from datetime import date

from markupsafe import Markup
from werkzeug import Request, Response

from simulators.bank import batches, book, files, messages, statements
from simulators.html import page, table
from simulators.rows import Account, Batch, Line
from simulators.world import World, in_fen, yuan

KINDS = {"authority": "征收账户", "school": "学校账户", "payer": "个人账户"}


def refused(sentence: str, status: int = 400) -> Response:
    """The counter says no, and why."""
    body = Markup('<div class="card"><h1>不受理</h1><p role="alert">{}</p><a href="/bank">返回</a></div>').format(
        sentence
    )
    return page("bank", "不受理", body, status)


def home(world: World, request: Request) -> Response:
    """Every account and every form."""
    accounts = world.store.find(Account)
    rows: list[list[object]] = [
        [
            Markup('<a href="/bank/accounts/{0}">{0}</a>').format(account.key),
            account.name,
            KINDS.get(account.kind, account.kind),
            yuan(book.balance_fen(world, account.key)),
        ]
        for account in accounts
    ]
    body = Markup(
        '<h1>模拟银行</h1><div class="card"><h2>账户</h2>{}</div>'
        '<div class="pair">{}{}</div><div class="card"><h2>批次</h2>{}</div>'
    ).format(
        table(["账号", "户名", "类别", "余额（元）"], rows, (3,)),
        _transfer_form(world, accounts),
        _file_forms(accounts),
        _batch_table(world),
    )
    return page("bank", "模拟银行", body)


def _options(accounts: list[Account], kind: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{0}">{1} {0}</option>').format(account.key, account.name)
        for account in accounts
        if account.kind == kind
    )


def _transfer_form(world: World, accounts: list[Account]) -> Markup:
    return Markup(
        '<form class="card" method="post" action="/bank/transfers"><h2>转账</h2>'
        '<label>付款账户<select name="payer"><option value="">他行账户（下面填写）</option>{}</select></label>'
        '<label>他行付款户名<input name="payer_name"></label><label>他行付款账号<input name="payer_account"></label>'
        '<label>收款账户<select name="account">{}</select></label>'
        '<label>金额（元）<input name="amount" inputmode="decimal" required></label>'
        '<label>附言<input name="remark" maxlength="200"></label>'
        '<label>日期<input type="date" name="day" value="{}"></label><button>转账</button></form>'
    ).format(_options(accounts, "school"), _options(accounts, "authority"), world.day())


def _file_forms(accounts: list[Account]) -> Markup:
    return Markup(
        '<div class="card"><h2>批量文件</h2><form method="post" action="/bank/debits" enctype="multipart/form-data">'
        '<label>代扣文件（CSV 或 pain.008）<input type="file" name="file" required></label>'
        '<label>入账账户<select name="account">{0}</select></label><button>提交代扣</button></form><hr>'
        '<form method="post" action="/bank/payouts" enctype="multipart/form-data">'
        '<label>代付文件（CSV）<input type="file" name="file" required></label>'
        '<label>出账账户<select name="account">{0}</select></label><button>提交代付</button></form></div>'
    ).format(_options(accounts, "authority"))


def _batch_table(world: World) -> Markup:
    rows: list[list[object]] = [
        [
            batch.key,
            "代扣" if batch.kind == "debit" else "代付",
            batch.day,
            batch.message,
            str(batches.summary(world, batch)["count"]),
            Markup(
                '<a href="/bank/batches/{0}/result.csv">结果 CSV</a> · '
                '<a href="/bank/batches/{0}/result.xml">pain.002</a> · '
                '<a href="/bank/batches/{0}/returns.csv">退回 CSV</a> · '
                '<a href="/bank/batches/{0}/returns.xml">退回 pain.002</a>'
            ).format(batch.key),
        ]
        for batch in world.store.find(Batch)
    ]
    return table(["批次", "种类", "日期", "报文编号", "笔数", "下载"], rows, (4,))


def transfers(world: World, request: Request) -> Response:
    """A school sends money."""
    form = request.form
    try:
        payer = book.account_of(world, form["payer"]) if form.get("payer") else None
        amount_fen = in_fen(form.get("amount", ""))
        day = date.fromisoformat(form["day"]).isoformat() if form.get("day") else ""
        book.transfer(
            world,
            payer_name=payer.name if payer else form.get("payer_name", ""),
            payer_account=payer.key if payer else form.get("payer_account", ""),
            account=form.get("account", ""),
            amount_fen=amount_fen,
            remark=form.get("remark", ""),
            day=day,
        )
    except (ValueError, book.Impossible) as fault:
        return refused(str(fault))
    return Response("", 303, headers={"Location": f"/bank/accounts/{form.get('account', '')}"})


def account(world: World, request: Request, number: str) -> Response:
    """An account's lines and its statements to download."""
    try:
        held = book.account_of(world, number)
        first, last = span(world, request, number)
        opening, lines = book.statement(world, number, first, last)
    except (ValueError, book.Impossible) as fault:
        return refused(str(fault), 404)
    rows: list[list[object]] = [
        [
            of.line.day,
            of.line.serial,
            of.line.side,
            yuan(of.line.amount_fen),
            yuan(of.balance_fen),
            of.line.other_name,
            of.line.remark,
        ]
        for of in lines
    ]
    query = f"from={first}&to={last}"
    links = Markup(" · ").join(
        Markup('<a href="/bank/statements/{}.{}?{}">{}</a>').format(number, form, query + more, title)
        for form, more, title in (
            ("csv", "", "CSV"),
            ("xlsx", "", "Excel"),
            ("xml", "", "camt.053.001.08"),
            ("xml", "&version=02", "camt.053.001.02"),
        )
    )
    body = Markup(
        '<p><a href="/bank">模拟银行</a></p><h1>{}</h1><form class="card" method="get">'
        '<label>从<input type="date" name="from" value="{}"></label>'
        '<label>到<input type="date" name="to" value="{}"></label>'
        '<button>查询</button></form><p>对账单下载：{}</p><div class="card"><p>期初余额 {} 元</p>{}</div>'
    ).format(
        f"{held.name} {held.key}",
        first,
        last,
        links,
        yuan(opening),
        table(["日期", "流水号", "借贷", "金额", "余额", "对方户名", "附言"], rows, (3, 4)),
    )
    return page("bank", held.name, body)


def span(world: World, request: Request, number: str) -> tuple[str, str]:
    """The days asked for: `day`, or `from` and `to`, or everything until today. Raises ValueError."""
    asked = request.args
    if asked.get("day"):
        day = date.fromisoformat(asked["day"]).isoformat()
        return day, day
    lines = world.store.find(Line, account=number)
    earliest = min((line.day for line in lines), default=world.day())
    latest = max([world.day(), *(line.day for line in lines)])
    first = date.fromisoformat(asked.get("from") or earliest).isoformat()
    return first, date.fromisoformat(asked.get("to") or latest).isoformat()


def statement(world: World, request: Request, number: str, form: str) -> Response:
    """A statement's file."""
    try:
        first, last = span(world, request, number)
        version, variant = request.args.get("version", "08"), request.args.get("variant", "")
        content = statements.download(world, number, form, first, last, version, variant)
    except (ValueError, book.Impossible) as fault:
        return refused(str(fault), 404)
    name = f"statement_{number}_{first}_{last}.{form}"
    return _file(content, statements.TYPES[form], name)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def take_file(world: World, request: Request, kind: str) -> Response:
    """A debit or payout file comes in."""
    uploaded = request.files.get("file")
    if uploaded is None:
        return refused("没有文件")
    try:
        batch = batches.take(world, kind, uploaded.read(), request.form.get("account", ""))
    except batches.Known as known:
        return refused(f"同一文件已受理，批次 {known}", 409)
    except (files.Malformed, book.Impossible, ValueError) as fault:
        return refused(str(fault), 422)
    return Response("", 303, headers={"Location": "/bank", "X-Batch": batch.key})


def result(world: World, request: Request, batch: str, what: str, form: str) -> Response:
    """What became of a file: `result` or `returns`, as CSV or pain.002."""
    held = world.store.one(Batch, key=batch)
    if held is None:
        return refused("没有这个批次", 404)
    items = batches.items_of(world, batch, batches.RETURNED if what == "returns" else "")
    if form == "xml":
        return _file(messages.pain_002(world, held, items), statements.TYPES["xml"], f"{what}_{batch}.xml")
    return _file(batches.result_csv(items), statements.TYPES["csv"], f"{what}_{batch}.csv")
