"""Every idea of the demo: twenty-five that are published, two drafts and one withdrawn."""

from dataclasses import replace

from . import ideas_home_by_lunch, ideas_medicines, ideas_one_team
from .decisions import STEPS

_WRITTEN = ideas_one_team.IDEAS + ideas_home_by_lunch.IDEAS + ideas_medicines.IDEAS

IDEAS = tuple(replace(idea, steps=STEPS.get(idea.key, ())) for idea in _WRITTEN)
