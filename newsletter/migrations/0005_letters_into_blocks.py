from django.db import migrations


def fill(apps, schema_editor):
    """Write each letter's greeting, guides and closing as its blocks, in that order."""
    Block = apps.get_model("newsletter", "Block")
    IssueGuide = apps.get_model("newsletter", "IssueGuide")
    for issue in apps.get_model("newsletter", "Issue").objects.all():
        rows = IssueGuide.objects.filter(issue=issue).order_by("position", "pk")
        blocks = [Block(kind="prose", prose=issue.intro)] if issue.intro else []
        blocks += [Block(kind="guide", guide_id=row.guide_id) for row in rows]
        blocks += [Block(kind="prose", prose=issue.closing)] if issue.closing else []
        for position, block in enumerate(blocks, 1):
            block.issue, block.position = issue, position
            block.save()


def take_out(apps, schema_editor):
    """Write back what the former columns hold: texts above and below the guides."""
    Block = apps.get_model("newsletter", "Block")
    IssueGuide = apps.get_model("newsletter", "IssueGuide")
    for issue in apps.get_model("newsletter", "Issue").objects.all():
        is_above = True
        for block in Block.objects.filter(issue=issue).order_by("position", "pk"):
            if block.kind == "guide":
                is_above = False
                IssueGuide.objects.create(
                    issue=issue, guide_id=block.guide_id, position=block.position
                )
            elif is_above:
                issue.intro += block.prose
            else:
                issue.closing += block.prose
        issue.save()


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0004_blocks")]
    operations = [migrations.RunPython(fill, take_out)]
