"""Groups of the admin: the migration of an app gives them rights to its models."""

from django.db import migrations

ACTS = ("view", "add", "change", "delete")
# What a migration that gives rights depends on.
NEEDS = [
    ("auth", "0012_alter_user_first_name_max_length"),
    ("contenttypes", "0002_remove_content_type_name"),
]


def give(group, app, models, acts=ACTS):
    """Return the operation that lets a group do this to models, named in lower case."""

    def run(apps, schema_editor):
        database = schema_editor.connection.alias
        groups = apps.get_model("auth", "Group").objects.using(database)
        permissions = apps.get_model("auth", "Permission").objects.using(database)
        types = apps.get_model("contenttypes", "ContentType").objects.using(database)
        row, _is_new = groups.get_or_create(name=group)
        for model in models:
            kind, _is_new = types.get_or_create(app_label=app, model=model)
            meta = apps.get_model(app, model)._meta
            own = dict(meta.permissions)
            for act in acts:
                name = f"{act}_{model}"
                words = own.get(name, f"Can {act} {meta.verbose_name}")
                # Django makes them after all migrations; these it finds made.
                permission, _is_new = permissions.get_or_create(
                    content_type=kind, codename=name, defaults={"name": words}
                )
                row.permissions.add(permission)

    return migrations.RunPython(run, migrations.RunPython.noop)
