"""What machines read of a thread: its questions, each with the author's answers."""

from comments import text
from guide import jsonld, sharing

# A page of twenty questions with an answer each has room; a long quarrel does not.
MOST = 60


def thread(rows, guide, query):
    """Return a data block that hangs the comments of a page on that of the guide.

    ``rows`` stand in reading order, so the answers to a question follow it.
    """
    url = sharing.absolute(guide.get_absolute_url())
    questions, by_id = [], {}
    for row in rows:
        if row["taken_back_at"] or row["depth"] > 2:
            continue
        question = by_id.get(row["parent_id"])
        if row["depth"] == 2 and not (question and row["staff_id"]):
            continue
        if len(by_id) == MOST:
            break
        by_id[row["id"]] = said = comment_of(row, f"{url}{query}")
        if question:
            question.setdefault("comment", []).append(said)
        else:
            questions.append(said)
    if not questions:
        return ""
    return jsonld.script({"@id": jsonld.page_id(url), "comment": questions})


def comment_of(row, page):
    author = {"@type": "Person", "name": row["name"]}
    if row["title"]:
        author["jobTitle"] = row["title"]
    return {
        "@type": "Comment",
        "url": f"{page}#comment-{row['id']}",
        "author": author,
        "dateCreated": jsonld.moment(row["created_at"]),
        "text": text.plain(row["body_html"]),
    }
