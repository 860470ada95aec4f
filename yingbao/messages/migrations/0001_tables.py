"""Messages that leave, and who wants none."""

import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import yingbao.people.models
from yingbao.postgres.tables import Tables


class Migration(migrations.Migration):
    replaces = [("outbox", "0001_initial"), ("outbox", "0002_pooling_area"), ("outbox", "0003_group_account")]

    initial = True

    dependencies = [
        ("agents", "0001_tables"),
        ("people", "0001_tables"),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name="OptOut",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("phone_index", models.BinaryField(max_length=32)),
                        (
                            "group",
                            models.CharField(
                                choices=[
                                    ("progress", "办理进度"),
                                    ("reminder", "缴费与登记提醒"),
                                    ("work", "经办工作提醒"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("said_at", models.DateTimeField()),
                        ("taken_back_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("taken_back_at__isnull", True)),
                                fields=("phone_index", "group"),
                                name="opted_out_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("group__in", ["progress", "reminder", "work"])),
                                name="only_stoppable_groups_stop",
                            ),
                            models.CheckConstraint(
                                condition=django.db.models.lookups.Exact(
                                    yingbao.people.models.Octets("phone_index"), 32
                                ),
                                name="opt_out_phone_index_is_an_index",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WechatFollower",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("openid_cipher", models.BinaryField()),
                        ("openid_index", models.BinaryField(max_length=32, unique=True)),
                        ("phone_index", models.BinaryField(db_index=True, max_length=32)),
                        ("followed_at", models.DateTimeField()),
                        ("left_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=django.db.models.lookups.Exact(
                                    yingbao.people.models.Octets("openid_index"), 32
                                ),
                                name="openid_index_is_an_index",
                            ),
                            models.CheckConstraint(
                                condition=django.db.models.lookups.Exact(
                                    yingbao.people.models.Octets("phone_index"), 32
                                ),
                                name="follower_phone_index_is_an_index",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        (
                            "group",
                            models.CharField(
                                choices=[
                                    ("code", "验证码"),
                                    ("money", "资金安全"),
                                    ("reminder", "缴费与登记提醒"),
                                    ("progress", "办理进度"),
                                    ("work", "经办工作提醒"),
                                    ("account", "账户安全"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("wechat", "微信"), ("sms", "短信"), ("page", "站内")], max_length=8
                            ),
                        ),
                        ("phone_cipher", models.BinaryField(null=True)),
                        ("phone_index", models.BinaryField(max_length=32, null=True)),
                        ("phone_masked", models.CharField(blank=True, max_length=20)),
                        ("values", models.JSONField(default=dict)),
                        ("secret_cipher", models.BinaryField(null=True)),
                        ("text", models.TextField()),
                        ("key", models.CharField(max_length=120, unique=True)),
                        ("urgent", models.BooleanField(default=False)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("queued", "待发送"),
                                    ("sending", "发送中"),
                                    ("sent", "已提交通道"),
                                    ("delivered", "已送达"),
                                    ("failed", "失败"),
                                    ("expired", "过期未发"),
                                    ("suppressed", "不发送"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("next_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("provider_id", models.CharField(blank=True, max_length=80)),
                        ("error", models.CharField(blank=True, max_length=200)),
                        ("queued_at", models.DateTimeField()),
                        ("claimed_at", models.DateTimeField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="people.person",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("pooling_area", models.CharField(blank=True, max_length=6)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "queued")), fields=["next_at"], name="message_waiting"
                            ),
                            models.Index(
                                condition=models.Q(("state", "sending")),
                                fields=["claimed_at"],
                                name="message_being_sent",
                            ),
                            models.Index(
                                condition=models.Q(("state", "sent")), fields=["next_at"], name="message_unreported"
                            ),
                            models.Index(fields=["phone_index", "-queued_at"], name="messages_of_phone"),
                            models.Index(fields=["-queued_at"], name="message_by_day"),
                            models.Index(
                                condition=models.Q(("user__isnull", False)),
                                fields=["user", "-queued_at"],
                                name="messages_of_user",
                            ),
                            models.Index(
                                condition=models.Q(("provider_id", ""), _negated=True),
                                fields=["channel", "provider_id"],
                                name="message_of_provider",
                            ),
                            models.Index(fields=["pooling_area", "state", "-queued_at"], name="messages_of_area"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        ["queued", "sending", "sent", "delivered", "failed", "expired", "suppressed"],
                                    )
                                ),
                                name="message_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("channel", "page"), ("user__isnull", False)),
                                    models.Q(
                                        ("phone_cipher__isnull", False),
                                        ("phone_index__isnull", False),
                                        ("phone_masked__contains", "*"),
                                    ),
                                    _connector="OR",
                                ),
                                name="message_reaches_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["queued", "sending"]),
                                    ("secret_cipher__isnull", True),
                                    _connector="OR",
                                ),
                                name="sent_secret_is_erased",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "sending"), _negated=True),
                                    ("claimed_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="message_being_sent_is_claimed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("queued_at"))),
                                name="message_expires_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("phone_index__isnull", True),
                                    django.db.models.lookups.Exact(yingbao.people.models.Octets("phone_index"), 32),
                                    _connector="OR",
                                ),
                                name="message_phone_index_is_an_index",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("group__in", ["code", "money", "reminder", "progress", "work", "account"])
                                ),
                                name="message_group_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
