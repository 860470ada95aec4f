"""Tables made together: which refer to each other in any order, and whose models are rendered once. 建表"""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.writer import OperationWriter

from yingbao.postgres.tables import Tables

KEY = ("id", models.BigAutoField(primary_key=True))


def rings() -> Tables:
    """Two tables that refer to each other, and one to both."""
    return Tables(
        [
            CreateModel("Hen", [KEY, ("out_of", models.ForeignKey("rings.Egg", models.PROTECT, null=True))]),
            CreateModel("Egg", [KEY, ("laid_by", models.ForeignKey("rings.Hen", models.PROTECT))]),
            CreateModel(
                "Nest",
                [KEY, ("egg", models.OneToOneField("rings.Egg", models.PROTECT)), ("at", models.DateField())],
                options={"constraints": [models.UniqueConstraint(fields=("at",), name="one_nest_a_day")]},
            ),
        ]
    )


def named(kind: str) -> set[str]:
    """What stands in the database of these tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            {
                "tables": "SELECT relname FROM pg_class WHERE relname LIKE 'rings\\_%' AND relkind = 'r'",
                "keys": "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'rings\\_%' "
                "AND contype IN ('f', 'u')",
            }[kind]
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_tables_that_refer_to_each_other_are_made_together_and_taken_away_again():
    before, after, made = ProjectState(), ProjectState(), rings()
    made.state_forwards("rings", after)
    with connection.schema_editor() as editor:
        made.database_forwards("rings", editor, before, after)
    assert named("tables") == {"rings_hen", "rings_egg", "rings_nest"}
    assert "one_nest_a_day" in named("keys")
    assert len([name for name in named("keys") if "_fk_" in name]) == 3
    with connection.schema_editor() as editor:
        made.database_backwards("rings", editor, after, before)
    assert named("tables") == set()


def test_adding_tables_to_what_was_rendered_renders_no_model_until_somebody_asks(monkeypatch: pytest.MonkeyPatch):
    state = ProjectState()
    for place in range(20):
        state.add_model(ModelState("rows", f"Row{place}", [KEY]))
    assert len(state.apps.get_models()) == 20
    rendered: list[str] = []
    render = ModelState.render

    def counted(self: ModelState, apps: StateApps) -> type[models.Model]:
        rendered.append(self.name)
        return render(self, apps)

    monkeypatch.setattr(ModelState, "render", counted)
    rings().state_forwards("rings", state)
    assert rendered == []
    assert state.apps.get_model("rings", "nest")
    assert len(rendered) == 23


def test_a_step_of_tables_is_written_and_told_as_other_steps_are():
    text, imports = OperationWriter(rings()).serialize()
    assert text.lstrip().startswith("yingbao.postgres.tables.Tables(")
    assert "import yingbao.postgres.tables" in imports
    assert rings().describe() == "Create the tables Hen, Egg, Nest"
