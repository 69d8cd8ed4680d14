"""The warnings that guides share, and which guide shows which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from guide.models.fields import ProseField
from guide.models.shown import Shown


class SafetyNotice(Shown):
    """A warning that many guides share, by level of care."""

    class Level(models.TextChoices):
        NOTE = "note", _("note")
        ASK = "ask", _("ask first")
        STOP = "stop", _("stop")
        URGENT = "urgent", _("urgent")
        EMERGENCY = "emergency", _("emergency")

    level = models.CharField(
        _("level of care"), max_length=10, choices=Level, default=Level.STOP
    )
    title = models.CharField(
        _("heading"), max_length=80, default=_("Stop if you notice")
    )
    prose = ProseField(_("text"))
    emergency = models.CharField(
        _("emergency line"),
        max_length=200,
        blank=True,
        help_text=_("Stands last and in bold: when to call the emergency number."),
    )

    class Meta:
        verbose_name = _("safety notice")
        verbose_name_plural = _("safety notices")
        ordering = ["title"]

    def __str__(self):
        return self.title

    @property
    def is_mild(self):
        return self.level in {self.Level.NOTE, self.Level.ASK}

    @property
    def icon(self):
        return {"note": "info", "ask": "ask", "stop": "stop"}.get(self.level, "phone")

    @property
    def jump(self):
        """Return the words of the link that leads here."""
        return _("When to stop") if self.level == self.Level.STOP else self.title


class GuideNotice(Shown):
    guide = models.ForeignKey("guide.Guide", on_delete=models.CASCADE)
    notice = models.ForeignKey(
        SafetyNotice, verbose_name=_("safety notice"), on_delete=models.CASCADE
    )

    class Meta:
        verbose_name = _("safety notice")
        verbose_name_plural = _("safety notices")
        constraints = [
            models.UniqueConstraint(
                fields=["guide", "notice"],
                name="guide_notice_stands_once",
                violation_error_message=_("This notice stands here already."),
            )
        ]

    def __str__(self):
        return str(self.notice)
