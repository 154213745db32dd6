"""What is loaded before the attack, whose it is, and who may use which operation."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from rich.progress import Progress

from infra import demo
from infra.stack import StackInfo

NOBODY: Final = "nobody"
"""Plays without a token."""


@dataclass(slots=True)
class World:
    """What was loaded: values for parameters by their name, and the ids that are a person's own."""

    values: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    own: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, owner: str, parameter: str, value: str) -> str:
        """Remembers one, and gives it back."""
        self.values[parameter].append(value)
        self.own[owner].append(value)
        return value

    def parameters(self) -> dict[str, list[str]]:
        """Values that are there, by place and name of the parameter or field that takes them."""
        return {f"path.{name}": listed for name, listed in self.values.items()} | {
            "path.position": ["technician_a", "painter"],
            "path.zip": ["59801", "77002", "10001"],
            "header.If-Match": ['"0"', '"1"', '"2"', '"3"'],
            "body.organization_id": self.values["organization_id"],
            "body.address.zip": ["59801", "77002"],
        }

    def told_to(self, played: str, stack: StackInfo) -> dict[str, Any]:
        """What ``infra.fuzzing.hooks`` is told of one person: the rules, and what is theirs by now."""
        own = list(self.own.get(played, ()))
        if played != NOBODY:
            # Attacks before may have made some more.
            me = demo.ApiClient(stack, played).call("GET", "/v1/me")
            own += [one["organization_id"] for one in me["memberships"]]
            own += [one["owner_group_id"] for one in me["owner_groups"]]
        return {"played": played, "own": own, "rules": rules()}


def rules() -> dict[str, str]:
    """Who may use each operation, by method and path, in the words of ``infra.fuzzing.hooks``."""
    from chalicelib.apis import APIS, DOCUMENTATION
    from chalicelib.auth import ADMINISTRATORS, SIGNED_IN
    from chalicelib.exchange.permissions import PARTICIPANTS
    from chalicelib.memberships.permissions import MemberOf

    found = {}
    for operation in (one for api in (*APIS, DOCUMENTATION) for one in api.operations):
        permission, path = operation.permission, operation.path
        if permission is None:
            rule = "everybody"
        elif permission is ADMINISTRATORS:
            rule = "administrators"
        elif isinstance(permission, MemberOf):
            rule = "members and administrators" if permission.or_admin else "members"
        elif path.startswith("/v1/postings/{posting_id}/responses"):
            rule = "both sides and administrators"
        elif permission in (SIGNED_IN, PARTICIPANTS):
            # Where figures are public, as in a stack that nobody set otherwise, that is who participates.
            rule = "who is signed in"
        else:
            rule = "participants"
        found[f"{operation.method} {path}"] = rule
    return found


def prepare(stack: StackInfo, shops: int, progress: Progress) -> World:
    """Loads a small demonstration, and a shop and a school each of the member and of somebody else."""
    demo.load(stack, demo.SAMPLE_SCHOOLS, shops, progress)
    world, administrator = World(), demo.ApiClient(stack, demo.ADMINISTRATOR)
    for name in ("member", "somebody"):
        client = demo.ApiClient(stack, name)
        _furnish(world, name, client, administrator)
    for one in administrator.call("GET", "/v1/imports")["items"]:
        world.add("admin", "import_id", one["id"])
    for one in administrator.call("GET", "/v1/exchange/releases")["items"]:
        world.add("admin", "release_id", one["release_id"])
    return world


def _furnish(world: World, name: str, client: demo.ApiClient, administrator: demo.ApiClient) -> None:
    made: dict[str, list[str]] = {"shop": [], "school": []}
    address = {"city": "Missoula", "zip": "59801"}
    # Several, because the fuzzer deletes some.
    for number in range(6):
        kind = "school" if number % 2 else "shop"
        more: dict[str, Any] = {"shop_type": "independent"}
        if kind == "school":
            more = {"programs": [{"subject": "automotive", "level": "postsecondary"}]}
        body = {"kind": kind, "name": f"{name.title()} {kind} {number}", "address": address, **more}
        organization = world.add(
            name, "organization_id", client.call("POST", "/v1/organizations", body)["id"]
        )
        made[kind].append(organization)
        world.values["employer_id" if kind == "shop" else "school_id"].append(organization)
        administrator.call("PUT", f"/v1/organizations/{organization}/verification", {"status": "verified"})
    world.add(name, "owner_group_id", client.call("POST", "/v1/owner-groups", {"name": f"{name}'s"})["id"])
    world.add(name, "user_id", client.call("GET", "/v1/me")["user_id"])
    for shop, school in zip(made["shop"], made["school"], strict=True):
        client.call(
            "PUT",
            f"/v1/organizations/{shop}/pay/technician_a",
            {
                "effective_date": "2025-01-15",
                "headcount": 3,
                "pay_plan": {"plan": "hourly", "hourly_pay_usd": "31.50"},
            },
        )
        draft = {
            "direction": "offer",
            "title": "Two interns for the summer",
            "text": "Ten weeks beside a master technician.",
            "details": {"category": "internship", "hours_per_week": 30, "weeks": 10},
            "seats": 2,
        }
        posting = world.add(
            name, "posting_id", client.call("POST", f"/v1/organizations/{shop}/postings", draft)["id"]
        )
        client.call(
            "PUT",
            f"/v1/organizations/{shop}/postings/{posting}/status",
            {"status": "open"},
            If_Match='"1"',
        )
        invitation = {"email": f"colleague@{name}.example", "role": "viewer"}
        made_invitation = client.call("POST", f"/v1/organizations/{shop}/invitations", invitation)
        world.add(name, "invitation_id", made_invitation["id"])
        if len(world.values["posting_id"]) > 3:
            # The other's posting: both sides see the response.
            wanted = world.values["posting_id"][0]
            response = client.call("POST", f"/v1/postings/{wanted}/responses", {"organization_id": school})
            for side in ("member", "somebody"):
                world.own[side].append(response["id"])
            world.values["response_id"].append(response["id"])
