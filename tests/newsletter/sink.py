"""A mail server that keeps what it gets and answers as a test wants it to."""

import socketserver
import threading
import time
from contextlib import suppress


class Sink:
    """Use as a context; ``mails`` holds pairs of a recipient and the bytes.

    ``replies`` gives a recipient's answers to RCPT, one after the other; the last one
    stays. ``drops`` names recipients at whose message the line is cut, once each; each
    letter is taken after a ``pause``. It takes commands in a row, as all do today, but
    where it ``is_old``; one that ``is_hasty`` asks for a mail to nobody as well.
    ``strangers`` are domains in whose name nobody may send.
    """

    def __init__(
        self,
        *,
        replies=None,
        drops=(),
        sender_reply="250 ok",
        pause=0,
        is_old=False,
        is_hasty=False,
        strangers=(),
    ):
        self.replies = {key: list(value) for key, value in (replies or {}).items()}
        self.drops = set(drops)
        self.sender_reply = sender_reply
        self.pause = pause
        self.is_old, self.is_hasty = is_old, is_hasty
        self.strangers = strangers
        self.mails, self.to_nobody = [], []
        self.senders = set()
        self.connections = self.open_now = 0

    def __enter__(self):
        sink = self

        class Talk(socketserver.StreamRequestHandler):
            # Else each answer but the first of a row waits 40 ms for word of the last.
            disable_nagle_algorithm = True

            def handle(self):
                sink.connections += 1
                sink.open_now += 1
                with suppress(ConnectionError):
                    sink.talk(self.rfile, self.wfile)
                sink.open_now -= 1

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    @property
    def mailers(self):
        host, port = self.server.server_address
        smtp = {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": host, "port": port, "timeout": 5},
        }
        return {"default": smtp, "newsletter": smtp}

    @property
    def recipients(self):
        return [recipient for recipient, _content in self.mails]

    def talk(self, lines, answer):
        def say(words):
            answer.write(words.encode() + b"\r\n")
            answer.flush()

        say("220 sink")
        sender, recipient = False, None
        while line := lines.readline():
            command = line.strip().decode("ascii", "replace")
            verb = command[:4].upper()
            if verb in ("EHLO", "HELO"):
                say("250 sink" if self.is_old else "250-sink\r\n250 PIPELINING")
            elif verb == "MAIL":
                named = command[10:].split(">")[0].lstrip("<")
                self.senders.add(named)
                is_strange = named.rpartition("@")[2] in self.strangers
                reply = "553 5.7.1 not yours" if is_strange else self.sender_reply
                sender, recipient = reply.startswith("250"), None
                say(reply)
            elif verb == "RCPT" and not sender:
                say("503 5.5.1 no sender")
            elif verb == "RCPT":
                named = command[8:].strip("<>")
                answers = self.replies.get(named, ["250 ok"])
                reply = answers.pop(0) if len(answers) > 1 else answers[0]
                recipient = named if reply.startswith("250") else None
                say(reply)
            elif verb == "DATA" and not (recipient or self.is_hasty):
                say("554 5.5.1 no recipient")
            elif verb == "DATA":
                say("354 go on")
                content = []
                while (part := lines.readline()) not in (b".\r\n", b""):
                    content.append(part[1:] if part[:1] == b"." else part)
                time.sleep(self.pause)
                if not part:
                    return  # the sender died in the middle of it
                if recipient is None:
                    self.to_nobody.append(b"".join(content))
                    say("554 5.5.1 no recipient")
                    continue
                if recipient in self.drops:
                    self.drops.remove(recipient)
                    return
                self.mails.append((recipient, b"".join(content)))
                say("250 ok")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")
