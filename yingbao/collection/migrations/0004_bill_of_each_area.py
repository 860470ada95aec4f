"""One merchant may collect for several pooling areas: its bill of a day is kept for each of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0003_returned")]

    operations = [
        migrations.RemoveConstraint(model_name="bill", name="one_bill_a_day"),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(
                fields=["channel", "merchant", "day", "pooling_area"], name="one_bill_a_day"
            ),
        ),
        # A signed address of Alipay's phone page has more than a thousand characters.
        migrations.AlterField("payment", "address", models.CharField(blank=True, max_length=4000)),
    ]
