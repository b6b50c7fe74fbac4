"""The steps of a login as checkpoints on the wire, and a caller's code as the answer to a step. Source: unipile-v1 5.8, 9.3."""

from collections.abc import Callable, Mapping

from msgspec import UNSET
from msgspec.structs import replace

from trunkline.contract.login import Step, StepKind
from trunkline.model.errors import InvalidArgument
from trunkline.model.login import Contract, Demand, DemandType, LoginStep, StepField
from trunkline.model.times import to_wire

TRY_ANOTHER_WAY = "TRY_ANOTHER_WAY"

WAITS_FOR_PERSON = frozenset({StepKind.QR, StepKind.PAIRING_CODE, StepKind.CONFIRM_IN_APP, StepKind.REDIRECT})
"""What a person does elsewhere: the hub waits for it, whether or not anybody asks."""

_TYPES: Mapping[StepKind, DemandType] = {
    StepKind.QR: "QRCODE",
    StepKind.PAIRING_CODE: "PAIRING_CODE",
    StepKind.CODE_APP: "2FA",
    StepKind.CODE_SENT: "OTP",
    StepKind.PASSWORD: "2FA",
    StepKind.PHONE: "PHONE_REGISTER",
    StepKind.CONFIRM_IN_APP: "IN_APP_VALIDATION",
    StepKind.CAPTCHA: "CAPTCHA",
    StepKind.CHOICE: "CONTRACT_CHOOSER",
    StepKind.REDIRECT: "REDIRECT",
    StepKind.INPUT: "OTP",
}
"""INPUT is answered from the request that connects the account; further fields in the middle of a login are asked as a code."""

_MORE: Mapping[StepKind, Callable[[Step], dict[str, object]]] = {
    StepKind.QR: lambda step: {"qrcode": step.data or ""},
    StepKind.PAIRING_CODE: lambda step: {"code": step.data or ""},
    StepKind.CODE_APP: lambda step: {"source": "APP"},
    StepKind.CHOICE: lambda step: {"contract_options": tuple(Contract(id=each.id, name=each.name) for each in step.options)},
    StepKind.REDIRECT: lambda step: {"url": step.data or ""},
}


def demand_of(step: Step) -> Demand:
    """The step on the wire."""
    said = Demand(type=_TYPES[step.kind], instructions=step.instructions, error=step.error or UNSET, step=_playable(step))
    more = _MORE.get(step.kind)
    return said if more is None else replace(said, **more(step))


def _playable(step: Step) -> LoginStep:
    return LoginStep(
        kind=step.kind.value,
        step_id=step.step_id,
        fields=tuple(
            StepField(
                name=each.name,
                title=each.title,
                secret=each.secret,
                required=each.required,
                pattern=each.pattern,
                default=each.default,
            )
            for each in step.fields
        ),
        options=tuple(Contract(id=each.id, name=each.name) for each in step.options),
        data=step.data,
        expires_at=None if step.expires_at_ms is None else to_wire(step.expires_at_ms),
        can_resend=step.can_resend,
        waits=step.kind in WAITS_FOR_PERSON,
    )


def answer_to(step: Step, code: str) -> dict[str, str]:
    """The values that answer a step: what it asks for is one thing, but for what is done elsewhere, which takes nothing."""
    if len(step.fields) > 1:
        names = ", ".join(field.name for field in step.fields)
        raise InvalidArgument(
            f"This login asks for {names} at once, which no code can answer. Begin the login again with them."
        )
    return {step.fields[0].name: code} if step.fields else {}


def answer_in_advance(step: Step, known: Mapping[str, str]) -> dict[str, str] | None:
    """The answer where all that the step asks for is known already; None where a person must be asked."""
    if step.error is None and step.kind is StepKind.CHOICE:
        chosen = known.get("recruiter_contract_id", "")
        return {step.fields[0].name: chosen} if step.fields and chosen in {each.id for each in step.options} else None
    given = known_fields(step, known)
    return None if given is None or unknown_fields(step, known) else given


def left_to_ask(step: Step, known: Mapping[str, str]) -> Step:
    """The step without the fields that are known already; with all of them where something was wrong."""
    given = known_fields(step, known) or {}
    return replace(step, fields=tuple(field for field in step.fields if field.name not in given))


def known_fields(step: Step, known: Mapping[str, str]) -> dict[str, str] | None:
    """What is known of a step's fields; None for a step that is never answered in advance, such as a code that was sent."""
    if step.error is not None or step.kind in {*WAITS_FOR_PERSON, StepKind.CAPTCHA, StepKind.CHOICE}:
        return None
    if step.kind is not StepKind.INPUT and not {field.name for field in step.fields} & {"password", "phone_number"}:
        return None
    return {field.name: known[field.name] for field in step.fields if field.name in known}


def unknown_fields(step: Step, known: Mapping[str, str]) -> list[str]:
    """Names of what the step needs and nobody has given."""
    return [field.name for field in step.fields if field.required and field.name not in known]
