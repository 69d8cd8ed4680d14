from django.db import migrations

# Words that raise a question, and where its reader should turn. A general starting
# point; the author edits both, and switches off what does not fit her readers.
FLAGS = [
    (
        "Saddle numbness, bladder or bowel",
        """
numb/numbness/tingling … saddle/groin/genitals/genital/crotch/perineum/anus
numb/numbness … bottom/buttocks/buttock
numb/numbness/tingling … between my/the legs/thighs
bottom/buttocks/groin/genitals/crotch/saddle … numb
no feeling/sensation … bottom/buttocks/groin/genitals/crotch/saddle
no feeling/sensation … between my/the legs/thighs
lost/lose/losing/loss … feeling/sensation … bottom/buttocks/groin/genitals/crotch/saddle
lost/lose/losing/loss … feeling/sensation … between my/the legs/thighs
lost/lose/losing/loss … feeling/sensation … down there/below
no feeling/sensation … when I wipe/pee/wee
!bladder/bowel/bowels … stopped working
haven't/hasn't/don't/doesn't … any/much feeling/sensation … bottom/buttocks/groin/genitals/crotch/saddle
haven't/hasn't/don't/doesn't … any/much feeling/sensation … between my/the legs/thighs
pins and needles … bottom/groin/genitals/crotch/private
pins and needles … between my/the legs/thighs
numb/numbness/tingling … private parts
numb/numbness … down below/there
!can't/cannot feel … when I go to the toilet/loo
!no feeling/sensation … when I go to the toilet/loo
can't/couldn't feel … toilet/loo paper
wet/wetting/soiled/soiling myself
numb/numbness … inner thighs
can't/couldn't feel … bottom/buttocks/groin/genitals/crotch/saddle
no longer feel … bottom/buttocks/groin/genitals/crotch/saddle
can't feel … when I pee/wee/urinate/wipe
lost/lose/losing/loss … control … bladder/bowel/bowels
lost/lose/losing/loss … bladder/bowel control
no/little/less control … bladder/bowel/bowels/pee/wee/urine
no/little/less bladder/bowel control
haven't/hasn't/don't/doesn't … any/much control … bladder/bowel/bowels
haven't/hasn't/don't/doesn't … any/much bladder/bowel control
can't/couldn't/don't/doesn't control … bladder/bowel/bowels
no longer control … bladder/bowel/bowels
can't/couldn't hold … pee/wee/urine/stool/stools/poo
can't/couldn't … pee/wee/urinate
unable to … pee/wee/urinate
!not/haven't/hasn't/wasn't … able to … pee/wee/urinate
trouble/problem/problems/difficulty peeing/weeing/urinating
can't/couldn't pass urine/water
can't/couldn't empty … bladder
incontinen* + numb/numbness
cauda equina
""",
        "Go to an emergency department now, or call your emergency number (112 in "
        "Europe, 999 in the UK, 911 in North America): this cannot wait for an answer "
        "here. Numbness between the legs or around the bottom, or new trouble with "
        "holding or passing water or stools, can mean that nerves at the end of the "
        "spine are pressed on. Stop exercising until someone has looked.",
    ),
    (
        "Chest pain or trouble breathing",
        """
chest pain/pains/tightness/pressure
chest … hurts/hurt/hurting/aches/tight/heavy
tight/tightness/pressure/pain/pains/ache … in/across/on my chest
heavy/crushing/squeezing … chest
left arm … jaw
pain/pressure/tightness … in/across the/left chest
angina
can't/couldn't breathe
can't/couldn't catch/get … breath
short/shortness of breath
struggle/struggling to breathe
out of breath … rest/resting/sitting/lying
breathless + resting/rest/lying/worse/sudden/suddenly
cough*/spit* … blood
palpitations
heart … racing/races/pounding/flutter*/irregular
fainted/fainting
blacked/passed out
""",
        "Call your emergency number (112 in Europe, 999 in the UK, 911 in North America) "
        "if it is there now, came suddenly, spreads to an arm, the jaw or the back, or "
        "makes you sweat or feel faint. Else let someone examine you today: pain, "
        "pressure or tightness in the chest, or breath that runs short without reason, "
        "needs that. Rest until then, and leave the exercises.",
    ),
    (
        "Signs of a stroke",
        """
face/mouth/smile … drooping/droops/drooped/lopsided
slurred/slurring … speech/words
speech/words … slurred/slurring
left/right side … weak/numb/paralysed/paralyzed
can't/couldn't see … one/left/right eye
can't/couldn't speak/find … words
can't/couldn't lift/raise/move … arm/arms + sudden/suddenly/face/speech
sudden/suddenly … weak/weakness/paralysed/paralyzed
one side … body … weak/numb/paralysed/paralyzed
weak/weakness/numb/numbness … one side
sudden/suddenly … blind/blindness/blurred/double
lost/loss … vision/sight
sudden/suddenly/thunderclap/worst … headache
""",
        "A face that hangs on one side, an arm that will not lift, speech or sight that "
        "is suddenly not right: call your emergency number now (112 in Europe, 999 in "
        "the UK, 911 in North America), even if it has passed. Every minute counts, and "
        "nobody will blame you for calling.",
    ),
    (
        "Fever with pain in the back",
        """
fever/feverish/temperature + back/spine/spinal
fever/feverish/chills + joint/knee/hip/wound/scar
night sweats
""",
        "Pain in the back or a joint together with a fever or with sweats at night can "
        "be an infection. Please call your doctor today, or the out-of-hours service if "
        "the practice is closed, and leave the exercises until that is cleared up. If "
        "you are confused, very unwell or breathing fast, call your emergency number "
        "(112 in Europe, 999 in the UK, 911 in North America).",
    ),
    (
        "Losing weight without reason",
        """
unexplained weight loss
lost/losing/lose/loss … weight + without trying
lost/losing … weight + no reason/unexplained/don't know why
lost/losing … kilos/kilo/kg/pounds/stone/lbs + without trying
lost/losing … kilos/kilo/kg/pounds/stone/lbs + no reason/unexplained
!losing weight without trying
!lost weight without trying
""",
        "Losing weight without meaning to, above all together with pain that does not "
        "rest at night, should be looked into. It often has a harmless reason; please "
        "make an appointment with your doctor in the next few days and mention both.",
    ),
    (
        "A fall or an injury",
        """
had/have … fall + yesterday/today/hurts/hurt/pain/painful/ago/week
I … fell … yesterday/today/stairs
fell … down/off/from the/a stairs/ladder/bike/bicycle/chair/bed
I … fell … down/over/off/from/on/onto/backwards/stairs
fallen down/over/off/from/on
slipped … ice/stairs/shower/bath
car … accident/crash
hit … by a car/van/bus/bike
bike/bicycle/road accident
hit/bang*/knocked/struck my/his/her head
can't/couldn't put/bear … weight
unable to put/bear … weight
broke/broken … hip/wrist/ankle/arm/leg/collarbone/vertebra/back
heard … crack/snap/pop
fracture/fractured
""",
        "After a fall, a blow or an accident let someone look at it before you exercise: "
        "a bone can be broken even if you can still walk. Please see a doctor or an "
        "urgent care centre today if you cannot put weight on it, if it is swollen or "
        "crooked, if your bones are thin or you take blood thinners. After a knock on "
        "the head with vomiting, drowsiness, confusion or a bad headache, or with pain "
        "in the neck or numbness, call your emergency number (112 in Europe, 999 in the "
        "UK, 911 in North America).",
    ),
    (
        "Bleeding, after birth or operation or in pregnancy",
        """
bleeding/bled/haemorrhage/hemorrhage
blood … wee/pee/urine/stool/stools/poo
waters … broke/broken/leaking/gone/went
pregnan* + contractions/cramps/cramping
!baby … isn't/hasn't/doesn't/not/stopped … moving/moved/move
baby … moving/moves/moved + less/stopped
!haven't/can't/don't … felt/feel … baby … move/moving/kick/kicking
wound/scar/stitches … open/opened/burst/pus/oozing/torn
""",
        "Bleeding that is new or has come back after a birth or an operation, and any "
        "bleeding in pregnancy, is a reason to stop and to call today: your midwife, "
        "your maternity unit or the ward that operated on you. They are used to such "
        "calls. If a pad is soaked within an hour, or you feel faint or have strong "
        "pain, call your emergency number (112 in Europe, 999 in the UK, 911 in North "
        "America).",
    ),
    (
        "A swollen, painful calf",
        """
swollen/swelling/swelled … calf/calves
calf/calves … swollen/swelling/swells/swelled
calf/calves … red/hot/warm/tender/throbbing/throbs
one leg … swollen/swelling
leg … swollen + calf
blood clot
thrombosis/dvt
""",
        "A calf that is swollen, warm, red or sore on one side can be a clot in a vein, "
        "above all after an operation, a birth, a long journey or time in bed. Please do "
        "not massage or exercise it; have it looked at today. If you are also short of "
        "breath or have pain in the chest, call your emergency number (112 in Europe, "
        "999 in the UK, 911 in North America).",
    ),
    (
        "Numbness or lost strength",
        """
numb/numbness
can't/couldn't feel foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
can't/couldn't feel the/left/right foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
can't/couldn't feel the left/right/big/little foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
can't/couldn't feel my/his/her/either/both … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
can't/couldn't feel anything … knee/knees/waist/hips
can't/couldn't feel anything … in/below … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
no longer feel foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
no longer feel the foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
no longer feel my/his/her/either/both … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
don't/doesn't/didn't feel my/his/her … foot/feet/toe/toes/hand/hands/finger/fingers
no feeling/sensation in/left/at/whatsoever/down/below … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
no feeling/sensation at all … in … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
haven't/hasn't/don't/doesn't … any/much feeling/sensation … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
hardly/barely/not any/much feeling/sensation … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
lost/lose/losing/loss … feeling/sensation … foot/feet/toe/toes/leg/legs/hand/hands/finger/fingers/arm/arms
foot … drops/drop/dropping/drags/dragging
!keep/keeps dropping things
can't/couldn't lift … foot/toes
can't/couldn't move/wiggle … leg/legs/foot/feet/toes/fingers
legs … give/gave/giving way
leg … gives/giving/gave way
""",
        "Numbness or lost strength that is new, spreads or gets worse should be seen by "
        "a doctor in the next days; today, if you drag a foot or things fall from your "
        "hand. If it is between the legs or comes with trouble holding or passing water "
        "or stools, go to an emergency department now, and if it came suddenly on one "
        "side of the body, call your emergency number (112 in Europe, 999 in the UK, 911 "
        "in North America).",
    ),
    (
        "No wish to live",
        """
!kill*/hurt*/harm* myself
!suicid*
!end/ending my life
!end/ending it all
!thinking … ending it
!don't want to live
!don't want to be here any more
!don't want to be here anymore
!wish … not/wouldn't wake up
!ending it all
!point of living
!don't want to go on
!want/wish to die
!wish I was/were dead
!better off dead
!better off without me
!no reason to live
!no point in living
!had enough of life/living
!taken/took all my/the tablets/pills
!can't/don't see … point … living
!can't go on like/living/any/anymore
!self harm*
""",
        "It is good that you wrote it down. Please tell it to someone who can answer "
        "now, tonight, before anybody here can. Call your emergency number if you are in "
        "danger (112 in Europe, 999 in the UK, 911 in North America). To talk, day and "
        "night: 116 123 in the UK and Ireland, 988 in the United States and Canada; for "
        "other countries findahelpline.com names whom to call. You need no special "
        "reason to.",
    ),
]


def make(apps, schema_editor):
    flags = apps.get_model("comments", "RedFlag").objects
    for name, words, text in FLAGS:
        flags.create(name=name, words=words.strip(), text=text)


class Migration(migrations.Migration):
    dependencies = [("comments", "0003_findings")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
