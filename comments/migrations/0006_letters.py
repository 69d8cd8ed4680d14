import secrets

from django.db import migrations, models
from django.db.models import F


def note_as_told(apps, schema_editor):
    """Owe no news of what was published before anybody was told of it."""
    published = apps.get_model("comments", "Comment").objects.filter(status="approved")
    published.update(announced_at=F("approved_at"))


class Migration(migrations.Migration):

    dependencies = [("comments", "0005_learned")]

    operations = [
        migrations.CreateModel(
            name='EmailAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('token', models.CharField(default=secrets.token_urlsafe, max_length=43, unique=True)),
                ('written_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='comment',
            name='announced_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='comment',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='changed at'),
        ),
        migrations.AddField(
            model_name='comment',
            name='receipt_due_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['receipt_due_at'], name='comments_receipt_due'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['announced_at', 'approved_at'], name='comments_unannounced'),
        ),
        migrations.RunPython(note_as_told, migrations.RunPython.noop),
    ]
