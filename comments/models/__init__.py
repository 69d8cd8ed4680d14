from comments.models.comments import Comment, Tray
from comments.models.decisions import Act, Decision, Status
from comments.models.flags import RedFlag
from comments.models.saved import SavedAnswer
from comments.models.settings import Settings

__all__ = [
    "Act",
    "Comment",
    "Decision",
    "RedFlag",
    "SavedAnswer",
    "Settings",
    "Status",
    "Tray",
]
