"""Which sentences raise a red flag, by the words the site comes with."""

import re
import sys
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import SimpleTestCase, TestCase

from comments import phrases
from comments.checks import people, sending, words
from comments.models import RedFlag
from comments.models.flags import say_something

improving = import_module("comments.migrations.0018_more_red_flags")
again = import_module("comments.migrations.0020_more_words_and_a_consents_version")
FIRST = import_module("comments.migrations.0004_red_flags").FLAGS
FLAGS = [
    (
        name,
        improving.improved(
            name, improving.improved(name, words.strip()), again.CHANGES
        ),
        text,
    )
    for name, words, text in FIRST
]

FIRE = [
    "I cannot feel between my legs",
    "I can't feel anything down below",
    "I can’t feel anything between my legs since Monday",
    "no feeling down there since the fall",
    "I have no sensation down below",
    "I don't feel anything when I wipe",
    "I can't tell when my bladder is full",
    "I keep having accidents with my bowels",
    "The baby has stopped kicking",
    "I hardly feel the baby move",
    "I have not felt the baby today",
    "My baby is kicking less than last week",
    "The baby is not kicking as much",
    "I am pregnant and see flashing lights",
    "Pregnant, with a headache and swollen hands",
    "My scar is red and hot",
    "My stitches came apart",
    "A temperature of 39 and a stiff neck",
    "Both my legs are tingling",
    "I get electric shocks down both legs",
    "numbness in my leg",
    "I can't feel my foot",
    "I can’t feel my foot.",
    "I cannot feel my left foot any more",
    "I can not feel my toes",
    "cant feel my foot at all",
    "chest pain when I climb stairs",
    "I get pain in my chest when I pull",
    "My chest feels tight after the second set",
    "there is no doubt about it, chest pain again",
    "I don't know why I have chest pain",
    "I'm not sure whether this is chest pain or a muscle",
    "I can't walk without chest pain",
    "I never walk uphill without chest pain",
    "It is not a pulled muscle but chest pain",
    "not numbness but bleeding",
    "Not only numbness in the hand, also tingling",
    "No relief, and now numbness in both feet",
    "I had no trouble at first. Since Monday numbness in my foot",
    "No improvement, my foot is numb or asleep",
    "No better yet; bleeding again",
    "My foot is numb, no pain",
    "Numb toes, but no fever",
    "NUMBNESS IN MY FOOT!!!",
    "num\u200dbness in my leg",
    "n\u00adumb foot",
    "My foot is \uff4e\uff55\uff4d\uff42",
    "Since this morning there is some bleeding again",
    "The bleeding stopped and has come back",
    "The bleeding has not stopped",
    "bleeding after birth, is that normal?",
    "I have a fever and my back hurts",
    "My back is bad and I am feverish",
    "unexplained weight loss",
    "I have been losing weight without trying",
    "I have lost six kilos for no reason",
    "I had a fall last week",
    "I fell down the stairs yesterday",
    "I slipped on the ice and hit my head",
    "I can't put any weight on it",
    "My calf is swollen and hot",
    "swollen left calf after the flight",
    "numbness around my bottom and groin",
    "I have no feeling in my bottom",
    "I have no feeling between my legs",
    "pins and needles in my private parts",
    "My bottom is numb",
    "numb down below",
    "Numb between the thighs",
    "I wet myself without noticing",
    "I cannot feel when I go to the toilet",
    "I am out of breath at rest",
    "I fell yesterday and my hip hurts",
    "I fell down the stairs and my hip hurts",
    "there is blood in my wee",
    "I've lost control of my bladder",
    "I can't pee since last night",
    "My mouth is drooping on one side",
    "slurred speech for an hour",
    "sudden weakness in my arm",
    "I want to die",
    "I don’t want to live any more",
    "no, I would not kill myself, but I think of it",
    "I couldn’t breathe when I lay down",
    "short of breath, even resting",
    "I fainted during the exercise",
    "I could not lift my foot",
    (
        "I had my womb removed four weeks ago and did the seated row yesterday, very "
        "gently. Since this morning there is some bleeding again."
    ),
    "could numbness come from this exercise?",
    "I can't sleep because of chest pain",
    # A denial that is of something else.
    "My doctor does not take my chest pain seriously",
    "I didn't tell my GP about the bleeding",
    "I haven't mentioned the bleeding to my midwife",
    "I have not been seen for my bleeding",
    "The scan did not show why my foot is numb",
    "No painkillers work for my chest pain",
    "No position relieves the chest pain",
    "None of the exercises help my numbness",
    "No medicine helps the chest pain or the numbness",
    "No one takes my chest pain seriously",
    "Without any warning I had chest pain",
    "If I don't stretch I get numbness",
    "When I do not move I feel numbness",
    "I do not have anything else than chest pain",
    "It is no small bleeding",
    # It is there now.
    "I haven't had chest pain like this before",
    "I never had chest pain before today",
    "I did not have bleeding until today",
    "I am never free of chest pain",
    # What one can no longer do.
    "I can no longer feel my feet",
    "I could no longer lift my foot",
    "I can hardly feel my foot",
    "I can barely breathe",
    "I no longer want to live",
    # What one does not feel or hold, however it is said.
    "I haven't any feeling in my foot",
    "I HAVENT ANY FEELING IN MY FOOT",
    "I haven’t got any feeling in my foot",
    "I don't have any sensation in my fingers",
    "Hardly any feeling in my foot",
    "no feeling left in foot",
    "There is no sensation at all in my left foot",
    "I no longer feel my toes",
    "I no longer feel either foot",
    "can't feel my toes",
    "cant feel toes",
    "I can’t feel anything below the knee in my left leg",
    "i dont feel my feet",
    "I've lost all sensation in my toes",
    "Loss of sensation in the foot",
    "no control over my bladder",
    "No bladder control since yesterday",
    "I don't have any control of my bowels",
    "I can't hold my wee any more",
    "I cannot feel the toilet paper",
    # A denial ends where another thought begins.
    "I don't have chest pain, but numbness in the foot",
    "I don't have chest pain, numbness or bleeding but my calf is swollen",
    "I don't have chest pain, fever or bleeding. My foot is numb",
    "I don't have numbness, it is worse: no feeling in my foot",
    "I haven't got used to the numbness, tingling or weakness",
    "No exercise, rest or pill helps the numbness",
    "I have no idea, sometimes in the morning or evening numbness",
    "I do not take ibuprofen, aspirin or paracetamol, numbness is still there",
    "I can't sit, stand or lie without numbness",
    "I have no pain or fever just numbness",
    "I don't know whether it is numbness, cramp or tiredness",
    "My calf is not only swollen but hot",
    "They have not ruled out a fracture",
    "my baby is not moving as usual",
    "I haven't felt the baby move since last night",
    "I've not been able to pee since yesterday",
    "I lost feeling down there",
    "There's no sensation when I wipe",
    "My bladder has stopped working",
    "I have trouble peeing since my back went",
    "A crushing feeling in my chest",
    "I can't get my breath",
    "My left arm and jaw ache",
    "My words are slurred",
    "My left side has gone weak",
    "I can't see out of one eye",
    "My waters have gone",
    "My foot keeps dropping",
    "I keep dropping things",
    "My leg gives way",
    "I can't wiggle my toes",
    "I'd be better off dead",
    "Everyone would be better off without me",
    "I don't see the point of living any more",
    "I can't go on like this",
    "I've been thinking of ending it",
    "Nobody has ruled out a fracture",
    # It has not ended, or not for good.
    "Should a fracture be ruled out?",
    "A blood clot needs to be ruled out",
    "I hope the numbness will be gone soon",
    "The chest pain is almost gone",
    "The chest pain is gone as soon as I rest",
    "The chest pain is only gone when I rest",
    "The chest pain stopped when I sat down",
    "The chest pain stopped me on the stairs",
    "Because of the chest pain I stopped",
    "With the numbness I've stopped running",
    "Chest pain, no more than a minute",
    "Numbness no longer only in the toes",
    "I have no chest pain unless I climb stairs",
    "No numbness except in my groin",
    "No bleeding apart from this morning",
    "No chest pain at rest, only when I climb stairs",
    "I didn't notice any numbness at first",
    "I had no bleeding for a week, now a lot",
    "It is rarely a day without chest pain",
    # A question denies nothing.
    "Isn't chest pain dangerous?",
    "Doesn't numbness mean a damaged nerve?",
    # What is not there is something else.
    "Not a runner, chest pain or tightness when walking",
    "I have no doctor here, numbness or tingling since Monday",
    "No energy, palpitations or chest pain every day",
    # As readers of exercises write, and what lies beside what is meant otherwise.
    "I get a tight chest when I row",
    "My chest goes tight when I row",
    "a tight feeling across my chest since yesterday",
    "There is a tight band around my chest when I walk uphill",
    "My chest is so tight I have to stop",
    "I had chest discomfort while doing the chest press",
    "After the chest press I had pain in the middle of my chest",
    "My chest hurts when I walk up the stairs",
    "a heavy chest and short breath",
    "I have a heaviness in my chest",
    "I get pressure on my chest when I lie down",
    "a stabbing pain in the chest",
    "My chest aches since this morning",
    "I have an ache in my chest",
    "it feels like someone is sitting on my chest",
    "I have a dead feeling in my backside",
    "My backside has gone dead",
    "My bum is numb",
    "My bum has gone numb",
    "I have gone numb down there",
    "My seat feels dead",
    "My saddle area feels like cotton wool",
    "numb in the saddle area when I sit on the ball",
    "I can't feel my bum",
    "tingling around my back passage",
    "My private bits are numb",
    "My vagina feels numb since the birth",
    "pins and needles in my saddle area",
    "no feeling around my back passage",
    "I don't feel when I need a wee any more",
    "I can't tell when I need the toilet",
    "I keep leaking wee and my legs are weak",
    "I tripped on the stairs and cannot walk",
    "I tripped over the dog and landed on my hip",
    "I can't walk since this morning",
    "I cannot stand on my left leg since I stumbled",
    "I cannot walk on it",
    "I twisted my ankle and can't stand on it",
    "I tumbled down the steps",
    "I came off my bike on Sunday",
    "I landed on my tailbone and it hurts to sit",
    "I took a tumble on the ice",
    "I had a nasty fall in the garden",
    "My right leg is twice as thick as the left and sore",
    "My left calf is bigger than the right and sore",
    "My calf is hard, hot and sore since the flight",
    "pain in my calf, and it is swollen",
    "my lower leg is swollen and red",
    "My calf swelled up",
    "A terrible headache came on suddenly",
    "I got a sudden headache when I lifted the band",
    "The worst headache of my life",
    "a thunderclap headache",
    "The headache came out of nowhere, the worst ever",
    "I have bleeding and am 20 weeks pregnant",
    "I am pregnant and spotting since yesterday",
    "My waters broke",
    "I think my waters are leaking",
    "My water broke this morning",
    "I passed clots after the birth",
    "blood in my urine",
    "I have been bleeding since the operation",
    "my scar is open and weeping",
    "I'm soaking a pad every hour",
    "The baby has been quiet today and I can't feel kicks",
    "I cannot go on any more",
    "I am dying inside, I don't want to live",
    "I want to end my life",
    "I can't take it any more, I wish I were dead",
    "my arm suddenly went weak",
    "My face feels funny on one side",
    "I suddenly can't speak properly",
    "I suddenly see double",
    "I feel faint and my heart is racing",
    "My heart skips and I feel faint",
    "I passed out in the shower",
    "I can't catch my breath after two rows",
    "I get breathless lying flat",
    "My legs feel like jelly and keep giving way",
    "I have lost the strength in my hand",
    "My hand has gone weak since the fall",
    "weakness in my leg since Monday",
    "I have a high temperature and my back aches",
    "I have the shivers and my back is terrible",
    "I'm losing weight and I don't know why",
    "I have lost a stone without trying",
    "My hip made a loud crack",
    "I heard a pop in my knee",
    "I was knocked over by a cyclist",
    "Coughing up blood since the weekend",
    "My bladder does not work since Monday",
    "I no longer notice when I pee",
    "it feels like a band tight around my chest",
    "the chest press gives me chest pain",
    "I have tight feeling in my chest after the chest fly",
    "My chest hurts after the chest press",
    "I wet myself without noticing since Monday",
    "I can't hold my wee since Monday",
    "I can't feel my backside",
    "I don't know when I need the loo any more",
    "My temperature is not normal and my back aches",
    "I've lost weight, no idea why",
    "I have been harming myself",
    "I want to hurt myself",
    "I think about hurting myself",
    "I cut myself on purpose",
    "I'm tired of life",
    "I have nothing to live for",
    "life is not worth living",
    "I'd rather be dead",
    "I am tired of living",
    "I could kill myself",
    "Nosebleeds no, but bleeding from below since the birth",
    "Gums fine, yet the wound is bleeding",
    "I fell in the bathroom",
    "Since I stumbled on the kerb I can't stand on that leg",
    "Night sweats and my back is worse at night",
    "I cannot breathe",
    "When I pull the band my chest is tight",
    "It is as if a band were tight around my chest",
    "I fell down on the stairs",
    "Temperature 39, back fine",
    "Runny nose and now bleeding, 20 weeks pregnant",
    "I hit the chair and broke my wrist",
    "Never mind the rest, my leg is numb",
    "My body temperature is high and my back aches",
    "I can't get through a day without harming myself",
    "I hurt myself when I feel low",
    "I am so depressed that I hurt myself",
    "I don't want to hurt myself any more",
    "I can't feel my bottom when I stretch",
    "I'm tired of living like this",
    "The chair broke and I fell on my back",
    "My hope is gone, I want to die",
    "Since my back went I can't feel when I need to go",
    "I've been incontinent since yesterday and my legs are numb",
    "My chest felt tight during the warm up",
    "I had to stop because my chest was tight",
    "chest is tight and my arm aches",
    "My chest tightens when I climb the stairs",
    "I got chest pains doing the press ups",
    "there is a pressure in the middle of my chest",
    "I woke up with chest tightness",
    "an elephant sitting on my chest",
    "I slipped in the shower and now my wrist is swollen",
    "I fell off the ball and hurt my wrist",
    "I fell off my chair",
    "I've had a fall and can't put my foot down",
    "I tripped and my knee is swollen",
    "I tripped over a kerb",
    "I can not walk since I fell",
    "my ankle gave way and I fell",
    "I think I've broken my toe",
    "I think I broke my wrist",
    "My calf is really sore and swollen since the flight",
    "one calf is bigger than the other and it is red",
    "my leg is swollen and hot",
    "My leg has swollen up since the operation",
    "I am 30 weeks pregnant and bleeding a little",
    "I am pregnant and had some spotting after the exercises",
    "I'm leaking fluid at 36 weeks",
    "baby hasn't moved today",
    "I bled after the exercises",
    "There was blood when I went to the toilet",
    "I have blood in my pee",
    "I had the worst headache of my life doing the plank",
    "sudden headache and stiff neck",
    "my vision went blurry suddenly",
    "half of my face is numb",
    "My speech is slurred since this morning",
    "I can't raise my arm suddenly",
    "My foot drags when I walk",
    "my grip is gone, I drop cups",
    "I have lost all feeling in my left hand",
    "pins and needles in both feet and I can't feel my toes",
    "I feel like ending it all",
    "I feel suicidal",
    "life isn't worth living",
    "I have a fever of 39 and my back is killing me",
    "I've lost 10 kg without trying",
]

QUIET = [
    "I don't feel anything down there when I squeeze the pelvic floor",
    "I can't feel much down below while I do the lift",
    "Put a cushion between your legs: I cannot feel it at all there",
    "The baby stopped me from exercising",
    "I hardly feel the band",
    "Can I hold the baby while I squat?",
    "My headache is gone since I do this",
    "The lights flashing in the video are too bright",
    "My scar is red, like it was last year",
    "My neck is stiff",
    "Both legs on the floor?",
    "no bleeding",
    "No bleeding, no fever, all well",
    "without fever",
    "My back aches, without fever",
    "never had chest pain",
    "I have never had chest pain",
    "I have never in my life had chest pain",
    "number",
    "I did a number of rows",
    "What number of sets?",
    "the numbering of the steps",
    "I have no chest pain",
    "I don't have chest pain",
    "I dont have any numbness",
    "There isn't any numbness",
    "There isn’t any numbness",
    "It is not numb",
    "It's no longer numb",
    "My foot is no longer numb",
    "The numbness has gone",
    "The numbness is gone since I sit less",
    "the bleeding has stopped",
    "No fever, bleeding or numbness",
    "no numbness or chest pain",
    "neither chest pain nor numbness",
    "Free of chest pain for years",
    "free from numbness",
    "chest pain was ruled out",
    "I wasn't short of breath",
    "Do I breathe out when I pull?",
    "Open the chest and breathe in",
    "Where do I put the band, across the chest?",
    "My chest opens nicely",
    "I fell asleep during the relaxation",
    "We will start in the fall",
    "I fell in love with this exercise",
    "My back hurts after gardening",
    "I lost weight and feel great",
    "My temperature is normal",
    "I like the stroke in swimming",
    "I leak a little when I cough",
    "Is my calf supposed to stretch?",
    "I sit on the chair, feet flat",
    "I have a prolapse and standing exercises trouble me",
    "I have been told not to lift my arm",
    "Number one: breathe",
    "My blood pressure is fine",
    "The band broke and hit the wall",
    "I have not had a fall",
    "not had any bleeding",
    "There is no sign of bleeding",
    "no history of chest pain",
    "No signs of numbness",
    "I no longer have any numbness",
    "the numbness is no longer there",
    "I had a new hip in the spring",
    # A list that is denied as a whole.
    "I don't have chest pain, numbness or bleeding",
    "I DON’T HAVE CHEST PAIN, NUMBNESS OR BLEEDING",
    "no chest pain, fever or bleeding",
    "no numbness, tingling, weakness, dizziness, bladder trouble or bleeding",
    "Without fever, night sweats, weight loss or numbness",
    "I've never had a fall, chest pain or numbness in my legs",
    "I have no chest pain, palpitations or shortness of breath",
    "I do not feel dizzy, short of breath or numb",
    "It isn't numb, hot or swollen",
    "My calf isn't swollen, red or hot",
    "My calf is not swollen",
    "My doctor ruled out a fracture, thrombosis or bleeding",
    "no loss of bladder or bowel control",
    "no loss of control of my bladder",
    "I haven't lost control of my bladder",
    "I have not lost feeling in my bottom",
    "No loss of feeling in my foot",
    # Of the work, not of a loss.
    "I no longer feel pain in my foot",
    "I can't feel the stretch in my leg",
    "I don't feel my legs working in the squat",
    "I don't feel it in my arms",
    "I can't feel my back working",
    "I have no trouble with bladder control",
    "I can feel my feet again",
    "I don't want to be here for an hour, is half of it enough?",
    "I wish my knee would wake up",
    "Do I hit the wall by mistake?",
    "no tingling between my legs",
    "The chest pain I had is gone",
    "The bleeding stopped after two weeks",
    "No fever, chest pain or numbness at all",
    "My GP was clear that a fracture was ruled out",
    "I can't go on holiday",
    "I have no trouble peeing",
    "I didn't have any numbness, is that good?",
    # The same words, meant otherwise.
    "How do I do it without hurting myself?",
    "Since my programme started I stumbled on a great video",
    "I want to prevent a nasty fall",
    "I soak a pad a day when I run",
    "I am afraid I will hurt myself",
    "I hurt myself last week in the gym",
    "I don't want to hurt myself doing this",
    "Can I harm myself if I do it wrong?",
    "Could I harm myself with this?",
    "I cut myself on a tin",
    "I wet myself when I cough",
    "I wet myself a little when I sneeze",
    "When I cough I wet myself",
    "I can't hold my wee when I sneeze",
    "I can't control my bladder when I jump",
    "I have night sweats, it is the menopause",
    "It is so good, my mind went numb",
    "I can't breathe through my nose, does that matter?",
    "I stumbled on your site yesterday",
    "I stumbled over this page",
    "The band broke and hit my arm",
    "at room temperature the band is softer, my back likes it",
    "I'm tired of living with this pain",
    "My nose was bleeding, may I bend down?",
    "I get a cramp in my calf, is warm water good?",
    "How many calf raises? My room is hot",
    "I'm spotting my friend at the gym",
    "The water broke the pipe",
    "My baby is quiet while I do them",
    "Should the band be at chest height?",
    "I hold the ball tight to my chest",
    "Hug your knees tight to the chest?",
    "Is the treasure chest heavy?",
    "I feel no stretch in my bottom",
    "I can't feel my bottom working",
    "I don't feel the muscles in my buttocks",
    "a chest of drawers hurt my back when I moved it",
    "I hurt my back moving a chest of drawers",
    "I keep my bands in a hope chest",
    "the hope chest is heavy",
    "My tool chest is heavy, may I lift it after the operation?",
    "How heavy should the chest press be?",
    "The chest press is too heavy for me",
    "After the chest press my arms ache",
    "After the chest press my shoulders hurt",
    "Is the chest fly better than the row?",
    "Chest fly hurts my shoulder",
    "In the chest fly my wrist hurts",
    "Pull the band tight across my chest?",
    "Should the band be tight across the chest?",
    "Do I hold the band tight to my chest?",
    "My chest muscles are tight from sitting at a desk",
    "tight chest muscles, which stretch helps?",
    "How do I stretch a tight chest?",
    "This exercise is killing me",
    "My legs are killing me after the squats",
    "These shoes are killing me",
    "I am dying to try this",
    "I'm dying for a cup of tea",
    "I was heartbroken when the class stopped",
    "My dog died and I was heartbroken",
    "My gums bleed when I floss",
    "My gums bleed",
    "My gums are bleeding",
    "I get nosebleeds, may I bend down?",
    "My nose bled yesterday",
    "No bleeding since the operation",
    "There has been no bleeding",
    "I am not bleeding any more",
    "I am pregnant and have no bleeding",
    "I have had no bleeding and my waters are fine",
    "I like to exercise in the water",
    "I do aqua fit, does the water help?",
    "I laughed until I nearly wet myself",
    "I nearly died laughing",
    "My head is spinning with all these exercises",
    "I tripped over my words",
    "Can I take the band on a trip?",
    "I trip over the names of the muscles",
    "I cannot walk far but I can row",
    "I can't walk in these shoes",
    "I can't walk the dog in the morning, so I row",
    "I cannot stand this exercise",
    "I can't stand the music",
    "Can I do this if I can't stand for long?",
    "I walk with a stick",
    "The dead bug hurts my back",
    "Is a deadlift bad for my backside?",
    "My backside is sore after the squats",
    "My bottom touches the floor",
    "I work my backside off",
    "I sit on the saddle of my bike for an hour",
    "My bike saddle is hard",
    "I'm out of breath after the stairs",
    "The break from work did me good",
    "My leg fell asleep while I sat cross-legged",
    "My hands fell off the band",
    "I fell behind with my exercises",
    "I fell out of the habit",
    "I have fallen behind",
    "My temperature is 36.5 and my back is fine",
    "I felt a pop in my interest",
    "I broke the band",
    "My heart sank when I saw the stairs",
    "My heart goes out to you",
    "Thank you from the bottom of my heart",
    "My heart is set on this",
    "My calves are tight after running",
    "My calf feels tight after running",
    "Can I stretch my calf?",
    "My calf is sore after the hill",
    "I had a stroke of luck",
    "A stroke of genius",
    "My mum had a stroke ten years ago",
    "I have a headache after work",
    "I get headaches from screens",
    "I lost weight with your programme",
    "I want to lose weight",
    "Lost two kilos since Christmas, thank you",
    "I can't feel my abs working",
    "I do not feel my glutes",
    "I feel weak after the flu",
    "My weak side is the left one",
    "My left side is weaker than my right in the row",
    "I can't go on holiday without my band",
    "I'd die for a body like that",
    "over my dead body",
    "I live on the fall line",
    "I'm fed up with the exercises",
    "I'm done with running",
    "My dead arm from last night's sleep is fine",
    "I can't sleep on my left side",
    "it costs an arm and a leg",
    "I hit a wall in my training",
    "it blew me away",
    "a bloody good exercise",
    "bloody brilliant video",
    "My blood pressure is high",
    "I take blood thinners",
    "I have low blood sugar",
    "I fell in the water laughing",
    "My baby is moving a lot",
    "When do the waters break usually?",
    "My back is killing me after the gardening",
    "my shoulders are killing me",
    "I could murder a cup of tea",
    "you saved my bacon",
    "My chest is open now, thank you",
    "Should my chest stay lifted in the row?",
    "Where do I feel the chest press?",
    "The chest press hurts my shoulder",
    "My ribs are tight",
    "chest up, shoulders down?",
    "I do the chest stretch in the doorway",
    "I feel a stretch in my chest in the doorway",
    "Is it right that I feel the stretch across my chest?",
    "My pecs are tight",
    "I put the band behind my back and press it across my chest",
    "My heart rate goes up to 120",
    "I have a pacemaker",
    "My heart is full of thanks",
    "I get out of breath when I talk too much",
    "Do I hold my breath?",
    "I had my baby six weeks ago and have no bleeding any more",
    "There was no bleeding after the operation",
    "The bleeding stopped two weeks ago",
    "I take the pill because of my periods",
    "Can I exercise during my period?",
    "My dentist says my gums bleed because I press too hard",
    "I bruise easily",
    "Can I do this with varicose veins?",
    "My ankles are puffy in summer",
    "I have flat feet",
    "My feet feel cold",
    "My hands tingle after the plank",
    "My knees crack",
    "My knee clicks when I squat",
    "I dropped the band on my foot",
    "I fell for your videos",
    "I fall asleep during the breathing exercise",
    "I am afraid of falling",
    "I want to do these so that I do not fall",
    "How do I get up after a fall?",
    "I lost my balance in the tree pose",
    "I lose count of the repetitions",
    "I have lost my confidence",
    "I lost a few kilos with these exercises",
    "My head hurts when I lie flat",
    "I have a hot flush every hour",
    "My back feels hot after the exercise",
    "I'm in hot water with my husband",
    "I feel dead on my feet in the evening",
    "I'm dead tired",
    "I'm dead keen to begin",
    "This killed me, in a good way",
    "My legs felt like jelly, great workout",
    "My feet go to sleep when I kneel",
    "I don't want to stop",
    "I can't go on my knees",
    "I can't get down on the floor",
    "I can't stand up from a low chair",
    "I can't walk on my toes",
    "I can't stand on one leg",
    "I can't lift my arm above my head since the frozen shoulder",
    "I can't move my shoulder much",
    "I can't see the video on my phone",
    "I can't speak English well",
    "I can't hear the video suddenly",
    "Suddenly I can't see the picture",
    "The speech in the video is slurred",
    "The video is blurred",
    "My blood pressure rises when I go upstairs",
]


def flags(text):
    found = phrases.Text(text).found(*(words for _name, words, _text in FLAGS))
    return {flag[0]: words for flag, words in zip(FLAGS, found, strict=True) if words}


class RedFlagTests(SimpleTestCase):
    def test_these_raise_one(self):
        for sentence in FIRE:
            with self.subTest(sentence):
                self.assertTrue(flags(sentence))

    def test_these_do_not(self):
        for sentence in QUIET:
            with self.subTest(sentence):
                self.assertEqual(flags(sentence), {})

    def test_each_tells_what_it_is_for(self):
        for sentence, name in [
            ("numb around my bottom", "Saddle numbness, bladder or bowel"),
            ("chest pain when I climb stairs", "Chest pain or trouble breathing"),
            ("slurred speech", "Signs of a stroke"),
            ("my back and a fever", "Fever with pain in the back"),
            ("unexplained weight loss", "Losing weight without reason"),
            ("I fell down the stairs", "A fall or an injury"),
            ("bleeding", "Bleeding, after birth or operation or in pregnancy"),
            ("a swollen calf", "A swollen, painful calf"),
            ("numbness in my leg", "Numbness or lost strength"),
            ("I want to die", "No wish to live"),
            ("I don't want to be here anymore", "No wish to live"),
            ("I do not want to be here any more", "No wish to live"),
            ("I wish I would not wake up", "No wish to live"),
            ("I think of ending it all", "No wish to live"),
            ("What is the point of living?", "No wish to live"),
            # Not "in the next days".
            ("my saddle area is numb", "Saddle numbness, bladder or bowel"),
            ("tingling between my legs", "Saddle numbness, bladder or bowel"),
            ("pins and needles between the legs", "Saddle numbness, bladder or bowel"),
            (
                "no feeling when I go to the toilet",
                "Saddle numbness, bladder or bowel",
            ),
            ("my heart races at rest", "Chest pain or trouble breathing"),
            ("I was hit by a car", "A fall or an injury"),
        ]:
            with self.subTest(sentence):
                self.assertIn(name, flags(sentence))

    def test_every_phrase_they_come_with_can_be_met(self):
        for _name, lines, _text in FLAGS:
            for line in lines.split("\n"):
                example = line.strip("!~")
                for part in ("/", "*"):
                    example = " ".join(
                        word.partition(part)[0] for word in example.split()
                    )
                example = example.replace("…", "").replace("+", "")
                if example:
                    with self.subTest(line):
                        found = phrases.Text(example).found(line.strip("~"))
                        self.assertTrue(found[0])

    def test_each_says_where_to_turn(self):
        for name, _words, text in FLAGS:
            with self.subTest(name):
                self.assertLess(len(text), 600)
                if name != "Losing weight without reason":
                    self.assertIn("112 in Europe", text)


class ImprovedTests(TestCase):
    """The words of a site that runs already get better, and stay the author's."""

    def test_lines_that_stand_as_they_came_are_improved(self):
        RedFlag.objects.all().delete()
        for name, lines, text in FIRST:
            RedFlag.objects.create(name=name, words=lines.strip(), text=text)

        improving.improve(apps, None)
        again.improve(apps, None)

        for name, lines, _text in FLAGS:
            self.assertEqual(RedFlag.objects.get(name=name).words, lines)

    def test_what_the_author_wrote_stays_hers(self):
        RedFlag.objects.all().delete()
        name = "Chest pain or trouble breathing"
        edited = "my line\r\n\r\nchest pain\r\ncan't/couldn't breathe\r\nangina\r\n"
        flags = [
            RedFlag.objects.create(name=name, words=edited, text="Ring Dr Marsh."),
            RedFlag.objects.create(name=name, words="\r\nchest pain\r\n", text="-"),
            RedFlag.objects.create(name="Hers", words="numb/numbness", text="-"),
        ]

        improving.improve(apps, None)

        for flag in flags:
            flag.refresh_from_db()
        self.assertEqual(
            flags[0].words.split("\n"),
            [
                *("my line", "", "chest pain", "can't/couldn't breathe"),
                *("~can't/couldn't breathe through my nose", "angina"),
            ],
        )
        self.assertEqual(flags[0].text, "Ring Dr Marsh.")
        self.assertEqual(flags[1].words, "\r\nchest pain\r\n")
        self.assertEqual(flags[2].words, "numb/numbness")

    def test_each_line_that_is_improved_came_with_the_site(self):
        came = {name: lines.splitlines() for name, lines, _text in FIRST}
        for later in (improving.CHANGES, again.CHANGES):
            for name, changes in later.items():
                for line in changes:
                    with self.subTest(line):
                        self.assertIn(line, came[name])
                came[name] += "\n".join(changes.values()).splitlines()


class PhraseTests(SimpleTestCase):
    def found(self, text, *lines):
        return phrases.Text(text).found("\n".join(lines))[0]

    def test_a_star_is_any_ending_and_needs_three_letters_before_it(self):
        self.assertEqual(self.found("Swellings", "swell*"), ["Swellings"])
        self.assertEqual(self.found("A soft ball", "so*"), [])

    def test_a_slash_is_either_word(self):
        for text in ("my calf", "my calves"):
            self.assertTrue(self.found(text, "calf / calves"))

    def test_signs_between_words_are_none(self):
        for line in ("self-harm*", "self harm*", "self - harm*"):
            self.assertEqual(self.found("of self-harming", line), ["self-harming"])

    def test_a_gap_is_three_words_at_most_and_ends_with_the_sentence(self):
        line = "swollen … calf"
        self.assertEqual(
            self.found("a swollen and very hot calf", line),
            ["swollen and very hot calf"],
        )
        self.assertEqual(self.found("swollen one two three four calf", line), [])
        self.assertEqual(self.found("It is swollen. My calf", line), [])
        self.assertTrue(self.found("swollen calf", "swollen...calf"))

    def test_what_one_can_no_longer_do_is_one_word_with_what_one_cannot(self):
        for text in ("can no longer feel", "can hardly feel", "cannot feel"):
            for line in ("can no longer feel", "can barely feel", "can't feel"):
                self.assertTrue(self.found(text, line), (text, line))
        self.assertTrue(self.found("I no longer want it", "!don't want"))
        self.assertTrue(self.found("I don't want it", "!no longer want"))

    def test_a_plus_asks_for_both_anywhere(self):
        line = "fever + back"
        self.assertEqual(
            self.found("My back hurts. Since Monday a fever.", line), ["fever", "back"]
        )
        self.assertEqual(self.found("My back hurts. No fever.", line), [])

    def test_an_exclamation_mark_counts_what_is_denied_too(self):
        text = "I would not kill myself"
        self.assertEqual(self.found(text, "kill myself", "! kill myself"), [text[12:]])
        self.assertTrue(self.found("I did not do it", "!do it"))

    def test_a_tilde_names_what_is_meant_otherwise(self):
        lines = ("chest … heavy", "!heavy chest", "~chest press", "~hope chest")
        for text in (
            "The chest press is heavy",
            "A heavy chest press",
            "no hope chest",
        ):
            with self.subTest(text):
                self.assertEqual(self.found(text, *lines), [])
        self.assertEqual(
            self.found("The chest press is heavy, my chest is heavy", *lines),
            ["chest is heavy"],
        )
        often = "chest press heavy. " * 9
        self.assertEqual(self.found(f"{often} A heavy chest", *lines), ["heavy chest"])

    def test_a_tilde_is_for_its_own_list_and_what_is_not_denied(self):
        text = phrases.Text("The chest press is heavy, my temperature is not normal")

        found = text.found("chest … heavy", "~chest press", "temperature\n~is normal")
        self.assertEqual(found, [["chest press is heavy"], [], ["temperature"]])

    def test_what_is_found_stands_as_it_was_typed(self):
        for typed in ("N\u200dumb", "nu\u00admb", "NÚMB", "n\u03c5mb", "\uff4eumb"):
            with self.subTest(typed):
                self.assertEqual(self.found(f"It is {typed}!", "numb"), [typed])

    def test_each_list_is_answered_apart(self):
        text = phrases.Text("numb and hot")

        self.assertEqual(
            text.found("hot", "", "cold", "numb"), [["hot"], [], [], ["numb"]]
        )

    def test_lines_that_say_nothing_find_nothing(self):
        for line in (
            "",
            "  ",
            "*",
            "/",
            "…",
            "+",
            "!",
            "~",
            "~numb",
            "… numb …",
            "can't",
            "- ;",
        ):
            with self.subTest(line):
                found = self.found("a * / + ! text; with - signs", line)
                self.assertEqual(found, [])
        self.assertEqual(phrases.Text("").found("numb"), [[]])


class IdleTests(SimpleTestCase):
    def test_a_line_that_no_text_can_meet_is_refused_with_a_sentence(self):
        for line in ("*", "… /", "+", "!", "~", "- ;"):
            with self.assertRaisesMessage(ValidationError, f"“{line}” holds no word"):
                say_something(f"fever + back\n\n{line}")
        say_something("fever + back\r\n\r\n!numb*\n")

    def test_so_is_a_star_after_fewer_than_three_letters(self):
        for line, word in [
            ("a*", "a*"),
            ("É*", "e*"),
            ("swollen … ca*", "ca*"),
            ("num*/no*", "no*"),
            ("self-ha*", "ha*"),
            ("!fever + ba*", "ba*"),
        ]:
            with (
                self.subTest(line),
                self.assertRaisesMessage(ValidationError, f"begin like “{word}”"),
            ):
                say_something(f"numb\n{line}")

    def test_so_is_what_stands_there_twice(self):
        for line, again in [
            ("numb", "NUMB"),
            ("swollen … calf", "swollen...calf"),
            ("calf/calves", "calves / calf"),
        ]:
            with (
                self.subTest(again),
                self.assertRaisesMessage(ValidationError, f"“{again}” stands here"),
            ):
                say_something(f"{line}\nfever\n{again}")
        say_something("numb\n!numb\n~numb\nnumb*")

    def test_a_gap_at_an_end_says_nothing(self):
        for line in ("numb …", "numb...", "… numb"):
            say_something(line)
            self.assertEqual(phrases.Text("so numb!").found(line), [["numb"]])

    def test_what_the_site_comes_with_is_accepted(self):
        for name, lines, _text in FLAGS:
            with self.subTest(name):
                say_something(lines)


class CostTests(SimpleTestCase):
    """Twice the text is twice the work, whatever stands in it."""

    books = (*(flag[1] for flag in FLAGS), words.TESTIMONIALS, people.HEALTH)

    def steps(self, text):
        steps = 0

        def count(frame, event, argument):
            nonlocal steps
            steps += event in {"call", "c_call"}

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            phrases.Text(text).found(*self.books)
        finally:
            sys.setprofile(before)
        return steps

    def test_near_matches_take_no_more_than_their_share(self):
        phrases.compiled(self.books)
        for piece in [
            "numb ",
            "no numb, ",
            "no fever, chest or ",
            "lost lost lost control ",
            "can't feel my my my ",
            "could not ",
            "not without ",
            "chest tight my ",
            "chest press ",
            "thanks to your ",
            "my pain is ",
            "a",
            "a'",
            "num\u200dь ",
            "……",
        ]:
            with self.subTest(piece):
                text = piece * (5000 // len(piece))
                half = self.steps(text[:2500])
                whole = self.steps(text)
                self.assertLess(whole, 2.2 * half + 200)
                self.assertLess(whole, 40 * len(text))

    def test_no_pattern_tries_again(self):
        for pattern in [
            *(sending.LINK, people.MAIL, people.SPELLED_MAIL, people.PHONE),
            *(people.SAID, people.TITLED, phrases._TOKEN),
        ]:
            with self.subTest(pattern.pattern):
                bare = re.sub(r"\[[^\]]*\]|\\.", "x", pattern.pattern)
                self.assertIsNone(re.search(r"[+*}](?![+])(?<![+*}]\+)", bare))
