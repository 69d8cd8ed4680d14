import pytest

from guide.models import Dosage, SafetyNotice
from tests.browser.follow.follower import Follower
from tests.factories import make_guide


@pytest.fixture
def guide(site):
    """Two exercises, 2 to 3 repetitions, 1 to 2 sets, 20 seconds of rest."""
    guide = make_guide(title="Two rows", slug="two-rows", exercises=2)
    dosage = Dosage(guide=guide, repetitions_min=2, repetitions_max=3, rest_min=20)
    dosage.sets_min, dosage.sets_max = 1, 2
    dosage.save()
    notice = SafetyNotice.objects.create(prose="<p>Pain in the chest</p>")
    guide.notices.add(notice)
    first = guide.exercises.first()
    first.name, first.breathing, first.caution = "Low Row", "Out as you pull", "Light."
    first.save()
    return guide


@pytest.fixture
def follow(page, guide):
    return Follower(page).open(guide.get_absolute_url())


@pytest.fixture
def at_work(follow):
    """In the first set: past name, set-up, two steps of action and ten seconds."""
    follow.next(5)
    return follow
