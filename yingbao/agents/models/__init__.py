"""Organisations, the people who work for them, how they prove who they are, rights asked for. 机构与用户"""

from yingbao.agents.models.granting import AppointmentRequest, Scope, Token
from yingbao.agents.models.proving import Passkey, RecoveryCode, Totp, Visit
from yingbao.agents.models.working import (
    ADMINISTRATORS,
    KINDS_OF_DESK,
    WHOLE_AREA,
    Appointment,
    Desk,
    Organisation,
    OrganisationKind,
    OrganisationQuerySet,
    User,
)

__all__ = [
    "ADMINISTRATORS",
    "KINDS_OF_DESK",
    "WHOLE_AREA",
    "Appointment",
    "AppointmentRequest",
    "Desk",
    "Organisation",
    "OrganisationKind",
    "OrganisationQuerySet",
    "Passkey",
    "RecoveryCode",
    "Scope",
    "Token",
    "Totp",
    "User",
    "Visit",
]
