"""Every comment of the demo, by the key of the idea that it stands under."""

from . import threads_home_by_lunch, threads_medicines, threads_one_team

THREADS = threads_one_team.THREADS | threads_home_by_lunch.THREADS | threads_medicines.THREADS
