"""Every idea of the demo: twenty-five that are published, one merged, two drafts and one withdrawn."""

from dataclasses import replace

from . import ideas_home_by_lunch, ideas_medicines, ideas_one_team
from .decisions import STEPS
from .life import MERGES

_WRITTEN = ideas_one_team.IDEAS + ideas_home_by_lunch.IDEAS + ideas_medicines.IDEAS

_MERGED = {merge.merged: merge.when for merge in MERGES}

IDEAS = tuple(replace(idea, steps=STEPS.get(idea.key, ()), merged=_MERGED.get(idea.key)) for idea in _WRITTEN)
