from comments.models.addresses import EmailAddress
from comments.models.comments import TRUSTED_AFTER, Comment, Tray
from comments.models.decisions import Act, Decision, Status
from comments.models.flags import RedFlag, Urgency
from comments.models.learned import Learned
from comments.models.notices import Notice
from comments.models.saved import SavedAnswer
from comments.models.settings import Closing, Settings

__all__ = [
    "TRUSTED_AFTER",
    "Act",
    "Closing",
    "Comment",
    "Decision",
    "EmailAddress",
    "Learned",
    "Notice",
    "RedFlag",
    "SavedAnswer",
    "Settings",
    "Status",
    "Tray",
    "Urgency",
]
