"""`yingbao account`: the first administrators of an installation that has none. 首任管理员"""

from __future__ import annotations

import sys

import click

from yingbao.cli.language import chosen
from yingbao.cli.platform import ready
from yingbao.cli.refusing import refusing
from yingbao.values.text import Text

DESKS = ("system", "security", "audit")


@click.command()
@click.argument("area")
@click.argument("desk", type=click.Choice(DESKS))
@click.argument("username")
@click.argument("name")
@click.option("--although-held", is_flag=True, help="Whoever holds the desk is gone for good: appoint another.")
def command(area: str, desk: str, username: str, name: str, although_held: bool) -> None:
    """Open the account of the first administrator at DESK for the pooling area AREA, and print its one-time password.

    Every further account is opened by two administrators on the pages. Three desks are three people.
    """
    ready()
    from django.db import transaction

    from yingbao.agents.accounts import open_account
    from yingbao.agents.appointing import appoint
    from yingbao.agents.models import Appointment, Desk, OrganisationKind
    from yingbao.agents.organising import BODIES, organise, organise_area
    from yingbao.agents.overseeing import holding
    from yingbao.trail.events import note
    from yingbao.values import clock, divisions

    at = clock.now()
    if divisions.full_name(area) == area:
        unknown = Text("没有这个区划代码：{area}", "there is no division {area}").filled(area=area)
        click.echo(unknown.said(chosen()), err=True)
        sys.exit(1)
    held = Appointment.objects.filter(
        holding(at.date()), desk=desk, organisation__pooling_area=area, user__is_active=True
    )
    if held.exists() and not although_held:
        taken = Text(
            "这个岗位已有人。更多账户由系统管理员开户、安全管理员批准；此人确已无法登录时加 --although-held。",
            "the desk is held. Further accounts are opened by the system administrator and granted by the security "
            "administrator; if whoever holds it is gone for good, add --although-held.",
        )
        click.echo(taken.said(chosen()), err=True)
        sys.exit(1)
    with refusing(), transaction.atomic():
        district = organise_area(area)
        centre = organise(
            pooling_area=area, kind=OrganisationKind.OPERATIONS, code=OrganisationKind.OPERATIONS.value,
            name=f"{district.name}{BODIES[OrganisationKind.OPERATIONS]}", parent=district,
        )  # fmt: skip
        user, password = open_account(username=username, name=name, organisation=centre, at=at)
        appoint(user=user, organisation=centre, desk=Desk(desk), since=at.date())
        note(
            what="first_administrator", user=None, organisation=centre, about=f"user {user.pk}",
            said={"desk": desk, "although_held": although_held}, at=at,
        )  # fmt: skip
    told = Text(
        "已开户。7 天内登录并换成自己的密码，再设置第二因素。一次性密码：",
        "The account is open. Sign in within 7 days, choose a password and set up a second factor. One-time password:",
    )
    click.echo(told.said(chosen()), err=True)
    click.echo(password)
