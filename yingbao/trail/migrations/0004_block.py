"""A block of the chain is called one: to seal is the word for what is encrypted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trail", "0003_found_by_moment")]

    operations = [
        migrations.RenameModel("Seal", "Block"),
        migrations.RenameIndex("block", new_name="blocks_of_log", old_name="seals_of_log"),
        migrations.RenameIndex("block", new_name="blocks_by_moment", old_name="seals_by_moment"),
        migrations.RemoveConstraint("block", "seals_are_counted_from_one"),
        migrations.RemoveConstraint("block", "seal_has_a_span"),
        migrations.RemoveConstraint("block", "seals_of_a_log_follow_each_other"),
        migrations.AddConstraint(
            "block",
            models.CheckConstraint(condition=models.Q(number__gt=0), name="blocks_are_counted_from_one"),
        ),
        migrations.AddConstraint(
            "block",
            models.CheckConstraint(condition=models.Q(last_id__gt=models.F("after_id")), name="block_has_a_span"),
        ),
        migrations.AddConstraint(
            "block",
            models.UniqueConstraint(fields=["table_name", "after_id"], name="blocks_of_a_log_follow_each_other"),
        ),
    ]
