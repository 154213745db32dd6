"""What a client sees of an error: one table from the domain's errors to RFC 9457 problem details."""

from http import HTTPStatus
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field

from chalicelib import errors
from chalicelib.values import Model


class ProblemKind(NamedTuple):
    """A kind of problem: its status, the stable end of its ``type``, and its title."""

    status: HTTPStatus
    slug: str
    title: str

    @property
    def type(self) -> str:
        """The stable URI that programs tell problems apart by."""
        return f"urn:connects:problem:{self.slug}"


class UnsupportedMediaType(errors.ConnectsError):
    """A body that does not say it is JSON. Only HTTP knows of such a thing, so it is born here."""


KINDS: Final[dict[type[errors.ConnectsError], ProblemKind]] = {
    errors.MalformedBody: ProblemKind(HTTPStatus.BAD_REQUEST, "malformed-body", "The body is not valid JSON"),
    errors.InvalidCursor: ProblemKind(
        HTTPStatus.BAD_REQUEST, "invalid-cursor", "The cursor is not good for this list"
    ),
    errors.InvalidInput: ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", "The request breaks a rule"
    ),
    errors.NotAuthenticated: ProblemKind(
        HTTPStatus.UNAUTHORIZED, "token-missing", "A bearer token is needed"
    ),
    errors.NotPermitted: ProblemKind(HTTPStatus.FORBIDDEN, "not-permitted", "The caller may not do this"),
    errors.ParticipantsOnly: ProblemKind(
        HTTPStatus.FORBIDDEN, "participants-only", "Figures are for those who contribute"
    ),
    errors.EmailNotVerified: ProblemKind(
        HTTPStatus.FORBIDDEN, "email-not-verified", "The e-mail address is not verified"
    ),
    errors.InvitationForeign: ProblemKind(
        HTTPStatus.FORBIDDEN, "invitation-foreign", "The invitation is for another e-mail address"
    ),
    errors.NotVerified: ProblemKind(
        HTTPStatus.FORBIDDEN, "organization-not-verified", "The organization is not verified"
    ),
    errors.ApprovalNeeded: ProblemKind(
        HTTPStatus.FORBIDDEN, "approval-needed", "The school approves of employers first"
    ),
    errors.EmployerBlocked: ProblemKind(
        HTTPStatus.FORBIDDEN, "employer-blocked", "The school has blocked the employer"
    ),
    errors.NotFound: ProblemKind(HTTPStatus.NOT_FOUND, "not-found", "There is no such thing"),
    errors.AlreadyExists: ProblemKind(HTTPStatus.CONFLICT, "already-exists", "There is one already"),
    errors.LastOwner: ProblemKind(HTTPStatus.CONFLICT, "last-owner", "There has to be an owner"),
    errors.InvitationUsed: ProblemKind(
        HTTPStatus.CONFLICT, "invitation-used", "The invitation has been accepted before"
    ),
    errors.InvitationRevoked: ProblemKind(
        HTTPStatus.CONFLICT, "invitation-revoked", "The invitation does not hold any more"
    ),
    errors.InvitationExpired: ProblemKind(
        HTTPStatus.CONFLICT, "invitation-expired", "The invitation's time is over"
    ),
    errors.AlreadyClaimed: ProblemKind(
        HTTPStatus.CONFLICT, "already-claimed", "Somebody speaks for the organization"
    ),
    errors.ClaimOpen: ProblemKind(HTTPStatus.CONFLICT, "claim-open", "Another claim waits for its decision"),
    errors.LimitReached: ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS, "limit-reached", "There are as many as there may be"
    ),
    errors.AlreadyResponded: ProblemKind(
        HTTPStatus.CONFLICT, "already-responded", "There is an open response already"
    ),
    errors.OwnPosting: ProblemKind(HTTPStatus.CONFLICT, "own-posting", "The posting is one's own"),
    errors.PostingNotOpen: ProblemKind(
        HTTPStatus.CONFLICT, "posting-not-open", "The posting takes no responses"
    ),
    errors.SeatsGone: ProblemKind(HTTPStatus.CONFLICT, "seats-gone", "All seats are taken"),
    errors.MoveNotAllowed: ProblemKind(
        HTTPStatus.CONFLICT, "move-not-allowed", "The present status does not allow this"
    ),
    errors.Conflict: ProblemKind(HTTPStatus.CONFLICT, "conflict", "The present state forbids it"),
    errors.StaleVersion: ProblemKind(
        HTTPStatus.PRECONDITION_FAILED, "stale-version", "The version is not current"
    ),
    errors.BodyTooLarge: ProblemKind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", "The body is too large"
    ),
    UnsupportedMediaType: ProblemKind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body is not declared as JSON"
    ),
    errors.IdempotencyMismatch: ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency-mismatch",
        "The Idempotency-Key came with another request",
    ),
    errors.VersionRequired: ProblemKind(
        HTTPStatus.PRECONDITION_REQUIRED, "version-required", "An If-Match header is needed"
    ),
    errors.ListRefused: ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY, "list-refused", "The list cannot be understood"
    ),
    errors.TemporarilyUnavailable: ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE, "temporarily-unavailable", "Try again in a moment"
    ),
}
UNEXPECTED: Final = ProblemKind(
    HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "Something went wrong on our side"
)


class ProblemField(Model):
    """One thing wrong with one place of the request."""

    pointer: Annotated[str, Field(examples=["/address/zip"])]
    """JSON pointer into the body (RFC 6901), or the parameter's name."""
    detail: str
    source: Literal["body", "query", "path", "header"] = "body"


class Problem(Model):
    """Problem details (RFC 9457). ``type`` is stable: programs decide by it, people read ``detail``."""

    type: Annotated[str, Field(examples=["urn:connects:problem:invalid-input"])]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    instance: str | None = None
    """The request's id: quote it when asking for help."""
    errors: tuple[ProblemField, ...] = ()


def kind_of(error: type[errors.ConnectsError]) -> ProblemKind:
    """The kind of an error's class: its own, or that of its nearest ancestor in the table."""
    return next((KINDS[ancestor] for ancestor in error.__mro__ if ancestor in KINDS), UNEXPECTED)


def problem_of(error: errors.ConnectsError, instance: str | None) -> Problem:
    """The problem details of an error."""
    kind = kind_of(type(error))
    fields = error.fields if isinstance(error, errors.InvalidInput) else ()
    return Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status.value,
        detail=error.detail,
        instance=instance,
        errors=tuple(
            ProblemField(pointer=field.pointer, detail=field.detail, source=field.source)  # type: ignore[arg-type]
            for field in fields
        ),
    )


def unexpected(instance: str | None) -> Problem:
    """The problem details of an error that nobody foresaw: nothing of it is shown."""
    return Problem(
        type=UNEXPECTED.type,
        title=UNEXPECTED.title,
        status=UNEXPECTED.status.value,
        detail="The error was recorded. Trying again may work; when asking for help, quote the instance.",
        instance=instance,
    )
