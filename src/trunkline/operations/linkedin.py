"""Extra fields of LinkedIn's products when starting a chat. Source: unipile-v1 7.3."""

from typing import Annotated, Literal

from msgspec import Struct

from trunkline.operations.files import FileInput
from trunkline.operations.filters import LONG_TEXT, SHORT_TEXT
from trunkline.operations.marks import Between


class ScheduledTime(Struct, frozen=True, kw_only=True):
    """When a follow-up goes out: days (3 to 28) or weeks (1 to 4) after the first message."""

    days: Annotated[int | None, "Days to wait.", Between(3, 28)] = None
    weeks: Annotated[int | None, "Weeks to wait.", Between(1, 4)] = None
    timezone: Annotated[str | None, "A name such as Europe/Paris."] = None


class FollowUp(Struct, frozen=True, kw_only=True):
    """A second message when the first stays unanswered (Recruiter PRO)."""

    subject: Annotated[str | None, "Its subject.", SHORT_TEXT] = None
    text: Annotated[str | None, "Its text.", LONG_TEXT] = None
    attachments: Annotated[tuple[FileInput, ...], "Its files."] = ()
    scheduled_time: Annotated[ScheduledTime | None, "When it goes out."] = None


class LinkedinOptions(Struct, frozen=True, kw_only=True):
    """Which product, and what it wants to know. Without `api` it is classic LinkedIn."""

    api: Annotated[Literal["classic", "recruiter", "sales_navigator"] | None, "The product."] = None
    inmail: Annotated[bool | None, "classic: whether to spend an InMail."] = None
    topic: Annotated[
        Literal["service_request", "request_demo", "support", "careers", "other"] | None,
        "classic: needed towards a company.",
    ] = None
    applicant_id: Annotated[str | None, "classic: needed towards a job applicant."] = None
    invitation_id: Annotated[str | None, "classic: needed towards somebody whose invitation is still open."] = None
    signature: Annotated[str | None, "recruiter: the signature.", SHORT_TEXT] = None
    hiring_project_id: Annotated[str | None, "recruiter: the hiring project."] = None
    job_posting_id: Annotated[str | None, "recruiter: the job posting."] = None
    email_address: Annotated[str | None, "recruiter: start by mail instead of InMail."] = None
    visibility: Annotated[Literal["PUBLIC", "PRIVATE", "PROJECT"] | None, "recruiter: who sees it; PRIVATE if left out."] = None
    follow_up: Annotated[FollowUp | None, "recruiter: a second message."] = None
