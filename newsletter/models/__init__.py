from newsletter.models.answers import Answer
from newsletter.models.blocks import Block
from newsletter.models.deliveries import Delivery, in_short
from newsletter.models.erased import ErasedAddress
from newsletter.models.errands import Errand
from newsletter.models.events import Event
from newsletter.models.issues import Issue
from newsletter.models.settings import Settings
from newsletter.models.subscribers import PAUSES, TRY_FOR, Subscriber, fold

__all__ = [
    "PAUSES",
    "TRY_FOR",
    "Answer",
    "Block",
    "Delivery",
    "ErasedAddress",
    "Errand",
    "Event",
    "Issue",
    "Settings",
    "Subscriber",
    "fold",
    "in_short",
]
