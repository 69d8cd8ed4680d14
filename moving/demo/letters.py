"""The monthly letter: who takes it, and what went out."""

# In every state there is; numbers are days ago.
READERS = [
    {"email": "marjorie@example.org", "asked": 400},
    {"email": "tom.hull@example.com", "asked": 390},
    {"email": "inge@example.org", "asked": 310},
    {"email": "norman.b@example.com", "asked": 260},
    {"email": "lotte@example.org", "asked": 230},
    {"email": "ruth@example.com", "asked": 190},
    {"email": "beryl83@example.org", "asked": 120},
    {"email": "gudrun@example.com", "asked": 44},
    {"email": "dev@example.org", "asked": 15},
    # paused while away
    {"email": "olu@example.com", "asked": 180, "paused": 30, "paused_until": -40},
    # left; one of them while a letter was on its way
    {"email": "felix@example.org", "asked": 350, "left": 100},
    {"email": "greta@example.com", "asked": 300, "left": 28},
    # letters to it stopped
    {
        "email": "pat@example.com",
        "asked": 280,
        "suppressed": 25,
        "suppressed_for": "the mailbox is full (452 4.2.2)",
    },
    {
        "email": "wim.old@example.org",
        "asked": 420,
        "suppressed": 55,
        "suppressed_for": "this address does not exist (550 5.1.1)",
    },
    # asked and never pressed the button in the mail
    {"email": "anneke@example.com", "asked": 3, "is_confirmed": False},
    {"email": "fridge.door@example.org", "asked": 1, "is_confirmed": False},
]

# state, reason, how often it was tried again
FULL = ("failed", "the mailbox is full (452 4.2.2)", 4)
GONE = ("failed", "this address does not exist (550 5.1.1)", 0)
LEFT = ("skipped", "left before it was sent", 0)

# Oldest first; the last is still being written.
LETTERS = [
    {
        "subject": "The hardest exercise in the house is the sofa",
        "slug": "the-sofa",
        "preheader": "Getting up, from a kitchen chair first.",
        "intro": (
            "<p>Dear reader,</p>"
            "<p>My mother is 81 and her sofa is winning. It is deep, soft and two "
            "hands lower than it should be. So this month we practise getting up: from "
            "a kitchen chair first, and from lower things as the weeks go by.</p>"
            "<p>Ankles come along, because whoever gets up wants to go somewhere.</p>"
            "<p>Until next month,<br>Ana</p>"
        ),
        "closing": (
            "<blockquote><p><em>“I manage it from the dining chair but not from the "
            "sofa. Am I cheating?”</em></p>"
            "<p>No, Norman. The sofa is lower, and that is two rungs. Put a firm "
            "cushion in it and you have the rung between.</p></blockquote>"
        ),
        "guides": [
            "out-of-the-chair-without-hands",
            "heels-up-at-the-kitchen-counter",
        ],
        "sent": 58,
        "fates": {"pat@example.com": FULL, "wim.old@example.org": GONE},
    },
    {
        "subject": "One door, one band, ten minutes",
        "slug": "one-door-one-band",
        "preheader": "Two rows for shoulders that live round the ears.",
        "intro": (
            "<p>Dear reader,</p>"
            "<p>Somebody asked me last month what I would keep if I had to throw all "
            "my equipment away but one piece. The band. It costs little, goes in a "
            "coat pocket, and when something feels wrong the pull is gone in a "
            "second.</p>"
            "<p>You will need a door that shuts. If you would rather sit, start with "
            "the second guide; it is not the lesser one.</p>"
            "<p>Until next month,<br>Ana</p>"
        ),
        "closing": (
            "<blockquote><p><em>“Which colour of band? The shop had five.”</em></p>"
            "<p>The lightest with which the twelfth row feels like a 5 of 10, Dev. "
            "Between two, the lighter one.</p></blockquote>"
        ),
        "guides": [
            "two-rows-for-a-tired-upper-back",
            "rows-on-a-chair",
            "a-long-neck-after-a-long-read",
        ],
        "sent": 28,
        "fates": {"pat@example.com": FULL, "greta@example.com": LEFT},
    },
    {
        "subject": "Who is holding their breath?",
        "slug": "who-is-holding-their-breath",
        "preheader": "Out with the effort. That is the whole trick.",
        "intro": (
            "<p>Dear reader,</p>"
            "<p>Tom asked below the rows whether to breathe out when pulling or when "
            "letting go. He keeps holding his breath. So do I, whenever I thread a "
            "needle.</p>"
            "<p>This month, then, no muscles at all to begin with. Only air.</p>"
        ),
        "closing": "",
        "guides": ["breathe-first-lift-second", "how-hard-should-it-feel"],
        "question": "May I use my hands?",
        "promotion": "Ten Minutes by the Kettle",
    },
]
