"""Messages about one's own account, which nobody can say no to. 账户安全类消息"""

from typing import ClassVar

from django.db import migrations, models

GROUPS = [
    ("code", "验证码"), ("money", "资金安全"), ("reminder", "缴费与登记提醒"), ("progress", "办理进度"),
    ("work", "经办工作提醒"), ("account", "账户安全"),
]  # fmt: skip


class Migration(migrations.Migration):
    """A sixth group. 消息类别"""

    dependencies: ClassVar = [("outbox", "0002_pooling_area")]
    operations: ClassVar = [
        migrations.AlterField("message", "group", models.CharField(max_length=10, choices=GROUPS)),
        migrations.RemoveConstraint("message", "message_group_known"),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(group__in=[key for key, _ in GROUPS]), name="message_group_known"
            ),
        ),
    ]
