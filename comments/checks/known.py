"""What the checks know beside the comment itself: two queries for them all."""

from datetime import timedelta
from functools import cached_property

from django.db import connection
from django.utils import timezone

from comments import phrases, text
from comments.checks.people import HEALTH
from comments.checks.words import TESTIMONIALS
from comments.models import Learned

REMEMBERED = timedelta(days=7)

# By hand, because the ORM takes four milliseconds to write it. With all states named,
# the index on state and time finds what was said within a week.
ROWS = """
SELECT 'name', 0, name, 0 FROM guide_author
UNION ALL
SELECT 'name', 0, first_name || ' ' || last_name, 0 FROM auth_user
WHERE is_staff AND is_active
UNION ALL
SELECT 'flag', id, words, urgency FROM comments_redflag WHERE is_active
UNION ALL
SELECT 'rules', 0, held_words, 0 FROM comments_settings
UNION ALL
SELECT 'same', 0, '', 0 WHERE EXISTS (
    SELECT 1 FROM comments_comment
    WHERE status IN ('pending', 'approved', 'rejected', 'spam', 'removed')
    AND created_at > %s AND body = %s AND id <> %s
)
UNION ALL
SELECT 'approved', COUNT(*), '', 0 FROM comments_comment
JOIN comments_emailaddress USING (email)
WHERE email = %s AND confirmed_at IS NOT NULL AND status = 'approved'
"""


def of(comment, sent):
    found = {"name": [], "flag": [], "rules": [], "same": [], "approved": []}
    since = connection.ops.adapt_datetimefield_value(timezone.now() - REMEMBERED)
    body = text.normalise(comment.body)  # as it is kept
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [since, body, comment.pk or 0, comment.email])
        for kind, number, words, urgency in cursor.fetchall():
            found[kind].append((number, words, urgency))
    return Known(comment, sent, found, Learned.load())


class Known:
    def __init__(self, comment, sent, found, learned):
        self.sent = sent
        self.said_before = bool(found["same"])
        self.approved = sum(number for number, *_rest in found["approved"])
        self.names = [words for _number, words, _urgency in found["name"]]
        flags = sorted(found["flag"], key=lambda flag: (flag[2], flag[0]))
        self.text = phrases.Text(f"{comment.name}\n{comment.body}")
        rules = "\n".join(words for _number, words, _urgency in found["rules"])
        *met, own_words, praise, health = self.text.met(
            *(words for _number, words, _urgency in flags), rules, TESTIMONIALS, HEALTH
        )
        self.flags = [
            (number, urgency, spans)
            for (number, _words, urgency), spans in zip(flags, met, strict=True)
        ]
        self.own_words, self.praise, self.health = (
            self.text.typed(spans) for spans in (own_words, praise, health)
        )
        self.learned = learned

    @cached_property
    def verdict(self):
        return self.learned.verdict(self.text)
