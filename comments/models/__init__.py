from comments.models.addresses import EmailAddress
from comments.models.comments import Comment, Tray
from comments.models.decisions import Act, Decision, Status
from comments.models.flags import RedFlag
from comments.models.learned import Learned
from comments.models.notices import Notice
from comments.models.saved import SavedAnswer
from comments.models.settings import Closing, Settings

__all__ = [
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
]
