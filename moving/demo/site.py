"""What all pages share: author, topics, body, notices, books, plain pages."""

SETTINGS = {
    "name": "Upright",
    "headline": "Stand taller, one small exercise at a time.",
    "tagline": (
        "Clear guides with video, made by a physiotherapist for bodies that have been "
        "through a few things."
    ),
    "zone": "Europe/London",
    "contact_email": "ana@example.org",
    "postal_address": "Reyes Physiotherapy, 4 Mill Lane, Newtown",
    "disclaimer": (
        "General information by a physiotherapist. It cannot see you, so it cannot "
        "replace someone who can. A demonstration: the people here are invented."
    ),
}
COMMENTS = {
    "invitation": (
        "Ana reads every one and answers on Tuesdays. No account; a nickname will do."
    ),
    "usual_time": "Tuesday evening",
}
LETTER = {
    "sender_name": "Ana Reyes",
    "sender_address": "letter@example.org",
    "welcome": (
        "<p>Good that you are here. Once a month I write to you: the new guides, and "
        "one question from a reader, answered properly.</p>"
        "<p>Until the first one comes, begin with something small:</p>"
        '<ul><li><p><a href="/guides/?level=gentle">The gentle guides</a></p></li>'
        '<li><p><a href="/questions/">What others asked me</a></p></li></ul>'
        "<p>If something hurts, stop, and ask someone who can see you.</p>"
        "<p>Ana Reyes</p>"
    ),
}

AUTHOR = {
    "name": "Dr. Ana Reyes",
    "title": "Physiotherapist",
    "credentials": "Physiotherapist for pelvic health, 22 years in practice",
    "registration": "State board, PT 40771",
    "photo": {"name": "portrait.png", "alt": "A drawn portrait of Ana Reyes."},
    "bio": (
        "<p>I have worked with backs, bones and pelvic floors for 22 years, most of "
        "them in a small practice above a bakery. The people I see are rarely "
        "athletes. They have had children, operations, a fall, a desk. They want to "
        "lift the shopping and think about something else while they do it.</p>"
        "<p>These guides began as the sheets of paper I drew at the end of a session. "
        "Each one says first whom it suits, then how, then how many. Where I am not "
        "sure, I say so. Where you should ask somebody who can examine you, I say that "
        "too.</p>"
        "<h3>How a guide is made</h3>"
        "<ul>"
        "<li>I teach the exercise for a season before I write it down.</li>"
        "<li>Somebody who has never done it tries it from the page alone.</li>"
        "<li>I read it again every two years, and the page says when that is "
        "due.</li></ul>"
        "<h3>What I cannot do here</h3>"
        "<p>I cannot examine you, and I do not diagnose in the comments. I read every "
        "question and answer on Tuesday evenings. If something cannot wait until "
        "Tuesday, please don’t wait for me.</p>"
    ),
}

# title, slug, introduction
TOPICS = [
    (
        "Upper back",
        "upper-back",
        "<p>For shoulders that end the day round the ears. Start on the chair if you "
        "are not sure; the rungs lead up from there.</p>",
    ),
    (
        "Pelvic floor",
        "pelvic-floor",
        "<p>Breath first, effort second. Nothing here asks you to push down.</p>",
    ),
    (
        "Legs and balance",
        "legs-and-balance",
        "<p>Getting up, staying up, and the ankles that do most of it. Always with "
        "something firm within reach.</p>"
        "<p>The parts build on each other: begin with the heels, and go on when they "
        "feel steady.</p>",
    ),
    (
        "Neck and shoulders",
        "neck-and-shoulders",
        "<p>Small movements, seldom tiring. They work because you do them often.</p>",
    ),
    (
        "Back and hips",
        "back-and-hips",
        "<p>For backs that grumble. Not for backs that shout: those want to be "
        "looked at first.</p>",
    ),
    (
        "Good to know",
        "good-to-know",
        "<p>What holds for every guide, written once.</p>",
    ),
]

# topics whose guides are parts to do one after the other
SERIES = {"legs-and-balance"}

# the place on the plate, which is the address too, and the name
AREAS = [
    ("neck", "Neck"),
    ("upper-back", "Upper back"),
    ("tummy", "Tummy"),
    ("pelvic-floor", "Pelvic floor"),
    ("ankles-and-feet", "Ankles and feet"),
    ("shoulders", "Shoulders"),
    ("lower-back", "Lower back"),
    ("hips", "Hips"),
    ("knees", "Knees"),
    ("balance", "Balance"),
]

# address, name, household substitute, whether every home has it
EQUIPMENT = [
    ("band", "band", "an old pair of tights", False),
    ("chair", "firm chair", "the edge of a firm bed", True),
    ("cushion", "cushion", "a folded blanket", True),
    ("mat", "mat", "a rug on a carpet", True),
    ("counter", "kitchen counter", "a heavy table", True),
]

# address, name as in a sentence
AUDIENCES = [
    ("most-people", "most people"),
    ("pregnant", "pregnant"),
    ("after-birth", "after birth"),
    ("prolapse", "prolapse"),
    ("after-surgery", "after surgery"),
    ("osteoporosis", "osteoporosis"),
    ("new-hip-or-knee", "new hip or knee"),
    ("shoulder-injury", "shoulder injury"),
]

# Guides name these by their key.
NOTICES = {
    "load": {
        "level": "stop",
        "title": "Stop if you notice",
        "prose": (
            "<ul><li>heaviness or a bulge in the vagina</li><li>leaking of urine</li>"
            "<li>pain that grows with each repetition</li><li>dizziness</li></ul>"
            "<p>Rest until it has gone, then go down one rung. If it comes back, see "
            "your physiotherapist.</p>"
        ),
        "emergency": (
            "Chest pain, or breath that does not come back: call your emergency "
            "number now."
        ),
    },
    "legs": {
        "level": "stop",
        "title": "Stop and sit down if you notice",
        "prose": (
            "<ul>"
            "<li>the room turning, or black before your eyes</li>"
            "<li>a knee or hip that gives way</li>"
            "<li>pain that grows with each repetition</li></ul>"
            "<p>A calf that is hot, swollen and sore in one leg is not a strain to "
            "work off. Have it looked at today.</p>"
        ),
        "emergency": (
            "Chest pain, or breath that does not come back: call your emergency "
            "number now."
        ),
    },
    "back": {
        "level": "urgent",
        "title": "A back that needs someone today",
        "prose": (
            "<ul><li>numbness between your legs or around the seat</li>"
            "<li>trouble passing urine, or no longer feeling that you do</li>"
            "<li>weakness in one or both legs that is new</li>"
            "<li>pain after a fall, or with a fever</li></ul>"
            "<p>These are rare, and no exercise is the answer to them.</p>"
        ),
        "emergency": (
            "Numb between the legs, or bladder or bowel suddenly changed: go to the "
            "emergency department now."
        ),
    },
    "neck": {
        "level": "stop",
        "title": "Stop, and rest your neck, if you notice",
        "prose": (
            "<ul>"
            "<li>dizziness, or double vision</li>"
            "<li>tingling or weakness in an arm</li>"
            "<li>a headache that begins with the movement</li></ul>"
            "<p>Let the neck rest for a day. If it happens again, ask your doctor "
            "before you go on.</p>"
        ),
        "emergency": (
            "Trouble speaking, a drooping face or a sudden terrible headache: call "
            "your emergency number now."
        ),
    },
    "ask": {
        "level": "ask",
        "title": "Ask first if it is recent",
        "prose": (
            "<p>An operation, a birth or a broken bone in the last three months, or "
            "advice to spare your heart: ask your surgeon, midwife or physiotherapist "
            "before you start.</p>"
        ),
    },
    "heart": {
        "level": "emergency",
        "title": "Not effort, but an emergency",
        "prose": (
            "<ul><li>pressure or pain in the chest, an arm or the jaw</li>"
            "<li>breath that does not come back at rest</li>"
            "<li>a face that droops, an arm that will not lift</li></ul>"
        ),
        "emergency": "Call your emergency number now, and do not go on by yourself.",
    },
    "breath": {
        "level": "note",
        "title": "Never hold your breath",
        "prose": (
            "<p>A held breath presses down on the pelvic floor and up on the blood "
            "pressure. If you can only do it by holding your breath, do less.</p>"
        ),
    },
}

# Guides name these by their key.
PROMOTIONS = {
    "book": {
        "kind": "book",
        "title": "Strong on Both Feet",
        "cover": {
            "name": "cover-book.png",
            "alt": "The book Strong on Both Feet by Ana Reyes.",
        },
        "bullets": (
            "a first week you can do from a chair\n"
            "thirty exercises, each with a gentler twin\n"
            "how to add load without adding pressure"
        ),
        "link": "/books/",
        "link_text": "Look inside the book",
    },
    "ebook": {
        "kind": "ebook",
        "title": "Ten Minutes by the Kettle",
        "cover": {
            "name": "cover-ebook.png",
            "alt": "The e-book Ten Minutes by the Kettle by Ana Reyes.",
        },
        "bullets": (
            "seven exercises that need only a kitchen\n"
            "large print, one page each, made for printing\n"
            "a plan for weeks when nothing goes to plan"
        ),
        "link": "/books/",
        "link_text": "See a page of it",
    },
    "course": {
        "kind": "course",
        "title": "The Quiet Pelvic Floor",
        "cover": {
            "name": "cover-course.png",
            "alt": "The course The Quiet Pelvic Floor by Ana Reyes.",
        },
        "bullets": (
            "six short evenings, at your own pace\n"
            "how to find the muscles without straining\n"
            "coughing, lifting and laughing again"
        ),
        "link": "/books/",
        "link_text": "What the six evenings hold",
    },
}

# slug, title, text
PAGES = [
    (
        "privacy",
        "Privacy in plain words",
        "<p>You can read every guide here without telling us anything. The pages set "
        "no cookie, count nobody and load nothing from other companies. A video stays "
        "where it is until you press play. What you tick under “Hide what is not for "
        "me” is kept on your device and sent nowhere.</p>"
        "<h3>When you ask a question</h3>"
        "<p>We keep the name you give, your text and, if you gave one, your e-mail "
        "address. The name and the text are published once Ana has read them. The "
        "address never is. A nickname will do, and you need no address at all. The "
        "form sets one cookie, so that no other site can send in your name.</p>"
        "<p>What you tell us about your body is yours. Please leave out your surname, "
        "your hospital and your doctor’s name. After sending you are given a private "
        "page: keep its address, and there you can change your question for a quarter "
        "of an hour, see all we keep of it, and take it back for ever.</p>"
        "<p>To an address you give we mail the way to that page. If you say yes in it, "
        "we also write when your question is published or answered, until you stop "
        "that. We forget the address with the last question that bears it.</p>"
        "<h3>When you take the letter</h3>"
        "<p>We keep your address, the day you asked for the letter and whether each "
        "letter was accepted by your mail provider. We do not know whether you opened "
        "it: it holds no counting pictures and no counted links. You leave with one "
        "click: the link stands at the end of every letter, next to one that shows "
        "what became of your last six.</p>"
        "<h3>What the server sees</h3>"
        "<p>To keep floods of spam out we count requests from an internet address for "
        "a short while. The count is thrown away, and so is the address.</p>"
        "<h3>What you may ask of us</h3>"
        "<p>A copy of what we keep of you, a correction, or that we erase it. Our <a "
        'href="/contact/">contact page</a> says how.</p>',
    ),
    (
        "contact",
        "Contact",
        "<p>The best place for a question about an exercise is below its guide: others "
        "read the answer too. Ana answers on Tuesday evenings.</p>"
        "<p>For everything else write to "
        '<a href="mailto:practice@example.org">practice@example.org</a>, or by post to '
        "Reyes Physiotherapy, 4 Mill Lane, Newtown.</p>"
        "<h3>Please don’t write to us if it is urgent</h3>"
        "<p>Bleeding, chest pain, a leg that will not hold you, trouble passing urine: "
        "call your doctor, or your emergency number. We may not read your message for "
        "days.</p>"
        "<h3>Who answers for this site</h3>"
        '<p>See the <a href="/imprint/">imprint</a>. What we keep of you is said '
        '<a href="/privacy/">in plain words</a>.</p>',
    ),
    (
        "imprint",
        "Imprint",
        "<p>Reyes Physiotherapy, 4 Mill Lane, Newtown.<br>Responsible for what is "
        "written here: Dr. Ana Reyes, physiotherapist, State board, PT 40771.</p>"
        "<h3>This is a demonstration</h3>"
        "<p>Ana Reyes, her practice, her books and everybody who asks a question here "
        "are invented. The texts and drawings were made for the software that runs "
        "this site. They have been written with care, but a health professional has "
        "not yet put a name to them: do not exercise by them without asking yours.</p>",
    ),
    (
        "accessibility",
        "Accessibility",
        "<p>These pages are meant for tired eyes, large print, keyboards, voices and "
        "old telephones. Text is never smaller than 16 pixels, nothing moves "
        "by itself, and every page works without scripts.</p>"
        "<ul><li>The drawings of each exercise are described in words.</li>"
        "<li>Our own videos have captions, and the steps say everything the video "
        "shows.</li>"
        "<li>Every guide prints on paper, in black.</li></ul>"
        "<p>If something stands in your way, please tell us: "
        'the <a href="/contact/">contact page</a> says how. It is the kind of '
        "letter we answer first.</p>",
    ),
    (
        "books",
        "Books and a course",
        "<p>Ana’s own. This page is the advertisement that the guides point to; the "
        "guides themselves are complete without it.</p>"
        "<h3>Strong on Both Feet</h3>"
        "<p>A book of thirty exercises for backs, hips and pelvic floors. Each stands "
        "on two facing pages with a gentler twin beside it. It begins with a week you "
        "can do from a chair, and ends with carrying a full suitcase upstairs.</p>"
        "<h3>Ten Minutes by the Kettle</h3>"
        "<p>A small e-book for the kitchen. Seven exercises, one page each, in large "
        "print. It is made to be printed and to get wet.</p>"
        "<h3>The Quiet Pelvic Floor</h3>"
        "<p>Six short evenings to follow at home. You learn to find the muscles, to "
        "let them go, and to use them when you cough, lift and laugh. It needs no "
        "equipment and no group.</p>"
        '<p>None of the three can be bought: they belong to <a href="/imprint/">a '
        "demonstration</a>.</p>",
    ),
]
