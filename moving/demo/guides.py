"""The guides, written as the author would: steps one a line, ``text || footnote``.

``days_ago`` is when a guide was published; a negative number lies ahead, none is a
draft; ``retired`` is (how many days ago, what to read instead, why); ``waiting`` is
what its author has changed since and not published. Other rows go by their keys in
``site``, exercises by the address of their guide and their name.
"""

SEATED_ROWS = {
    "slug": "rows-on-a-chair",
    "title": "Rows on a chair",
    "question": "Is there a way to do this sitting down?",
    "summary": "Two rows for days when standing is too much.",
    "intro": (
        "<p>Sitting is not the lesser version. Your upper back does not know what your "
        "legs are doing, and a good chair lets you think about your shoulder blades "
        "instead of your balance.</p>"
    ),
    "suitability": "General",
    "level": "gentle",
    "minutes": 5,
    "topic": "upper-back",
    "figure": "seated-row-finish",
    "notices": ["load"],
    "promotion": "book",
    "days_ago": 47,
    "reviewed_days_ago": 47,
    "verdicts": [
        ("most-people", "yes", ""),
        ("prolapse", "yes", ""),
        ("pregnant", "yes", "sit well forward on the chair"),
        ("after-birth", "yes", "once you sit without pain"),
        ("osteoporosis", "yes", ""),
        ("new-hip-or-knee", "yes", ""),
        ("after-surgery", "ask", "until your surgeon agrees"),
        ("shoulder-injury", "change", "without a band, and small"),
    ],
    "dosage": {
        "repetitions": (8, 12),
        "tempo": "slowly",
        "sets": (1, 2),
        "rest": (60, 60),
        "days_a_week": (3, 5),
        "effort": 4,
        "note": "A tired day? Five without a band, and call it done.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why begin on a chair",
            "prose": (
                "<p>Some of you feel heavy after standing, some get dizzy, some have a "
                "hip that is still new. A chair takes all of that out of the exercise "
                "and leaves the part we want: two shoulder blades learning to slide "
                "down and back.</p>"
                "<p>When twelve seated rows feel easy, and standing feels well, go on "
                'to <a href="/guides/two-rows-for-a-tired-upper-back/">two rows for a '
                "tired upper back</a>. If standing never feels well, stay. You lose "
                "nothing.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "Small things that keep you safe",
            "prose": (
                "<ul><li>Take a chair that does not roll, swivel or sink.</li>"
                "<li>Put it against a wall if it is light.</li>"
                "<li>Shut the band into a door that closes towards you, and tug twice "
                "before you sit down.</li>"
                "<li>If your hands ache from gripping, tie a loop in each end and hook "
                "your wrists in.</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Seated Row",
            "lead": "Elbows along the ribs, and a light band to answer back.",
            "start_position": "seated",
            "breathing": "Breathe out as you pull",
            "caution": "The lightest band you own. Effort comes later.",
            "figures": ("seated-row-start", "seated-row-finish"),
            "equipment": ["band", "chair"],
            "areas": ["upper-back", "shoulders"],
            "setup": (
                "Close the middle of the band in a door, at the height of your elbow "
                "when you sit.\n"
                "Sit on the front half of the chair, facing the door, both feet "
                "flat.||If your feet do not reach, put a thick book under them. "
                "Dangling feet pull at the lower back.\n"
                "Hold an end in each hand, arms long, band just taut."
            ),
            "action": (
                "Grow tall from the seat up.\n"
                "Breathe out and draw your elbows back along your ribs.||Your back "
                "stays where it is. If you lean, the band is too strong.\n"
                "Wait one second. Feel the muscles between your shoulder blades.\n"
                "Breathe in and let the band take your arms home, slower than you "
                "pulled."
            ),
            "variations": [
                ("progression", "two-rows-for-a-tired-upper-back", "Low Row"),
            ],
        },
        {
            "name": "Row without a Band",
            "lead": "The movement itself, with nothing to pull against.",
            "start_position": "seated",
            "breathing": "Breathe out as you draw back",
            "figures": ("", ""),
            "equipment": ["chair"],
            "areas": ["upper-back", "shoulders"],
            "setup": (
                "Sit or stand, whichever feels kinder today.\n"
                "Reach both arms in front of you, a little below the height of your "
                "shoulders.\n"
                "Let your hands hang loose, as if holding two cups of tea."
            ),
            "action": (
                "Grow tall, as if someone drew you up by the crown.\n"
                "Breathe out and draw your elbows back along your ribs.||Imagine you "
                "close a drawer with each elbow. There is no hurry; the drawer is full "
                "of plates.\n"
                "Wait one second, neck long.\n"
                "Breathe in and let your arms float forward."
            ),
            "variations": [("progression", "rows-on-a-chair", "Seated Row")],
        },
    ],
    "related": ["two-rows-for-a-tired-upper-back", "a-long-neck-after-a-long-read"],
}

BAND_ROWS = {
    "slug": "two-rows-for-a-tired-upper-back",
    "title": "Two rows for a tired upper back",
    "question": "Shoulders round your ears by teatime?",
    "summary": "Ten quiet minutes with a band and a closed door.",
    "intro": (
        "<p>These two are where most of my patients start, and where many of them "
        "stay. They ask for a resistance band and a door that shuts.</p>"
    ),
    "suitability": "General",
    "level": "gentle",
    "minutes": 10,
    "topic": "upper-back",
    "figure": "low-row-finish",
    "video": {
        "title": "Low Row and Wide Row",
        "name": "low-row.mp4",
        "captions": "low-row.vtt",
        "duration": 16,
        "poster": {
            "name": "low-row-poster.jpg",
            "alt": "A figure facing a door draws a band back, elbows along the ribs.",
        },
        "transcript": (
            "<p><strong>Low Row.</strong> A figure stands facing a closed door and "
            "holds a band with both hands. It breathes out and draws the elbows back "
            "along the ribs, waits, breathes in and lets the arms go home. Twice.</p>"
            "<p><strong>Wide Row.</strong> The figure stands on the middle of the "
            "band. It breathes out and lifts the elbows out wide, no higher than the "
            "shoulders, waits, and lowers slowly. Twice.</p>"
        ),
    },
    "notices": ["load", "breath"],
    "promotion": "book",
    "days_ago": 33,
    "reviewed_days_ago": 40,
    "verdicts": [
        ("most-people", "yes", ""),
        ("after-birth", "yes", "from 6 weeks"),
        ("osteoporosis", "yes", ""),
        ("prolapse", "change", "sit, light band"),
        ("pregnant", "change", "sit"),
        ("new-hip-or-knee", "change", "sit"),
        ("after-surgery", "ask", "until your surgeon agrees"),
        ("shoulder-injury", "no", "in the last 6 weeks"),
    ],
    "dosage": {
        "repetitions": (8, 12),
        "tempo": "slowly",
        "sets": (1, 3),
        "rest": (60, 60),
        "days_a_week": (2, 3),
        "alternate_days": True,
        "effort": 5,
        "note": "New to this? One set of 8, twice this week, is a good start.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why rows, and why a band",
            "prose": (
                "<p>Most of the day your arms work in front of you, and the muscles "
                "that should hold your shoulder blades lose the argument. A row gives "
                "them ten quiet minutes to practise.</p>"
                "<p>A band suits this better than a weight. It pulls least where you "
                "are weakest and most where you are strongest, it goes in a coat "
                "pocket, and if something feels wrong you simply let the pull go out "
                "of it.</p>"
            ),
        },
        {
            "place": "before",
            "kind": "how-many",
            "heading": "How many",
            "prose": (
                "<p>Eight to twelve in a row, up to three sets, on two or three days "
                "of the week with a day of rest between. The last one should look like "
                "the first. When it does not, the set is over, whatever the number.</p>"
                "<p>Add in this order: first more repetitions, then another set, and "
                "only then a stronger band.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "Small things that keep you safe",
            "prose": (
                "<ul>"
                "<li>Look the band over first. A nick becomes a snap.</li>"
                "<li>Tug the door before you pull. It should close towards you.</li>"
                "<li>Turn the key, or tell the others in the house.</li>"
                "<li>Never hold your breath. If you must, the band is too strong.</li>"
                "<li>A warm ache the next day is fair. A sharp pain is not: stop, and "
                "go back one rung.</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Low Row",
            "label": "Upper Back Exercise 1",
            "lead": "Elbows along the ribs, as if closing two drawers behind you.",
            "start_position": "standing",
            "breathing": "Breathe out as you pull",
            "clip": (0, 8),
            "figures": ("low-row-start", "low-row-finish"),
            "equipment": ["band"],
            "areas": ["upper-back", "shoulders"],
            "setup": (
                "Close the middle of the band in a door, at the height of your elbow.\n"
                "Face the door, one foot a short step behind the other.\n"
                "Unlock your knees and let your weight rest on both feet.\n"
                "Hold an end in each hand, arms long, band just taut."
            ),
            "action": (
                "Grow tall, as if someone drew you up by the crown.\n"
                "Breathe out and draw your elbows back along your ribs.||Along the "
                "ribs, not out to the side. If your shoulders creep up, take a lighter "
                "band.\n"
                "Wait one second. Feel the muscles between your shoulder blades.\n"
                "Breathe in and let the band take your arms home, slower than you "
                "pulled."
            ),
            "step_pictures": {
                ("setup", 1): {
                    "name": "step-door.png",
                    "alt": "The middle of the band held by the closed door.",
                },
            },
            "step_times": {("action", 2): 0, ("action", 4): 2},
            "variations": [
                ("progression", "two-rows-for-a-tired-upper-back", "Wide Row"),
                ("seated", "rows-on-a-chair", "Seated Row"),
                ("without-equipment", "rows-on-a-chair", "Row without a Band"),
            ],
        },
        {
            "name": "Wide Row",
            "label": "Upper Back Exercise 2",
            "lead": "A step up from the Low Row. Come here when 12 of those feel easy.",
            "start_position": "standing",
            "breathing": "Breathe out as you lift",
            "caution": "Leave this one out while a shoulder is sore.",
            "clip": (8, 16),
            "figures": ("wide-row-start", "wide-row-finish"),
            "equipment": ["band"],
            "areas": ["upper-back", "shoulders"],
            "setup_from": "Low Row",
            "setup": (
                "but take the band off the door and stand on the middle of it, feet as "
                "wide as your hips.\n"
                "Turn your palms to face you."
            ),
            "step_pictures": {
                ("action", 1): {
                    "name": "step-elbows.png",
                    "alt": "From in front: the elbows as high as the shoulders.",
                },
            },
            "step_times": {("action", 3): 10},
            "action": (
                "Breathe out and lift your elbows out wide, no higher than your "
                "shoulders.||Lower is fine. Stop where the shoulders would begin to "
                "creep up, or where it pinches.\n"
                "Wait one second, neck long.\n"
                "Breathe in and lower for a slow count of three."
            ),
        },
    ],
    "related": [
        "rows-on-a-chair",
        "press-the-wall-away",
        "how-hard-should-it-feel",
    ],
}

CHAIR = {
    "slug": "out-of-the-chair-without-hands",
    "title": "Out of the chair without hands",
    "question": "Has the sofa begun to win?",
    "summary": "Getting up is an exercise. Make it a good one.",
    "intro": (
        "<p>You do this dozens of times a day anyway. Done with a little thought it is "
        "the best leg exercise in the house, and nobody will notice you doing it.</p>"
    ),
    "suitability": "General; with a helping hand at first",
    "level": "moderate",
    "minutes": 6,
    "topic": "legs-and-balance",
    "place": 2,
    "figure": "sit-to-stand-rise",
    "notices": ["legs", "ask"],
    "promotion": "book",
    "days_ago": 62,
    "reviewed_days_ago": 70,
    "verdicts": [
        ("most-people", "yes", ""),
        ("osteoporosis", "yes", ""),
        ("pregnant", "change", "feet wider, use your hands"),
        ("prolapse", "change", "from a high chair, breathe out as you rise"),
        ("after-birth", "yes", "from 6 weeks"),
        ("new-hip-or-knee", "ask", "how low you may sit"),
        ("after-surgery", "ask", "until your surgeon agrees"),
    ],
    "dosage": {
        "repetitions": (5, 10),
        "tempo": "slowly down",
        "sets": (1, 2),
        "rest": (60, 120),
        "days_a_week": (3, 4),
        "alternate_days": True,
        "effort": 5,
        "note": "Legs shaking? Sit for a minute. The second set can wait for tomorrow.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why the chair",
            "prose": (
                "<p>Standing up uses the big muscles of thigh and seat, and they fade "
                "when we sit a lot. They also like being asked again, at any age. Give "
                "it a month before you judge.</p>"
                "<p>The trick is forward, not up. If your nose travels over your toes, "
                "the seat follows by itself.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "Before you get up",
            "prose": (
                "<ul><li>The chair stands against a wall, on a floor that does not "
                "slide.</li>"
                "<li>Shoes or bare feet. Socks are for the sofa.</li>"
                "<li>A table within reach, for the day you need it.</li>"
                "<li>Knees look over the second toe. If they fall inwards, do fewer, "
                "better.</li></ul>"
            ),
        },
        {
            "place": "after",
            "kind": "questions",
            "heading": "Asked in my practice",
            "prose": (
                "<h3>My knees crack. Is that bad?</h3>"
                "<p>Noise without pain is only noise. Noise with pain wants a higher "
                "chair, and if it stays, someone to look at it.</p>"
                "<h3>May I use my hands?</h3>"
                "<p>Yes. Push from the thighs rather than the armrests, and push a "
                "little less each week.</p>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Nose over Toes",
            "lead": "Half of getting up is leaning forward. Practise that half first.",
            "start_position": "seated",
            "breathing": "Breathe out as you lean",
            "figures": ("sit-to-stand-start", "sit-to-stand-rise"),
            "equipment": ["chair"],
            "areas": ["hips", "knees"],
            "setup": (
                "Sit on the front half of a firm chair, feet as wide as your hips.\n"
                "Draw your feet back until your heels are under your knees, or a "
                "little behind.\n"
                "Cross your arms over your chest, or rest them on your thighs."
            ),
            "action": (
                "Keep your back long and lean forward from the hips.||Bow, do not "
                "curl. With thin bones this matters most of all.\n"
                "Breathe out until your nose is over your toes and your seat grows "
                "light.\n"
                "Hover for a moment, or do not; then breathe in and sit back."
            ),
            "variations": [
                (
                    "progression",
                    "out-of-the-chair-without-hands",
                    "Up without Hands",
                ),
            ],
        },
        {
            "name": "Up without Hands",
            "lead": "The whole way. Down is where the work is.",
            "start_position": "seated",
            "breathing": "Breathe out as you rise",
            "figures": ("sit-to-stand-start", "sit-to-stand-finish"),
            "equipment": ["chair", "cushion"],
            "areas": ["hips", "knees", "balance"],
            "setup_from": "Nose over Toes",
            "setup": (
                "but put a cushion on the seat at first.||Two are allowed. Take one "
                "away when ten feel easy; that is your next rung."
            ),
            "action": (
                "Lean forward until your seat grows light.\n"
                "Breathe out and press the floor away with both feet.\n"
                "Stand tall for one breath. Look at something far off.\n"
                "Sit down as if the chair were full of eggs.||Count to four on the "
                "way. If you drop the last hand’s breadth, add a cushion."
            ),
        },
    ],
    "related": ["heels-up-at-the-kitchen-counter", "a-bridge-for-a-tired-back"],
}

KETTLE = {
    "slug": "heels-up-at-the-kitchen-counter",
    "title": "Heels up at the kitchen counter",
    "question": "Three minutes until the kettle boils?",
    "summary": "Steadier ankles, both hands on something firm.",
    "waiting": {
        "summary": "Steadier ankles in three minutes, both hands on something firm."
    },
    "intro": (
        "<p>Ankles do their work unseen until the day a kerb is higher than it "
        "looked. They like short visits, often.</p>"
    ),
    "suitability": "General; hold on",
    "level": "gentle",
    "minutes": 3,
    "topic": "legs-and-balance",
    "place": 1,
    "figure": "heel-raise-finish",
    "notices": ["legs"],
    "promotion": "ebook",
    "days_ago": 76,
    "reviewed_days_ago": 90,
    "verdicts": [
        ("most-people", "yes", ""),
        ("pregnant", "yes", ""),
        ("after-birth", "yes", ""),
        ("prolapse", "yes", ""),
        ("osteoporosis", "yes", "both hands on the counter"),
        ("new-hip-or-knee", "change", "both feet, side step later"),
        ("after-surgery", "ask", "if it was a foot, calf or Achilles tendon"),
    ],
    "dosage": {
        "repetitions": (10, 15),
        "tempo": "slowly down",
        "sets": (1, 2),
        "times_a_day": (1, 2),
        "days_a_week": (5, 7),
        "note": "Calves sore tomorrow? Every other day until they are not.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why heels",
            "prose": (
                "<p>The calf pushes you along the street and catches you when you "
                "trip. It fades with the years, not least because we stop running for "
                "the bus.</p>"
                "<p>Add sideways steps, and the hips learn to catch you as well. Most "
                "stumbles are not straight ahead.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "Around the counter",
            "prose": (
                "<ul><li>A counter or a sink. Not an oven door, not a chair on "
                "wheels.</li>"
                "<li>Dry floor, flat shoes or bare feet.</li>"
                "<li>The kettle stands where you cannot reach it with an elbow.</li>"
                "<li>Cramp? Heels down, toes up against the skirting board, and wait."
                "</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Heel Raise",
            "lead": "Up like a lift, down like a leaf.",
            "start_position": "supported",
            "breathing": "Breathe out as you rise",
            "figures": ("heel-raise-start", "heel-raise-finish"),
            "equipment": ["counter"],
            "areas": ["ankles-and-feet", "balance"],
            "setup": (
                "Stand at the counter, both hands flat on it.\n"
                "Feet as wide as your hips, toes pointing ahead.\n"
                "Unlock your knees."
            ),
            "action": (
                "Breathe out and rise onto the balls of both feet.||Weight over the "
                "big toe and the second. If you roll outwards, rise less high.\n"
                "Stay for one second at the top.\n"
                "Breathe in and come down for a slow count of three."
            ),
            "variations": [
                ("progression", "heels-up-at-the-kitchen-counter", "One Leg at a Time"),
                ("similar", "heels-up-at-the-kitchen-counter", "Side Step"),
            ],
        },
        {
            "name": "Side Step",
            "lead": "Three along the counter, three back.",
            "start_position": "supported",
            "figures": ("side-step-start", "side-step"),
            "equipment": ["counter"],
            "areas": ["balance", "hips", "ankles-and-feet"],
            "setup_from": "Heel Raise",
            "setup": "but bend both knees a little, as if to sit on a high stool.",
            "action": (
                "Step to the side with one foot. Let it land before you move your "
                "weight.||Quiet feet. If it thuds, the step is too long.\n"
                "Bring the other foot after it, no closer than hip width.\n"
                "Three steps this way, three steps back."
            ),
            "dosage": {
                "repetitions": (3, 3),
                "each_side": True,
                "sets": (2, 4),
                "days_a_week": (5, 7),
                "note": "Hands hover over the counter only when you no longer need it.",
            },
        },
        {
            "name": "One Leg at a Time",
            "lead": "Not yet a heel raise. First the standing.",
            "start_position": "supported",
            "caution": "Keep one hand down, always. This is practice, not a test.",
            "picture": {
                "name": "exercise-one-leg.png",
                "alt": "Standing on one leg, a hand on the back of a chair.",
            },
            "equipment": ["chair"],
            "areas": ["balance", "ankles-and-feet", "knees"],
            "setup": (
                "Stand beside something heavy, one hand flat on it.\n"
                "Feet together, eyes on a point across the room."
            ),
            "action": (
                "Let your weight move onto the foot beside your hand.\n"
                "Lift the other foot a finger’s breadth.||No higher. The ankle that "
                "stands is the one that works.\n"
                "Stay while you breathe out twice, then change sides."
            ),
            "dosage": {
                "repetitions": (2, 3),
                "each_side": True,
                "hold": (5, 10),
                "times_a_day": (1, 2),
            },
        },
    ],
    "related": ["out-of-the-chair-without-hands", "how-hard-should-it-feel"],
}

BREATH = {
    "slug": "breathe-first-lift-second",
    "title": "Breathe first, lift second",
    "question": "Do you hold your breath to lift the shopping?",
    "summary": "Where the breath belongs when you lift.",
    "intro": (
        "<p>Before strength comes timing. A pelvic floor rises a little as you breathe "
        "out and gives as you breathe in. Lift on the way out and it helps you. Hold "
        "your breath and it has to fight you.</p>"
    ),
    "suitability": "General; good after birth and with a prolapse",
    "level": "gentle",
    "minutes": 5,
    "topic": "pelvic-floor",
    "figure": "breathing-lying",
    "notices": ["load", "breath"],
    "promotion": "course",
    "days_ago": 96,
    "reviewed_days_ago": 110,
    "review_due_in_days": 12,
    "verdicts": [
        ("most-people", "yes", ""),
        ("after-birth", "yes", "from the first days, if it does not hurt"),
        ("prolapse", "yes", ""),
        ("osteoporosis", "yes", ""),
        ("pregnant", "change", "from 16 weeks propped up, not flat"),
        ("after-surgery", "ask", "when you may tighten the pelvic floor"),
    ],
    "dosage": {
        "repetitions": (6, 8),
        "tempo": "unhurried",
        "hold": (3, 5),
        "sets": (1, 2),
        "times_a_day": (1, 3),
        "note": "Tired muscles learn nothing. Stop while it still feels easy.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why the breath comes first",
            "prose": (
                "<p>Think of a tin without a bottom: a lid that moves when you "
                "breathe, walls, and a floor that gives. Press the lid down and keep "
                "it there, and the floor takes the whole load.</p>"
                "<p>Nobody needs to breathe perfectly. You need one habit: <strong>out "
                "with the effort</strong>. Out as you rise, out as you lift, out as "
                "you pull.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "If you are not sure you feel it",
            "prose": (
                "<ul>"
                "<li>Less is clearer. Try a third of your strength.</li>"
                "<li>Seat, thighs and jaw stay soft.</li>"
                "<li>Letting go is half the exercise. Wait until it is really "
                "down.</li>"
                "<li>If tightening hurts, or you cannot let go at all, leave the "
                "second exercise out and see a physiotherapist for pelvic "
                "health.</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Belly Breath",
            "lead": "The floor, the lid, and a hand to feel them with.",
            "start_position": "lying",
            "breathing": "Breathe in through the nose",
            "figures": ("breathing-lying-start", "breathing-lying"),
            "equipment": ["mat", "cushion"],
            "areas": ["tummy", "pelvic-floor"],
            "setup": (
                "Lie on your back, knees bent, feet flat.||From the sixteenth week of "
                "a pregnancy prop your back and head up on cushions instead.\n"
                "A cushion under your head, if your chin points at the ceiling.\n"
                "One hand on your ribs, one below the navel."
            ),
            "action": (
                "Breathe in and let both hands be lifted.\n"
                "Let the pelvic floor grow wide. You need do nothing for it.\n"
                "Breathe out through soft lips, as if cooling soup.\n"
                "Wait until the next breath comes by itself."
            ),
            "variations": [
                ("progression", "breathe-first-lift-second", "Lift on the Breath Out"),
            ],
        },
        {
            "name": "Lift on the Breath Out",
            "lead": "The same breath on a chair, with a small lift at its end.",
            "start_position": "seated",
            "breathing": "Breathe out as you lift",
            "caution": "Never push down, not even to feel where it is.",
            "figures": ("pelvic-floor-seated-start", "pelvic-floor-seated"),
            "equipment": ["chair"],
            "areas": ["pelvic-floor"],
            "setup": (
                "Sit tall on a firm chair, both feet flat.\n"
                "Lean forward a hand’s breadth, so that you feel the seat in front."
            ),
            "action": (
                "Breathe in and let everything go wide.\n"
                "Breathe out, and as you do, draw up as if to keep a secret.||Front "
                "and back together, gently: as if holding on to wind and water at "
                "once.\n"
                "Keep it for three to five seconds and go on breathing.\n"
                "Let go slowly, and rest for as long as you worked."
            ),
        },
    ],
    "related": ["a-bridge-for-a-tired-back", "rows-on-a-chair"],
}

NECK = {
    "slug": "a-long-neck-after-a-long-read",
    "title": "A long neck after a long read",
    "question": "Has your head been travelling ahead of you?",
    "summary": "Two movements for anyone who bends over a book.",
    "intro": (
        "<p>A head weighs as much as a small watering can, full. Held out in front for "
        "an hour, it makes many a neck ache for the evening.</p>"
    ),
    "suitability": "General",
    "level": "gentle",
    "minutes": 2,
    "topic": "neck-and-shoulders",
    "figure": "chin-tuck-finish",
    "notices": ["neck"],
    "promotion": "ebook",
    "days_ago": 118,
    "reviewed_days_ago": 125,
    "verdicts": [
        ("most-people", "yes", ""),
        ("pregnant", "yes", ""),
        ("after-birth", "yes", "good between two feeds"),
        ("prolapse", "yes", ""),
        ("osteoporosis", "change", "smaller, and never with a push of the hand"),
        ("new-hip-or-knee", "yes", ""),
        ("after-surgery", "ask", "if it was the neck or a shoulder"),
        ("shoulder-injury", "change", "the chin only"),
    ],
    "dosage": {
        "repetitions": (5, 8),
        "hold": (2, 3),
        "times_a_day": (2, 4),
        "note": "After each chapter is better than once at bedtime.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why so little",
            "prose": (
                "<p>A neck does not need to be stretched hard; it needs to be moved "
                "often. What helps is the change, so take the movement as a "
                "full stop between two pages.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "For the next hour of reading",
            "prose": (
                "<ul><li>Lift the book, not the chin. A cushion on your lap does it."
                "</li>"
                "<li>Glasses that suit the distance save more necks than I do.</li>"
                "<li>Never circle the head, and never push it with your hand.</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Chin Straight Back",
            "lead": "Like a drawer sliding shut. You may look silly; it passes.",
            "start_position": "seated",
            "figures": ("chin-tuck-start", "chin-tuck-finish"),
            "equipment": ["chair"],
            "areas": ["neck"],
            "setup": (
                "Sit tall, feet flat, hands in your lap.\n"
                "Look straight ahead at one point."
            ),
            "action": (
                "Slide your chin straight back, without nodding.||Eyes stay on the "
                "point. A small double chin is the sign that it is right.\n"
                "Keep it for two seconds and go on breathing.\n"
                "Let it come forward again, only half as far as it was."
            ),
            "variations": [
                ("progression", "a-long-neck-after-a-long-read", "Arms up, Neck Long"),
            ],
        },
        {
            "name": "Arms up, Neck Long",
            "lead": "The neck keeps its place while the arms go visiting.",
            "start_position": "seated",
            "breathing": "Breathe in as the arms rise",
            "figures": ("arm-raise-seated-start", "arm-raise-seated"),
            "equipment": ["chair"],
            "areas": ["neck", "shoulders"],
            "setup_from": "Chin Straight Back",
            "setup": "but let your arms hang, thumbs forward.",
            "action": (
                "Slide your chin back and leave it there.\n"
                "Breathe in and raise both arms in front of you, to the height of your "
                "eyes at most.\n"
                "Breathe out and lower them for a slow count of three.||If the "
                "shoulders come up with the arms, go only as high as they stay down."
            ),
        },
    ],
    "related": ["rows-on-a-chair", "press-the-wall-away"],
}

BRIDGE = {
    "slug": "a-bridge-for-a-tired-back",
    "title": "A bridge for a tired back",
    "question": "Does your back complain when you turn over in bed?",
    "summary": "Two small bridges that give a tired back some help.",
    "intro": (
        "<p>A back that aches in the evening has often been working for two. The "
        "muscles of the seat are among the biggest you have. Here you ask them in.</p>"
    ),
    "suitability": "General",
    "level": "moderate",
    "minutes": 7,
    "topic": "back-and-hips",
    "figure": "bridge-finish",
    "picture": {
        "name": "lead-bridge.png",
        "alt": (
            "A figure on its back, knees bent, feet flat, the hips lifted until knee, "
            "hip and shoulder lie in one line."
        ),
    },
    "notices": ["back", "breath"],
    "promotion": "book",
    "days_ago": 139,
    "reviewed_days_ago": 150,
    "verdicts": [
        ("most-people", "yes", ""),
        ("prolapse", "yes", "breathe out as you lift"),
        ("after-birth", "change", "the small one, from 6 weeks"),
        ("osteoporosis", "change", "the small one, no curling"),
        ("new-hip-or-knee", "ask", "in the first 3 months"),
        ("after-surgery", "ask", "until your surgeon agrees"),
        ("pregnant", "no", "from 16 weeks"),
    ],
    "dosage": {
        "repetitions": (6, 10),
        "tempo": "slowly",
        "sets": (1, 2),
        "rest": (60, 60),
        "days_a_week": (3, 4),
        "alternate_days": True,
        "effort": 5,
        "note": "One set of the small bridge is a whole first week.",
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why lying down",
            "prose": (
                "<p>On your back the spine is carried by the floor, and nothing falls. "
                "It is a good place to find out whether the seat works before the back "
                "does.</p>"
                "<p>You should feel this below the waist. If you feel it in "
                "the small of the back, you are too high.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "Small things that keep you safe",
            "prose": (
                "<ul><li>Getting down to the floor is too far? A firm bed will do.</li>"
                "<li>Cramp behind the thigh: feet a little closer, lift a little less."
                "</li>"
                "<li>Roll onto your side to get up, and push with your arms.</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Small Bridge",
            "lead": "A hand’s breadth off the floor is plenty.",
            "start_position": "lying",
            "breathing": "Breathe out as you lift",
            "figures": ("bridge-start", "bridge-finish"),
            "equipment": ["mat"],
            "areas": ["lower-back", "hips"],
            "setup": (
                "Lie on your back, knees bent, feet flat and as wide as your hips.\n"
                "Heels about a foot’s length from your seat.\n"
                "Arms beside you, palms down."
            ),
            "action": (
                "Breathe in and press both heels softly into the floor.\n"
                "Breathe out and lift your hips a hand’s breadth.||All in one piece, "
                "like a plank. Do not roll up bone by bone; thin bones dislike that.\n"
                "Breathe in and let yourself down, slower than you came up."
            ),
            "variations": [
                ("progression", "a-bridge-for-a-tired-back", "Bridge with a Wait"),
            ],
        },
        {
            "name": "Bridge with a Wait",
            "lead": "When ten small ones leave you fresh.",
            "start_position": "lying",
            "breathing": "Breathe out as you lift, then go on",
            "figures": ("bridge-start", "bridge-finish"),
            "equipment": ["mat"],
            "areas": ["lower-back", "hips", "tummy"],
            "setup_from": "Small Bridge",
            "action": (
                "Breathe out and lift until knee, hip and shoulder lie in one line, no "
                "further.\n"
                "Stay there for two breaths.||If you cannot talk up there, you are "
                "holding your breath.\n"
                "Breathe in and come down for a slow count of four."
            ),
            "dosage": {
                "repetitions": (4, 6),
                "hold": (5, 10),
                "sets": (1, 2),
                "days_a_week": (3, 4),
                "alternate_days": True,
            },
        },
    ],
    "related": ["breathe-first-lift-second", "out-of-the-chair-without-hands"],
}

WALL = {
    "slug": "press-the-wall-away",
    "title": "Press the wall away",
    "question": "Are the floor and your wrists no longer friends?",
    "summary": "A press-up that is as easy as you make it.",
    "intro": (
        "<p>After so much pulling, something that pushes. A wall asks exactly as much "
        "as you lean into it.</p>"
    ),
    "suitability": "General",
    "level": "moderate",
    "minutes": 5,
    "topic": "neck-and-shoulders",
    "figure": "wall-push-up-finish",
    "notices": ["load"],
    "promotion": "book",
    "days_ago": 172,
    "reviewed_days_ago": 180,
    "comments_open": False,
    "verdicts": [
        ("most-people", "yes", ""),
        ("osteoporosis", "yes", ""),
        ("new-hip-or-knee", "change", "the wall, not the counter"),
        ("prolapse", "yes", "breathe out as you press"),
        ("pregnant", "change", "feet wider and nearer"),
        ("after-birth", "yes", "from 6 weeks"),
        ("after-surgery", "ask", "until your surgeon agrees"),
        ("shoulder-injury", "no", "in the last 6 weeks"),
    ],
    "dosage": {
        "repetitions": (8, 12),
        "tempo": "slowly",
        "sets": (1, 3),
        "rest": (60, 60),
        "days_a_week": (2, 3),
        "alternate_days": True,
        "effort": 5,
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why a wall",
            "prose": (
                "<p>Pushing keeps arms, chest and the front of the trunk able to catch "
                "you. The wall lets the wrists bend as little as they like.</p>"
            ),
        },
        {
            "place": "after",
            "kind": "tips",
            "heading": "Small things that keep you safe",
            "prose": (
                "<ul><li>A bare wall, without pictures, and shoes that grip.</li>"
                "<li>Sore wrists? Use your fists, or a rolled towel under the heel of "
                "each hand.</li>"
                "<li>If your tummy sags towards the wall, step closer.</li></ul>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Wall Press",
            "lead": "One long line from heel to crown, hinged at the toes.",
            "start_position": "standing",
            "breathing": "Breathe out as you press",
            "figures": ("wall-push-up-start", "wall-push-up-finish"),
            "areas": ["shoulders", "tummy"],
            "setup": (
                "Stand an arm’s length from a wall, feet as wide as your hips.\n"
                "Put both hands on it, a little wider and a little lower than your "
                "shoulders.\n"
                "Walk your feet back half a step."
            ),
            "action": (
                "Breathe in and bend your elbows until your nose is near the wall."
                "||Elbows point down and back, not straight out to the sides.\n"
                "Breathe out and press the wall away.\n"
                "At the end let your shoulder blades slide a little further round."
            ),
            "variations": [
                ("progression", "press-the-wall-away", "Counter Press"),
            ],
        },
        {
            "name": "Counter Press",
            "label": "Exercise 2, when the wall is easy",
            "lead": "The same, on something lower that cannot move.",
            "start_position": "supported",
            "breathing": "Breathe out as you press",
            "figures": ("counter-press-start", "counter-press-finish"),
            "equipment": ["counter"],
            "areas": ["shoulders", "tummy"],
            "setup_from": "Wall Press",
            "setup": "but use the edge of a kitchen counter instead of the wall.",
            "action": (
                "Breathe in and lower your breastbone towards the edge.||Only as far "
                "as you can come back without a wriggle.\n"
                "Breathe out and press the counter away."
            ),
            "dosage": {
                "repetitions": (5, 8),
                "sets": (1, 2),
                "rest": (60, 120),
                "days_a_week": (2, 3),
                "alternate_days": True,
            },
        },
    ],
    "related": ["two-rows-for-a-tired-upper-back", "a-long-neck-after-a-long-read"],
}

EFFORT = {
    "slug": "how-hard-should-it-feel",
    "kind": "article",
    "title": "How hard should it feel?",
    "question": "No pain, no gain?",
    "summary": "A scale from 0 to 10, and why I seldom ask for more than 5.",
    "intro": (
        "<p>No. Pain is information, and gain comes very well without it. Here is how "
        "I talk about effort in my practice.</p>"
    ),
    "topic": "good-to-know",
    "figure": "seated-march",
    "notices": ["heart"],
    "days_ago": 201,
    "minutes": 4,
    "reviewed_days_ago": 210,
    "sections": [
        {
            "place": "before",
            "kind": "other",
            "heading": "The scale",
            "prose": (
                "<ul>"
                "<li><strong>0</strong> is lying in a warm bath.</li>"
                "<li><strong>3</strong> is work you could do while telling a "
                "story.</li>"
                "<li><strong>5</strong> is work you notice. You still talk, in shorter "
                "sentences.</li><li><strong>7</strong> is “two more, not three”.</li>"
                "<li><strong>10</strong> is carrying a wardrobe up the stairs. I never "
                "ask for it.</li></ul>"
                "<p>When a guide says 5, it means your 5, today. After a bad night "
                "your 5 is smaller. That is not cheating; it is what the scale is "
                "for.</p>"
            ),
        },
        {
            "place": "before",
            "kind": "other",
            "heading": "Which ache is which",
            "prose": (
                "<p>A <strong>warm, dull ache</strong> in a muscle, a day or two "
                "later, both sides alike: fair. Wait until it has gone, then repeat "
                "the same, not more.</p>"
                "<p>A <strong>sharp pain in one spot</strong>, during the movement: "
                "stop. Try half the size. If half the size hurts as well, leave it out "
                "and ask.</p>"
                "<p><strong>Heaviness</strong> low in the pelvis, in the evening: you "
                "did too much standing or too much holding of the breath. Begin with "
                '<a href="/guides/breathe-first-lift-second/">breathe first, lift '
                "second</a>.</p>"
            ),
        },
        {
            "place": "before",
            "kind": "how-many",
            "heading": "When to do more",
            "prose": (
                "<p>When the last repetition looks like the first, twice in a row, on "
                "two different days. Then change one thing only: a repetition, a set, "
                "or a rung. Never two at once, or you will not know which one it "
                "was.</p>"
                '<p>The <a href="/guides/two-rows-for-a-tired-upper-back/">two '
                "rows</a> are a good place to practise this.</p>"
            ),
        },
        {
            "place": "before",
            "kind": "safety",
            "heading": "Who should not go by feeling",
            "prose": (
                "<p>If you take tablets that slow the heart, the scale still holds, "
                "but your pulse does not: go by talking. If you cannot feel part of "
                "your body well, after a stroke or with diabetes, have someone watch "
                "you the first few times.</p>"
            ),
        },
    ],
    "related": ["two-rows-for-a-tired-upper-back", "breathe-first-lift-second"],
}

SINK = {
    "slug": "a-small-squat-with-the-sink-for-company",
    "title": "A small squat with the sink for company",
    "question": "Is the bottom shelf further away than it used to be?",
    "summary": "Half a squat, both hands on the sink.",
    "suitability": "General; hold on",
    "level": "moderate",
    "minutes": 4,
    "topic": "legs-and-balance",
    "place": 3,
    "figure": "squat-supported",
    "notices": ["legs"],
    "promotion": "ebook",
    "days_ago": -6,
    "reviewed_days_ago": 3,
    "verdicts": [
        ("most-people", "yes", ""),
        ("prolapse", "change", "smaller, out as you rise"),
        ("new-hip-or-knee", "ask", "how far you may bend"),
    ],
    "dosage": {
        "repetitions": (6, 10),
        "tempo": "slowly down",
        "sets": (1, 2),
        "days_a_week": (2, 3),
        "alternate_days": True,
        "effort": 5,
    },
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why only half",
            "prose": (
                "<p>Half is what stairs, sofas and cars ask of you. The rest can wait "
                "until half is easy.</p>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Sink Squat",
            "lead": "Sit towards a stool that is not there.",
            "start_position": "supported",
            "breathing": "Breathe out as you rise",
            "figures": ("squat-supported-start", "squat-supported"),
            "equipment": ["counter"],
            "areas": ["knees", "hips"],
            "setup": (
                "Stand at the sink, both hands on its edge.\nFeet as wide as your hips."
            ),
            "action": (
                "Breathe in and sit back a little, knees over the second toe.||Only as "
                "far as your heels stay down and nothing pinches.\n"
                "Breathe out and stand up tall."
            ),
        },
    ],
    "related": ["out-of-the-chair-without-hands"],
}

HINGE = {
    "slug": "bend-like-a-door-on-its-hinge",
    "title": "Bend like a door on its hinge",
    "question": "How do you get the washing out of the machine?",
    "summary": "A draft: how to bend from the hips and leave the back long.",
    "suitability": "General",
    "level": "gentle",
    "minutes": 4,
    "topic": "back-and-hips",
    "figure": "hip-hinge",
    "notices": ["back"],
    "reviewed_days_ago": 100,
    "review_due_in_days": 10,
    "verdicts": [("most-people", "yes", ""), ("osteoporosis", "ask", "")],
    "sections": [
        {
            "place": "before",
            "kind": "why",
            "heading": "Why hips, not back",
            "prose": (
                "<p>To write: the washing machine story. Ask Ruth whether I may.</p>"
            ),
        },
    ],
    "exercises": [
        {
            "name": "Hip Hinge",
            "start_position": "standing",
            "breathing": "Breathe in as you bend",
            "figures": ("hip-hinge-start", "hip-hinge"),
            "areas": ["lower-back", "hips"],
            "setup": "Stand with your back to a wall, a foot’s length away.",
            "action": (
                "Unlock your knees and reach back for the wall with your seat.\n"
                "Let the chest come forward, the back long."
            ),
        },
    ],
}

SHRUG = {
    "slug": "shrug-it-off",
    "title": "Shrug it off",
    "summary": "Shoulders up, shoulders down, at the desk.",
    "suitability": "General",
    "level": "gentle",
    "minutes": 3,
    "topic": "neck-and-shoulders",
    "figure": "chin-tuck-start",
    "days_ago": 230,
    "reviewed_days_ago": 230,
    "retired": (
        120,
        "a-long-neck-after-a-long-read",
        "Most of you shrugged and went on leaning forward. The new one begins with the "
        "chin, and the shoulders follow.",
    ),
    "sections": [],
    "exercises": [
        {
            "name": "Shoulder Shrug",
            "start_position": "seated",
            "breathing": "Breathe out as you let go",
            "areas": ["neck", "shoulders"],
            "setup": "Sit tall on a firm chair.",
            "action": (
                "Lift both shoulders towards your ears.\n"
                "Wait one second, breathe out and let them drop."
            ),
        },
    ],
}

GUIDES = [
    SHRUG,
    EFFORT,
    WALL,
    BRIDGE,
    NECK,
    BREATH,
    KETTLE,
    CHAIR,
    SEATED_ROWS,
    BAND_ROWS,
    SINK,
    HINGE,
]
