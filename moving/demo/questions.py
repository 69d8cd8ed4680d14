"""What readers ask below the guides, and what Ana answers.

``days_ago`` is when a thread was opened; a reply comes ``after`` so many days. Ana
answers on the Tuesday evening that follows. Whoever has no ``status`` was published.
``trap`` and ``seconds`` are what came along with it.
"""

BAND_ROWS = [
    {
        "name": "Marjorie K.",
        "email": "marjorie@example.org",
        "days_ago": 32,
        "body": (
            "I have a prolapse and standing exercises trouble me: by evening "
            "everything feels heavy. What now? Is there any point in doing these "
            "sitting down?"
        ),
        "answer": (
            "Every point. Your upper back does not know whether you are sitting. Take "
            "a firm chair, both feet flat, and start with the Seated Row in “Rows on a "
            "chair” for two weeks. Breathe out as you pull.\n"
            "\n"
            "If you feel lighter in the evening, keep the chair. It is not a lesser "
            "version. If the heaviness comes on days without any exercise too, let a "
            "physiotherapist for pelvic health have a look: she can measure what I can "
            "only guess."
        ),
        "replies": [
            {
                "name": "Marjorie K.",
                "after": 3,
                "body": (
                    "Chair it is. When may I try one set of the Low Row standing, or "
                    "is that greedy?"
                ),
                "answer": (
                    "Not greedy. After the two weeks: one set of eight, on a day when "
                    "you have not stood much, feet a little wider. Then wait for the "
                    "evening. If it is as light as the day before, you may have that "
                    "set twice a week."
                ),
                "replies": [
                    {
                        "name": "Marjorie K.",
                        "after": 1,
                        "body": "Thank you. The chair stays by the door, in case.",
                    },
                ],
            },
        ],
    },
    {
        "name": "Tom in Hull",
        "days_ago": 30,
        "body": (
            "Do I breathe out when pulling, or when I let go? I keep holding my breath."
        ),
        "answer": (
            "Out as you pull, in as you let go. If you lose it, count the pull aloud: "
            "nobody can talk and hold their breath."
        ),
        "replies": [
            {
                "name": "Tom in Hull",
                "after": 1,
                "body": "Counting aloud now. My wife asks who I am talking to.",
                "replies": [
                    {
                        "name": "Hanna",
                        "after": 2,
                        "body": "Mine asks too. I tell her it is the door.",
                    },
                ],
            },
        ],
    },
    {
        "name": "Inge",
        "days_ago": 26,
        "body": (
            "I have read four of your guides now and cannot decide. I am 71, I had a "
            "knee done in the spring and I sit a good deal. Which video suits me?"
        ),
        "answer": (
            "Begin with “Rows on a chair”: it leaves the knee in peace.\n"
            "\n"
            "For everything else read the lines “Is it for me?” at the top before you "
            "press play. You are looking for “new hip or knee”. Where it says ask "
            "first, ask the people who did the knee how far it may bend, and until "
            "when. With their number go to “Out of the chair without hands”, on two "
            "cushions."
        ),
    },
    {
        "name": "Pat",
        "email": "pat@example.com",
        "days_ago": 23,
        "body": (
            "Not about the rows, I’m afraid. I entered my address again because I have "
            "received nothing for three months. Have I been dropped?"
        ),
        "answer": (
            "Nobody is dropped here without being told. Enter your address in the box "
            "“One letter a month” once more. A mail comes and says how things stand: "
            "if we had to stop, since when and why. Most often the mailbox was full. "
            "Press the button, and letters come again.\n"
            "\n"
            "From then on the line “Where my letters went” at the end of each letter "
            "shows what became of the last six. If no mail comes at all, look among "
            "the unwanted ones. Please don’t write your address here."
        ),
    },
    {
        "name": "Gudrun",
        "days_ago": 19,
        "body": (
            "All my doors open away from me and I trust none of them. Will the post of "
            "the banister do?"
        ),
        "answer": (
            "If it does not move when you lean your whole weight away from it, yes. "
            "Not a radiator, not a door handle, and nothing on wheels. If nothing in "
            "the house is that firm, do the Row without a Band. It needs no house at "
            "all."
        ),
    },
    {
        "name": "Dev",
        "days_ago": 16,
        "body": "Which colour of band? The shop had five, and every maker has his own.",
        "answer": (
            "That is why I name none. Take the lightest with which the twelfth row "
            "feels like a 5 of 10. If you are between two, take the lighter one: you "
            "can always stand a step further from the door."
        ),
        "replies": [
            {
                "name": "Olu",
                "after": 2,
                "body": (
                    "I bought the strongest first. It now keeps the garden gate shut."
                ),
            },
        ],
    },
    {
        "name": "Fridge door",
        "days_ago": 12,
        "body": "Printed, and up beside the bin calendar. The large numbers help.",
    },
    # What waits at the desk
    {
        "name": "Sunita",
        "email": "sunita@example.org",
        "days_ago": 9,
        "status": "pending",
        "body": (
            "I swim on Mondays and Thursdays. May I do the rows on the same days, or "
            "is that two days of rowing in a row?"
        ),
    },
    {
        "name": "Jo",
        "days_ago": 0.3,
        "status": "pending",
        "body": (
            "Is this the same as the face pull? My son sent me three pages and they "
            "all differ: https://example.com/pull https://example.org/face-pull "
            "https://example.net/rows"
        ),
    },
    {
        "name": "best.bands.4u",
        "days_ago": 6,
        "status": "spam",
        "trap": "https://bands.example/",
        "seconds": 1,
        "body": "Great post! Cheap bands with free shipping at https://bands.example/",
    },
]

SEATED_ROWS = [
    {
        "name": "Wim",
        "days_ago": 41,
        "body": "My chair has arms and my elbows bump into them. Does it matter?",
        "answer": (
            "It does. Elbows that meet wood learn to go out to the side, and that is "
            "another exercise. Sit further forward than the arms reach, or borrow a "
            "chair from the kitchen."
        ),
    },
    {
        "name": "Moira",
        "email": "moira@example.org",
        "days_ago": 0.1,
        "status": "pending",
        "body": (
            "I had my womb removed four weeks ago and did the seated row yesterday, "
            "very gently. Since this morning there is some bleeding again. Should I "
            "leave it for a few days or carry on?"
        ),
    },
]

CHAIR = [
    {
        "name": "Norman",
        "days_ago": 54,
        "body": (
            "I manage it from the dining chair but not from the sofa. Am I cheating?"
        ),
        "answer": (
            "No. The sofa is lower and softer, and that is two rungs at once. Put a "
            "firm cushion on the sofa and you have the rung between."
        ),
        "replies": [
            {
                "name": "Norman",
                "after": 9,
                "body": "Two cushions. The dog is not pleased, but I am up.",
            },
        ],
    },
    {
        "name": "Lotte",
        "days_ago": 49,
        "body": "I had a new hip in the spring. How low is too low?",
        "answer": (
            "That question has an exact answer, and your surgeon has it. Ask how far "
            "the hip may bend, and until when. Until you know, take a chair on which "
            "your knees are lower than your hips."
        ),
    },
    {
        "name": "Beryl, 83",
        "days_ago": 2,
        "status": "pending",
        "seconds": 2,
        "body": (
            "May my grandson stand behind me the first times? He is twelve and strong."
        ),
    },
    {
        "name": "Harry",
        "days_ago": 34,
        "status": "rejected",
        "reason": "Names another practice.",
        "body": (
            "My last physio told me the opposite, she is hopeless, ask anyone. I can "
            "give you her name."
        ),
    },
]

KETTLE = [
    {
        "name": "Ruth",
        "days_ago": 68,
        "body": "I cannot do it without both hands on the counter. Is that bad?",
        "answer": (
            "It is what the counter is for. Press a little less with your hands each "
            "week; you may do that for a year. Letting go is not the aim. Catching "
            "yourself is, and that needs the ankle, not an empty hand."
        ),
    },
    {
        "name": "Leonard",
        "days_ago": 4,
        "status": "pending",
        "body": (
            "I get a cramp in the arch of the foot at about the eighth. Fewer, or "
            "stretch first?"
        ),
    },
]

BREATH = [
    {
        "name": "C.",
        "days_ago": 88,
        "body": (
            "Four months after my daughter’s birth I feel nothing when I draw up. Am I "
            "doing it wrong, or is there nothing there?"
        ),
        "answer": (
            "There is something there. Feeling comes later than the muscle does. Do it "
            "with a third of your strength and put all your attention on letting go: "
            "that is the half most people feel first.\n"
            "\n"
            "Give it three weeks. If it stays silent, or if you leak, have it looked "
            "at. That is not a failure of yours; it is simply easier with a hand that "
            "can check."
        ),
        "replies": [
            {
                "name": "K. from the coast",
                "after": 10,
                "body": (
                    "The letting go was it for me as well. Does the jaw really matter?"
                ),
                "answer": (
                    "Try it: clench your teeth, then draw up. Now let the jaw hang and "
                    "do it again. You will not need me for the answer."
                ),
            },
        ],
    },
    {
        "name": "Anneke",
        "days_ago": 3,
        "status": "pending",
        "body": (
            "Your breathing cured my back in a week after two doctors had given up. "
            "Everybody should do this instead of tablets."
        ),
    },
]

NECK = [
    {
        "name": "Felix",
        "days_ago": 109,
        "body": (
            "I read with bifocals and tip my head back all evening. Does that undo it?"
        ),
        "answer": (
            "It argues with it. Ask your optician for a pair for reading only. The "
            "chin will then find its own way home, and I shall be out of work."
        ),
    },
]

BRIDGE = [
    {
        "name": "Ahmed",
        "days_ago": 120,
        "body": "Is a firm bed good enough? Once I am down on the floor, I stay there.",
        "answer": (
            "Yes, as long as your seat does not sink in. And practise getting up from "
            "the floor one day with somebody beside you: roll over, hands and knees, "
            "one foot, then the sofa. It is worth knowing that you can."
        ),
    },
]

EFFORT = [
    {
        "name": "Greta",
        "days_ago": 150,
        "body": "What is a 5 on a day when everything feels like an 8?",
        "answer": (
            "Smaller. On such a day five rows without a band may be your 5, and they "
            "count. What keeps us going is that we did it, not how much it was."
        ),
    },
]

# By the address of the guide.
QUESTIONS = {
    "two-rows-for-a-tired-upper-back": BAND_ROWS,
    "rows-on-a-chair": SEATED_ROWS,
    "out-of-the-chair-without-hands": CHAIR,
    "heels-up-at-the-kitchen-counter": KETTLE,
    "breathe-first-lift-second": BREATH,
    "a-long-neck-after-a-long-read": NECK,
    "a-bridge-for-a-tired-back": BRIDGE,
    "how-hard-should-it-feel": EFFORT,
}
