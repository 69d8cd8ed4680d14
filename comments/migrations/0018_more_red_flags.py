from django.db import migrations, models

import comments.models.flags

# Of the flags that come with the site: for a line as it came, those that take its
# place. What the author wrote, took out or put in other words stays as she has it.
CHANGES = {
    "Saddle numbness, bladder or bowel": {
        "numb/numbness … bottom/buttocks/buttock": """
numb/numbness … bottom/buttocks/buttock/bum/backside/rear/tailbone
numb/numbness/tingling … back passage/vagina/vulva/labia/penis/scrotum/testicles
numb/numbness/tingling … private bits/area
""",
        "bottom/buttocks/groin/genitals/crotch/saddle … numb": """
bottom/buttocks/groin/genitals/crotch/saddle/bum/backside/seat/vagina/vulva/penis … numb/dead
bottom/buttocks/groin/genitals/crotch/saddle/bum/backside … cotton wool
dead/no feeling/sensation … bottom/buttocks/bum/backside/seat/rear/saddle/crotch/groin
no feeling/sensation … back passage/vagina/vulva/penis
~dead bug/bugs/lift/lifts/tired
""",
        "pins and needles … bottom/groin/genitals/crotch/private": """
pins and needles … bottom/groin/genitals/crotch/private/saddle/bum/backside
""",
        "can't/couldn't feel … bottom/buttocks/groin/genitals/crotch/saddle": """
can't/couldn't feel … bottom/buttocks/groin/genitals/crotch/saddle/bum/backside
~feel … bottom/buttocks/bum/backside work/working/muscle/muscles/engage
~feel the/a/any stretch/work/muscle/muscles … bottom/buttocks/bum/backside/groin
""",
        "can't feel … when I pee/wee/urinate/wipe": """
can't feel … when I pee/wee/urinate/wipe
don't/can't feel/notice/tell/know … when I need/have … toilet/loo/wee/pee/urinate/poo
don't/can't feel/notice … when I pee/wee/urinate
don't/can't feel/tell … when I need/have to go
no longer feel/notice … when I pee/wee/urinate/need/have/wipe
""",
        "!bladder/bowel/bowels … stopped working": """
!bladder/bowel/bowels … stopped working
!bladder/bowel/bowels … doesn't/isn't/don't/aren't/won't work/working/empty
leak/leaking/incontinen* + legs … weak/numb
""",
        "wet/wetting/soiled/soiling myself": """
wet/wetting/soiled/soiling myself
~wet/wetting myself … when/whenever/if/while/as … cough*/sneez*/laugh*/jump*/run/running/lift/lifting/skip*
~when/whenever/if … cough/sneeze/laugh/jump/run/lift … wet myself
~laugh* … wet myself
~hold … wee/pee/urine … when/whenever/if … cough*/sneez*/laugh*/jump*/run/running/lift/lifting
~control … bladder … when/whenever/if … cough*/sneez*/laugh*/jump*/run/running/lift/lifting
~when/whenever/if … cough/sneeze/laugh/jump/run/lift … hold … wee/pee/urine
""",
    },
    "Chest pain or trouble breathing": {
        "chest pain/pains/tightness/pressure": """
chest pain/pains/tightness/pressure/discomfort/heaviness
tight/painful/burning/heavy chest
tight band … around/round/across … chest
~chest press/presses/fly/flies/flys/flye/flyes/expander/opener/openers/height/level/freezer
~chest of drawers
~hope/tool/treasure/medicine/linen/ice/blanket/toy/oak/wooden/pine/war chest
~chest muscle/muscles … tight
~tight/heavy chest muscle/muscles
~stretch/stretches/exercise/exercises/good/best for a/my/the tight chest
~stretch/loosen/open/release a/my/the tight chest
""",
        "chest … hurts/hurt/hurting/aches/tight/heavy": """
chest … hurts/hurt/hurting/aches/tight/heavy/tightens/tightening
~band be/stay tight
~pull/hold/wrap/keep/tie the/a/my band/strap/bands tight/tightly
~hold/hug/pull/draw … tight/tightly to my/the chest
""",
        "tight/tightness/pressure/pain/pains/ache … in/across/on my chest": """
tight/tightness/pressure/pain/pains/ache/discomfort/heaviness/burning … in/across/on/around/round my chest
pain/pains/pressure/tightness/ache … middle/centre/center/side of my/the chest
like … sitting/standing/pressing/weight on my chest
elephant … on my chest
""",
        "heart … racing/races/pounding/flutter*/irregular": """
heart … racing/races/pounding/flutter*/irregular/skipping
heart skips/skipped + faint/dizzy/breath/pain/lightheaded
feel/feeling/felt faint
""",
        "can't/couldn't breathe": """
can't/couldn't breathe
~can't/couldn't breathe through my nose
""",
    },
    "Signs of a stroke": {
        "face/mouth/smile … drooping/droops/drooped/lopsided": """
face/mouth/smile … drooping/droops/drooped/lopsided/crooked
face … funny/odd/strange/dead/heavy … one side
""",
        "can't/couldn't speak/find … words": """
can't/couldn't speak/find … words
sudden/suddenly … can't/couldn't … speak/talk/see/walk
can't/couldn't … speak/talk/see … sudden/suddenly
vision/sight/eyesight … sudden/suddenly
~see the/your/any picture/pictures/video/videos/text/page/exercise/button/screen
""",
        "sudden/suddenly … weak/weakness/paralysed/paralyzed": """
sudden/suddenly … weak/weakness/paralysed/paralyzed
arm/leg/hand … suddenly … weak/heavy/limp
""",
        "sudden/suddenly/thunderclap/worst … headache": """
sudden/suddenly/thunderclap/worst … headache
headache … sudden/suddenly/worst
headache … out of nowhere
headache … out of the blue
""",
    },
    "Fever with pain in the back": {
        "fever/feverish/temperature + back/spine/spinal": """
fever/feverish/temperature + back/spine/spinal
shivers/shivering/chills + back/spine/spinal
~temperature is/was normal/fine/36
~normal/room/water/outside/outdoor temperature
""",
        "night sweats": """
night sweats + back/spine/spinal/bone/bones/fever/weight/joint/hip/knee
""",
    },
    "Losing weight without reason": {
        "lost/losing … weight + no reason/unexplained/don't know why": """
lost/losing … weight + unexplained
lost/losing … weight + for no reason
lost/losing … weight + no idea why
lost/losing … weight + don't know why
""",
        "lost/losing … kilos/kilo/kg/pounds/stone/lbs + no reason/unexplained": """
lost/losing … kilos/kilo/kg/pounds/stone/lbs + no reason/unexplained
lost/losing … kilos/kilo/kg/pounds/stone/lbs + no idea why
lost/losing … kilos/kilo/kg/pounds/stone/lbs + don't know why
""",
    },
    "A fall or an injury": {
        "had/have … fall + yesterday/today/hurts/hurt/pain/painful/ago/week": """
had/have … fall + yesterday/today/hurts/hurt/pain/painful/ago/week
had/took/have/taken … nasty/bad/heavy/hard fall
had/took/taken a … tumble
""",
        "I … fell … down/over/off/from/on/onto/backwards/stairs": """
I … fell … down/over/off/from/on/onto/backwards/stairs
I … fell in the/my shower/bath/bathroom/kitchen/garden/street/snow/dark
I … tripped/tumbled … on/over/down/off/up/and
stumbled … stair/stairs/step/steps/kerb/curb/carpet/rug/fell/landed/down/hurt
I … tripped + fell/landed/hurt/hurts/swollen/bruised/pain
I … landed on my hip/back/bottom/bum/tailbone/coccyx/wrist/hand/head/shoulder/side/knee
~tripped over my/the/your word/words/tongue/name/names/instructions
~I … fell asleep/behind/pregnant/ill
~I … fell on my feet
""",
        "can't/couldn't put/bear … weight": """
can't/couldn't put/bear … weight
can't/couldn't put my/his/her/the foot/leg down
gave/gives/giving way + fell/fall
can't/couldn't walk + fell/tripped/slipped/stumbled/twisted/landed/tumbled/fallen/fall
can't/couldn't stand + tripped/slipped/stumbled/twisted/landed/tumbled
can't/couldn't walk since/anymore
can't/couldn't walk any more
can't/couldn't walk/stand/step on it/that
""",
        "car … accident/crash": """
car … accident/crash
came/fell/thrown off my/the/a bike/bicycle/horse/scooter/ladder
knocked/run over by
knocked/run down by
""",
        "broke/broken … hip/wrist/ankle/arm/leg/collarbone/vertebra/back": """
broke/broken … hip/wrist/ankle/arm/leg/collarbone/vertebra/back
broke/broken … toe/foot/finger/thumb/hand/heel/rib/ribs/shoulder/elbow/tailbone/bone
~band/bands/strap/loop/machine broke
""",
        "heard … crack/snap/pop": """
heard … crack/snap/pop
made a loud/nasty/horrible crack/snap/pop
""",
    },
    "Bleeding, after birth or operation or in pregnancy": {
        "bleeding/bled/haemorrhage/hemorrhage": """
bleeding/bled/haemorrhage/hemorrhage
spotting + pregnan*/weeks/birth/operation/hysterectomy
passed/passing … clots
blood … when I go/went/wipe/wiped/pee/wee
~blood pressure/sugar/test/tests/flow
blood … toilet/loo/knickers/pants
soak*/soaking … pad/pads + blood*/hour/birth/pregnan*
~gum/gums/nose bleeding/bled
~gum/gums/nose is/are/was/were/keep/keeps/started bleeding
~bleeding gums/nose
~bleeding from my/the gums/nose
""",
        "waters … broke/broken/leaking/gone/went": """
waters … broke/broken/leaking/gone/went
my water … broke/broken
leak/leaking fluid + pregnan*/weeks
""",
        "!haven't/can't/don't … felt/feel … baby … move/moving/kick/kicking": """
!haven't/can't/don't … felt/feel … baby … move/moving/kick/kicking
!haven't/can't/don't … felt/feel … kick/kicks/movements
baby … quiet + kick*/pregnan*/movements
""",
    },
    "A swollen, painful calf": {
        "calf/calves … swollen/swelling/swells/swelled": """
calf/calves … swollen/swelling/swells/swelled
calf/calves … it/it's/they … swollen/swelling/swelled
calf/calves … and swollen/swelling
lower leg … swollen/swelling/hot
leg … swollen + hot/warm/red/sore/painful/pain/operation/surgery/flight/birth
calf/leg … bigger/thicker/fatter/thick … than/as + sore/pain/painful/hurts/hot/warm/red/swollen
~warm/hot water/bath/shower/pack/compress/weather/towel
""",
    },
    "Numbness or lost strength": {
        "numb/numbness": """
numb/numbness
~numb with/from boredom/grief/shock
~mind is/goes/went numb
""",
        "legs … give/gave/giving way": """
legs … give/gave/giving way
keep/keeps giving way
lost/lose/losing/loss … strength … hand/hands/grip/arm/foot
hand/hands/arm/leg/foot … gone/went/going weak
grip … gone/weak
weakness … leg/legs/arm/arms/hand/hands/foot + since/sudden/suddenly/new/worse
""",
    },
    "No wish to live": {
        "!kill*/hurt*/harm* myself": """
!kill*/harm* myself
!hurt*/cut* myself on purpose
!hurt*/cut* myself + depress*/hopeless*/worthless/despair*/lonely
!hurt*/cut* myself … feel/am/feeling … low/sad/bad/empty/angry/anxious
!don't want to hurt myself anymore
!don't want to hurt myself any more
want/wanted/wish/going/urge/urges/need to hurt/cut myself
think/thinking/thought/thoughts … hurting/cutting myself
~can/could/might/may/do I harm myself
~avoid/risk/risking harming myself
""",
        "!point of living": """
!point of living
!tired/sick of life/living
!nothing to live for
!life … not/isn't worth living
!rather be dead
~tired/sick of living with/in/on/here
""",
    },
}


def improved(name, words, changes=CHANGES):
    """Return the words of a flag with what is new for those that stand as they came."""
    its_changes = changes.get(name, {})
    lines = []
    for line in words.splitlines():
        new = its_changes.get(line.strip(), line).strip().splitlines() or [""]
        lines += [one for one in new if not one or one not in lines]
    return "\n".join(lines)


def improve(apps, schema_editor):
    for flag in apps.get_model("comments", "RedFlag").objects.filter(name__in=CHANGES):
        words = improved(flag.name, flag.words)
        if words != "\n".join(flag.words.splitlines()):
            flag.words = words
            flag.save(update_fields=["words"])


class Migration(migrations.Migration):
    dependencies = [("comments", "0017_told_at_once")]
    operations = [
        migrations.AlterField(
            model_name="redflag",
            name="words",
            field=models.TextField(
                help_text="One a line. * stands for any ending, / between words that do alike, … for up to three words in between, + between parts that must both be there: “swollen/swell* … calf”, “fever + back”. What is denied (“no fever”, “the fever is gone”) does not count; where it should, begin the line with ! Where words mean something else, name that in a line with ~ before it: “~chest press”.",
                validators=[comments.models.flags.say_something],
                verbose_name="words",
            ),
        ),
        migrations.RunPython(improve, migrations.RunPython.noop),
    ]
