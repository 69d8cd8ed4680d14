from django.db import migrations

PRIVACY = """
<p>Reading this site sets no cookie and loads nothing from other companies.</p>
<h3>When you ask a question</h3>
<p>We keep the name you choose, your text and, if you give one, your e-mail address.
The address is never shown. You can take your question back at any time, by the
private address shown after sending it.</p>
<h3>When you ask for the letter</h3>
<p>We keep your e-mail address, when you confirmed it, and whether each letter was
accepted by your mail provider. We do not track whether you open a letter or follow
its links. One click in any letter ends it.</p>
<h3>When you play a video</h3>
<p>Videos of our own come from this site. A video at YouTube or Vimeo is loaded only
after you press play; from then on that company knows of it.</p>
"""
CONTACT = """
<p>Questions about an exercise are best asked below its guide: others have the same
one. In an emergency call your emergency number.</p>
"""


def make(apps, schema_editor):
    apps.get_model("guide", "PageVersion").objects.create(number=1)
    apps.get_model("guide", "SiteSettings").objects.create()
    pages = apps.get_model("guide", "Page").objects
    pages.create(slug="privacy", title="Privacy in plain words", prose=PRIVACY.strip())
    pages.create(slug="contact", title="Contact", prose=CONTACT.strip())


class Migration(migrations.Migration):
    dependencies = [("guide", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
