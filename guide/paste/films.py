"""The videos that a source shows: the first is the guide's."""

from django.utils.translation import gettext as _

from guide.paste import lines
from guide.paste.state import State


class Films(State):
    def take_film(self, line):
        address = line.links[0]
        if found := lines.film_at(address):
            self.films.append((line, found))
            self.went(line, _("video"), "read")
        else:
            self.put_aside(line, "frames")

    def find_film(self):
        seconds, source = self.film_seconds or (None, None)
        if seconds and not self.data["minutes"]:
            self.data["minutes"] = max(1, round(seconds / 60))
            self.doubt(
                _("Minutes: %(n)s, from the length of the video.")
                % {"n": self.data["minutes"]},
                source,
            )
        for n, (line, where) in enumerate(self.films):
            title = self.film_of_guide(where, seconds) if n == 0 else None
            if title:
                self.data["video"] = title
                continue
            self.film_as_link(line)
            self.doubt(
                _("The video could not be made of the text: add it by hand.")
                if n == 0
                else _("A guide has one video: the address of another is a link now."),
                line,
                must=True,
            )

    def film_of_guide(self, where, seconds):
        """Return the title of a video, known or new; None where it cannot be made."""
        known = self.film_known(where)
        if known or not seconds or self.rows.get("videos", {}) is None:
            return known
        provider, provider_id = where
        title = self.film_title()
        self.shared["videos"][title] = {
            "provider": provider,
            "file": None,
            "provider_id": provider_id,
            "duration": seconds,
            "poster": None,
            "captions": None,
            "is_silent": False,
            "transcript": "",
        }
        return title

    def film_known(self, where):
        for title, place in (self.rows.get("videos") or {}).items():
            if tuple(place) == where:
                return title
        return None

    def film_title(self):
        """Return a title for a video that no other has."""
        base = title = (self.hints.get("title") or self.data["title"])[:110] or "Video"
        number = 2
        while title in self.rows.get("videos", {}):
            title, number = f"{base} ({number})", number + 1
        return title

    def film_as_link(self, line):
        """Put the address of a video into the introduction."""
        address = lines.with_scheme(line.links[0])
        line.text = address
        line.html = lines.link_to(address, lines.escape(address))
        self.take_back(line)
        self.add(self.intro, line)
