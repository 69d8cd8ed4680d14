"""A real IMAP server on 127.0.0.1, run by nobody in a folder of its own."""

import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.ports import held_port

COMMAND = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
NAME = "bounce@upright.example"
PASSWORD = 'p@ss "word/\\'

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail
auth_mechanisms = plain
auth_failure_delay = 0
first_valid_uid = {uid}
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
namespace inbox {{
  inbox = yes
  mailbox Returned {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # No penalty for who just came with a wrong password.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """Use as a context; ``deliver`` puts mails into a folder of its one mailbox."""

    numbers = itertools.count(1)

    def __enter__(self):
        # Short: the paths of its sockets may not be long.
        self.folder = Path(tempfile.mkdtemp(prefix="imap-"))
        self.user = pwd.getpwuid(os.getuid())
        if self.user.pw_uid == 0:
            self.user = pwd.getpwnam("nobody")
        self.holder = held_port()
        self.port = self.holder.getsockname()[1]
        for name in ("cur", "new", "tmp"):
            for folder in ("mail", "mail/.Returned"):
                (self.folder / folder / name).mkdir(parents=True, exist_ok=True)
        self.certify()
        (self.folder / "users").write_text(f"{NAME}:{{PLAIN}}{PASSWORD}\n")
        config = self.folder / "dovecot.conf"
        config.write_text(self.config())
        self.hand_over()
        self.process = subprocess.Popen([COMMAND, "-F", "-c", config], **self.as_user())
        self.wait()
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.holder.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def as_user(self):
        if os.getuid():
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def config(self):
        return CONFIG.format(
            folder=self.folder,
            port=self.port,
            user=self.user.pw_name,
            group=self.group,
            uid=self.user.pw_uid,
            gid=self.user.pw_gid,
        )

    @property
    def group(self):
        return grp.getgrgid(self.user.pw_gid).gr_name

    def certify(self):
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
                *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=imap"),
                *("-addext", "subjectAltName=IP:127.0.0.1"),
                *("-keyout", self.folder / "key.pem", "-out", self.certificate),
            ],
            check=True,
            capture_output=True,
        )

    @property
    def certificate(self):
        return self.folder / "cert.pem"

    def hand_over(self):
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def wait(self):
        end = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            log = self.folder / "log"
            why = log.read_text() if log.exists() else "no log"
            assert self.process.poll() is None, why
            assert time.monotonic() < end, why
            time.sleep(0.02)

    @property
    def options(self):
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": NAME,
            "password": PASSWORD,
            "folder": "INBOX",
        }

    @property
    def url(self):
        name, password = quote(NAME, safe=""), quote(PASSWORD, safe="")
        return f"imaps://{name}:{password}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, content, *, folder="", is_seen=False):
        """Put a mail into the mailbox as a delivery agent does."""
        base = self.folder / "mail" / folder
        name = f"{int(time.time())}.M{next(self.numbers):06}.imap"
        (base / "tmp" / name).write_bytes(content)
        os.chown(base / "tmp" / name, self.user.pw_uid, self.user.pw_gid)
        to = base / "cur" / f"{name}:2,S" if is_seen else base / "new" / name
        (base / "tmp" / name).rename(to)

    @contextmanager
    def unwritable(self, folder):
        places = [
            self.folder / "mail" / folder / name for name in ("cur", "new", "tmp")
        ]
        places.append(self.folder / "mail" / folder)
        for place in places:
            place.chmod(0o555)
        yield
        for place in places:
            place.chmod(0o755)

    def empty(self):
        for path in self.folder.glob("mail/**/*.imap*"):
            path.unlink()

    def flags(self, *, folder=""):
        """Return the letters of the flags of each mail: S was seen, R is answered."""
        base = self.folder / "mail" / folder
        names = sorted(
            p.name for part in ("cur", "new") for p in (base / part).iterdir()
        )
        return [name.partition(":2,")[2] for name in names]
