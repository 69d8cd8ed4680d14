from comments.models.addresses import EmailAddress
from comments.models.comments import Comment
from comments.models.decisions import Decision, Status
from comments.models.flags import RedFlag
from comments.models.learned import Learned
from comments.models.settings import Closing, Settings

__all__ = [
    "Closing",
    "Comment",
    "Decision",
    "EmailAddress",
    "Learned",
    "RedFlag",
    "Settings",
    "Status",
]
