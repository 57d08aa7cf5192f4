"""Every idea of the demo: twenty-five that are published, two drafts and one withdrawn."""

from . import ideas_home_by_lunch, ideas_medicines, ideas_one_team

IDEAS = ideas_one_team.IDEAS + ideas_home_by_lunch.IDEAS + ideas_medicines.IDEAS
