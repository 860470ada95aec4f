"""A task and a training of a body, for the matrix of who may open what."""

from __future__ import annotations

from datetime import timedelta

from tests.enrolment.building import AT
from yingbao.agents.models import Appointment, Organisation
from yingbao.campaign.models import Assignment, SeasonTask, TrainingPlace, TrainingSession
from yingbao.enrolment.models import Season


def campaign_of(place: Organisation, season: Season, of: Appointment) -> dict[str, int]:
    """A task that is asked of the body, a training that it holds, and its own place at it."""
    task, _ = SeasonTask.objects.get_or_create(
        season=season, word="hand_out_letters",
        defaults={"phase": "letters", "zh": "发告家长书", "en": "letters", "clause": "四(一)", "kinds": ["school"],
                  "position": 1},
    )  # fmt: skip
    own = Assignment.objects.create(season=season, task=task, organisation=place, asked_of=place, state_at=AT)
    session = TrainingSession.objects.create(
        season=season, host=place, title="培训", starts_at=AT + timedelta(days=3), ends_at=AT + timedelta(days=4),
        place="三楼", kinds=["school"], places=3, taken=1, sign_up_until=AT.date(), announced_by=of.user,
        announced_at=AT,
    )  # fmt: skip
    going = TrainingPlace.objects.create(
        session=session, organisation=place, name="王老师", state="going", queued_at=AT, signed_by=of.user
    )
    return {
        "own task": own.pk, "season task": task.pk, "training": session.pk, "held training": session.pk,
        "training place": going.pk,
    }  # fmt: skip
