"""The seed of a draw: its hash is published with the reward, and holds the seed from then on."""

import hashlib
import secrets
from datetime import datetime

from talking_together.core.database import insert_into
from talking_together.extensions import db
from talking_together.rewards.models import Draw

SEED_BYTES = 32


def publish_seed(reward_id: int, *, at: datetime) -> None:
    """Draw the seed of a reward's draw and keep it with its hash; one that it has already stays."""
    seed = secrets.token_hex(SEED_BYTES)
    db.session.execute(
        insert_into(Draw)
        .values(reward_id=reward_id, seed=seed, seed_hash=hash_of(seed), published_at=at)
        .on_conflict_do_nothing(index_elements=["reward_id"])
    )


def hash_of(seed: str) -> str:
    """Return the SHA-256 of a seed as it is written, in hexadecimal."""
    return hashlib.sha256(seed.encode("ascii")).hexdigest()
