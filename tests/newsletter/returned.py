"""Makers of mails that come back, as servers of several kinds write them."""

from newsletter import headers

BOUNCES_TO = "bounce@upright.example"
LETTER = """\
Return-Path: <{path}>
From: Upright <letter@upright.example>
To: reader@provider.example
Message-ID: <{delivery}@testserver>
Subject: November
List-Unsubscribe: <http://testserver/newsletter/unsubscribe/{token}/>
"""


def path_of(delivery):
    return headers.return_path(delivery.pk, BOUNCES_TO)


def letter_of(delivery):
    """Return the headers of a letter as its reader's server keeps them."""
    token = delivery.subscriber.token if delivery.subscriber else "x" * 43
    return LETTER.format(path=path_of(delivery), delivery=delivery.pk, token=token)


def report(
    to, *, status="5.1.1", action="failed", diagnosis="", words="Sorry.", extra=""
):
    """Return a report on delivery as RFC 3464 has it."""
    diagnosis = f"Diagnostic-Code: smtp; {diagnosis}\n" if diagnosis else ""
    return f"""\
Return-Path: <>
Delivered-To: {to}
From: Mail Delivery System <MAILER-DAEMON@provider.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.provider.example
Arrival-Date: Fri, 27 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; reader@provider.example
Action: {action}
Status: {status}
{diagnosis}
--b
{extra}--b--
""".encode()


def complaint(to, letter, *, kind="abuse"):
    """Return a report of abuse as RFC 5965 has it."""
    return f"""\
From: feedback@provider.example
To: {to}
Subject: FW: November
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is a report of abuse.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1

--b
Content-Type: message/rfc822

{letter}
Hello.

--b--
""".encode()


def plain(to, text, **headers):
    """Return a mail without any structure."""
    headers = {"From": "reader@provider.example", "To": to, "Subject": "Re"} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\n".join([*lines, "", text, ""]).encode()
