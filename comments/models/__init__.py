from comments.models.addresses import EmailAddress
from comments.models.comment_acts import NOBODY
from comments.models.comment_queryset import TRUSTED_AFTER
from comments.models.comments import Comment
from comments.models.decisions import Act, Decision
from comments.models.flags import RedFlag, Urgency
from comments.models.learned import Learned
from comments.models.notices import Notice
from comments.models.saved import SavedAnswer
from comments.models.settings import Closing, Settings
from comments.models.states import Status, Tray

__all__ = [
    "NOBODY",
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
