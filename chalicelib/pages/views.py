"""What everybody sees on a page: no contact details, no figures that the Exchange keeps, no student."""

from typing import Annotated

from pydantic import Field

from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.service import Program
from chalicelib.outcomes.models import Partner
from chalicelib.pages.presentation import TrainingStep
from chalicelib.pages.service import Page
from chalicelib.postings.models import Category, Direction, Posting
from chalicelib.submissions.service import Benefit
from chalicelib.values import Id, Kind, Line, Link, Model, Position, Sector, ShopType, Text


class PagePosting(Model):
    """An open posting, in short."""

    id: Id
    direction: Annotated[Direction, Field(examples=["need"])]
    category: Annotated[Category, Field(examples=["equipment"])]
    title: Annotated[Line, Field(examples=["Two brake lathes for a secondary program"])]
    seats_left: Annotated[int, Field(examples=[1])]


class PagePartner(Model):
    """An organization that something was completed with."""

    organization_id: Id
    kind: Annotated[Kind, Field(examples=["shop"])]
    name: Annotated[Line, Field(examples=["Cedar Auto Repair"])]
    categories: Annotated[tuple[Category, ...], Field(examples=[["internship"]])]
    """What was completed with it."""
    completions: Annotated[int, Field(ge=1, examples=[3])]


class OrganizationPage(Model):
    """The page of a school, a shop, a dealership or a sponsor."""

    id: Id
    kind: Annotated[Kind, Field(examples=["school"])]
    name: Annotated[Line, Field(examples=["Bitterroot Technical College"])]
    status: Annotated[Status, Field(examples=["verified"])]
    shop_type: Annotated[ShopType | None, Field(examples=[None])]
    sectors: tuple[Sector, ...]
    city: Annotated[str, Field(examples=["Missoula"])]
    state: Annotated[str, Field(examples=["MT"])]
    zip: Annotated[str, Field(examples=["59801"])]
    website: Annotated[str | None, Field(examples=["https://college.example.org"])]
    about: Text | None
    """Plain text: escape it where it is shown."""
    video: Link | None
    programs: tuple[Program, ...]
    """What a school teaches, with accreditation and enrolment."""
    enrolment: Annotated[int | None, Field(ge=0, examples=[48])]
    """Students in all of a school's programs that say how many; null where none does."""
    positions: Annotated[tuple[Position, ...], Field(examples=[[]])]
    benefits: Annotated[tuple[Benefit, ...], Field(examples=[[]])]
    """Those that the employer chooses to show."""
    training_path: tuple[TrainingStep, ...]
    needs: tuple[PagePosting, ...]
    offers: tuple[PagePosting, ...]
    partners: tuple[PagePartner, ...]
    """Who supports a school, and whom an employer supports: most completions first."""
    year: Annotated[int, Field(examples=[2026])]
    completions: Annotated[int, Field(ge=0, examples=[3])]
    """What was completed in this year, on either side."""
    recognitions: Annotated[tuple[str, ...], Field(examples=[["Engaged school"]])]
    """The titles that its record of this year earns."""


def page_view(page: Page) -> OrganizationPage:
    """What everybody sees."""
    one, told = page.organization, page.presentation
    postings = [_posting(posting) for posting in page.postings]
    return OrganizationPage(
        id=one.id,
        kind=one.kind,
        name=one.name,
        status=one.status,
        shop_type=one.shop_type,
        sectors=one.sectors,
        city=one.address.city,
        state=one.address.state,
        zip=one.address.zip,
        website=one.website,
        about=told.about,
        video=told.video,
        programs=one.programs,
        enrolment=_enrolment(one),
        positions=told.positions,
        benefits=told.benefits,
        training_path=told.training_path,
        needs=tuple(posting for posting in postings if posting.direction is Direction.NEED),
        offers=tuple(posting for posting in postings if posting.direction is Direction.OFFER),
        partners=tuple(_partner(other, partner) for other, partner in page.partners),
        year=page.record.year,
        completions=page.record.completions,
        recognitions=tuple(rule.title for rule in page.recognitions),
    )


def _posting(posting: Posting) -> PagePosting:
    return PagePosting(
        id=posting.id,
        direction=posting.direction,
        category=posting.category,
        title=posting.title,
        seats_left=posting.seats_left,
    )


def _partner(other: Organization, partner: Partner) -> PagePartner:
    return PagePartner(
        organization_id=other.id,
        kind=other.kind,
        name=other.name,
        categories=partner.categories,
        completions=partner.completions,
    )


def _enrolment(organization: Organization) -> int | None:
    said = [program.enrolment for program in organization.programs if program.enrolment is not None]
    return sum(said) if said else None
