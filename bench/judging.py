"""What the checks cost a comment: the filter's verdict, and all of them together."""

import time

from bench import posting
from comments import checks, phrases
from comments.models import Comment, Learned

TIMES = 200
LONGEST = 5000


def measure(folder, port):
    guide = posting.most_asked()
    teach(guide)
    questions = [
        comment.body for comment in Comment.objects.filter(staff=None).order_by("pk")
    ]
    typical = sorted(questions, key=len)[len(questions) // 2]
    long = " ".join(questions * 40)[:LONGEST]
    worst = ("can't feel my my, no numb chest or lost control " * 200)[:LONGEST]
    texts = [
        ("a question like most", typical),
        ("5,000 characters", long),
        ("5,000 of near matches", worst),
    ]
    for name, body in texts:
        row, text = Learned.load(), phrases.Text(body)
        took = best(lambda row=row, text=text: row.verdict(text))
        yield f"the filter's verdict, {name}", f"{took:.2f} ms CPU", "≤ 1"
    for name, body in texts:
        comment = Comment(guide=guide, name="Tom in Hull", body=body)
        took = best(lambda comment=comment: checks.judge(comment, checks.Sent()))
        yield f"all checks with their two queries, {name}", f"{took:.2f} ms CPU", ""


def teach(guide):
    """Let the filter learn a hundred decisions and more."""
    for state in ("spam", "rejected"):
        made = [
            Comment(guide=guide, name=f"{state} {n}", body=f"{state} or word{n} {n}")
            for n in range(100)
        ]
        for comment in made:
            comment.save()
        Comment.objects.filter(pk__in=[comment.pk for comment in made]).move(to=state)


def best(call):
    """Return the milliseconds that a call takes, the best of a few rounds."""
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for _ in range(TIMES):
            call()
        rounds.append((time.process_time() - start) / TIMES * 1000)
    return min(rounds)
