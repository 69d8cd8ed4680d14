from django.apps import AppConfig
from django.db.models.signals import m2m_changed
from django.utils.translation import gettext_lazy as _


class GuideConfig(AppConfig):
    name = "guide"
    verbose_name = _("Guides")

    def ready(self):
        # The one signal of ours: Django writes the rows of a plain many-to-many field
        # past every method that we could give it.
        from guide.models import Shown, shown

        for model in self.get_models():
            for field in model._meta.local_many_to_many:
                through = field.remote_field.through
                if issubclass(model, Shown) and through._meta.auto_created:
                    m2m_changed.connect(shown.bump_after, sender=through)
