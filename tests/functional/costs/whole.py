"""Everything that is played, in one world."""

from tests.functional.costs import plays, plays_alone, plays_between, plays_public
from tests.functional.costs.story import Story


def play(story: Story) -> None:
    """Plays every route at least once."""
    shop, college = plays.organizations(story)
    plays.memberships(story, shop)
    plays.owner_groups(story)
    plays.postings(story, shop, college)
    plays.searches(story)
    plays.submissions(story, shop)
    plays_between.approvals(story, shop, college)
    plays_between.responses(story, shop, college)
    plays_between.needs(story, shop)
    plays_between.moderation(story, shop)
    plays_between.claims(story)
    plays_alone.people(story)
    plays_alone.lists(story)
    plays_alone.exchange(story, shop)
    plays_public.pages(story, shop, college)
    plays_public.events(story)
    plays.directory(story, shop)
    plays_alone.leaving(story)
