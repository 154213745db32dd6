"""What is played between organizations: approvals, responses, outcomes, reports, claims."""

from typing import Any

from chalicelib.clock import utc_now
from chalicelib.needs.store import DemandStore
from chalicelib.organizations.models import Status
from chalicelib.organizations.service import OrganizationStore
from chalicelib.organizations.store import changed_put
from chalicelib.table import keys
from tests.functional.acting import school
from tests.functional.costs.plays import INTERNS, opened
from tests.functional.costs.story import Story
from tests.unit.needs.samples import demand, document


def approvals(story: Story, shop: str, college: str) -> None:
    """A school that decides which employers may answer it."""
    path = f"/v1/organizations/{college}"
    policy = story.ask("GET", f"{path}/approval-policy", "sue")
    version = int(policy.headers["ETag"].strip('"'))
    story.put(f"{path}/approval-policy", "sue", {"policy": "approve"}, version)
    story.put(f"/v1/organizations/{shop}/approval-requests/{college}", "ann", None)
    story.get(f"/v1/organizations/{shop}/approval-requests", "ann")
    story.put(f"{path}/approvals/{shop}", "sue", {"status": "approved"})
    story.get(f"{path}/approvals", "sue")
    story.delete(f"{path}/approvals/{shop}", "sue")
    story.put(f"{path}/approvals/{shop}", "sue", {"status": "approved"})


def responses(story: Story, shop: str, college: str) -> None:
    """A school answers what a shop offers; they talk, it happens, and it is recorded."""
    offer = opened(story, "ann", shop, INTERNS)
    path = f"/v1/postings/{offer['id']}/responses"
    made = story.post(path, "sue", {"organization_id": college, "message": "We have two students."})
    one = f"{path}/{made['id']}"
    story.post(f"{one}/messages", "ann", {"text": "Could they start a week earlier?"})
    story.put(f"{one}/status", "ann", {"status": "accepted"})
    story.get(path, "ann")
    story.get(one, "sue")
    story.get(f"{one}/messages", "sue")
    story.get(f"/v1/organizations/{college}/responses", "sue")
    counts = {"hours": 320, "placements": [{"position": "technician_c", "students": 2}]}
    story.put(f"{one}/outcome", "sue", counts)
    story.get(f"{one}/outcome", "sue")
    for about in ("outcomes", "engagement", "recognitions"):
        story.get(f"/v1/organizations/{shop}/{about}", "ann")


def needs(story: Story, shop: str) -> None:
    """A shop that says whom it wants, and somebody who asks for the demand that a night made of it."""
    path = f"/v1/organizations/{shop}/openings"
    story.put(f"{path}/technician_b", "ann", {"openings": 2, "skills": ["brakes", "electrical"]})
    story.get(path, "ann")
    story.get(f"{path}/technician_b", "ann")
    story.delete(f"{path}/technician_b", "ann")
    published, store = demand(), DemandStore(story.table)
    store.put_all(published.release, [document()], utc_now())
    assert store.point(None, published)
    story.get("/v1/needs/demand?subject=automotive&zip=59801")


def moderation(story: Story, shop: str) -> None:
    """A posting that somebody reports, and an administrator hides."""
    offer = opened(story, "ann", shop, INTERNS)
    path = f"/v1/postings/{offer['id']}"
    story.put(f"{path}/report", "sue", {"reason": "misleading", "text": "The job was filled a year ago."})
    story.get("/v1/reports", "root")
    story.get(f"{path}/reports", "root")
    story.put(f"{path}/moderation", "root", {"decision": "hide", "reason": "Filled a year ago"})


def _unclaimed(story: Story) -> str:
    """A school that came from a list."""
    made = story.post("/v1/organizations", "zoe", school())
    store = OrganizationStore(story.table)
    found = store.get(made["id"])
    story.table.write(changed_put(found.model_copy(update={"status": Status.UNCLAIMED}), found.version))
    story.table.delete_all([keys.member(made["id"], "zoe"), keys.roster(keys.organization_pk(made["id"]))])
    return str(made["id"])


def claims(story: Story) -> None:
    """Schools that somebody claims: one that is decided, and one that is taken back."""
    said: dict[str, Any] = {"message": "I teach automotive technology there."}
    decided, withdrawn = _unclaimed(story), _unclaimed(story)
    for organization_id in (decided, withdrawn):
        story.put(f"/v1/organizations/{organization_id}/claim", "tom", said)
    claim = story.ask("GET", f"/v1/organizations/{decided}/claim", "tom")
    story.get("/v1/claims", "root")
    decision = {"decision": "approved", "reason": "The school confirmed it by telephone."}
    version = int(claim.headers["ETag"].strip('"'))
    story.put(f"/v1/organizations/{decided}/claim/decision", "root", decision, version)
    story.delete(f"/v1/organizations/{withdrawn}/claim", "tom")
