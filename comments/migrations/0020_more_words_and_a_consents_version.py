from importlib import import_module

from django.db import migrations, models

improved = import_module("comments.migrations.0018_more_red_flags").improved

# As there: for a line as it came, those that take its place.
CHANGES = {
    "Saddle numbness, bladder or bowel": {
        "can't feel … when I pee/wee/urinate/wipe": """
can't feel … when I pee/wee/urinate/wipe
don't feel … when I wipe
can't/couldn't/don't feel anything/much/it … between my/the legs/thighs
can't/couldn't feel between my/the legs/thighs
can't/couldn't/don't feel anything/much … down below/there
no feeling/sensation down below/there
can't/don't … tell/feel … bladder … full
accident/accidents with my bladder/bowel/bowels
~feel anything/much … down below/there when/while/if/during … squeeze/squeezing/tighten/lift/pull/exercise/exercises/contract
""",
    },
    "Bleeding, after birth or operation or in pregnancy": {
        "!haven't/can't/don't … felt/feel … kick/kicks/movements": """
!haven't/can't/don't … felt/feel … kick/kicks/movements
!haven't/not felt … baby … today/yesterday/since/all/for/now
hardly/barely feel/felt … baby
!baby … stopped/not/isn't/hasn't kicking/kicked
baby … kicks/kicking less
pregnan* + flashing lights
pregnan* + headache + blurred/blurry/swollen/swelling
""",
        "wound/scar/stitches … open/opened/burst/pus/oozing/torn": """
wound/scar/stitches … open/opened/burst/pus/oozing/torn
stitches … come/came apart/undone
wound/scar … red and hot/warm/swollen
wound/scar … smells/smelly
""",
    },
    "Fever with pain in the back": {
        "fever/feverish/chills + joint/knee/hip/wound/scar": """
fever/feverish/chills + joint/knee/hip/wound/scar
fever/feverish/temperature + stiff neck
""",
    },
    "Numbness or lost strength": {
        "keep/keeps giving way": """
keep/keeps giving way
both … legs/feet … tingling/tingle/tingles
electric shock/shocks … down/in/through … leg/legs/arm/arms
""",
    },
}


def improve(apps, schema_editor):
    for flag in apps.get_model("comments", "RedFlag").objects.filter(name__in=CHANGES):
        words = improved(flag.name, flag.words, CHANGES)
        if words != "\n".join(flag.words.splitlines()):
            flag.words = words
            flag.save(update_fields=["words"])


class Migration(migrations.Migration):
    dependencies = [("comments", "0019_addresses_that_refuse")]
    operations = [
        migrations.AlterField(
            model_name="settings",
            name="consent_version",
            field=models.CharField(
                default="1",
                help_text="Kept with each question. Another consent is another version.",
                max_length=20,
                verbose_name="version of the consent",
            ),
        ),
        migrations.RunPython(improve, migrations.RunPython.noop),
    ]
