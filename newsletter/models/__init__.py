from newsletter.models.answers import Answer
from newsletter.models.blocks import Block
from newsletter.models.bounces import Bounce
from newsletter.models.deliveries import Delivery, in_short
from newsletter.models.erased import ErasedAddress
from newsletter.models.errands import Errand
from newsletter.models.events import Event
from newsletter.models.issues import Issue
from newsletter.models.settings import Settings
from newsletter.models.subscriber_queryset import fold
from newsletter.models.subscribers import FROM_A_FILE, PAUSES, TRY_FOR, Subscriber

__all__ = [
    "FROM_A_FILE",
    "PAUSES",
    "TRY_FOR",
    "Answer",
    "Block",
    "Bounce",
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
