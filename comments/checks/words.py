"""What is said: red flags, the author's own words, praise of a cure, spam."""

from comments import bayes
from comments.checks.sending import found

TESTIMONIALS = """
cured/healed/fixed my/me/his/her
cured/healed … by your/you/this/these
you/exercise/exercises/video/videos/guide … cured/healed/fixed/saved
program/programme/method … cured/healed/fixed/saved
changed/saved my life
thanks to you/your … no/without/free/gone/better/again/cured/healed
pain free/painfree … since/after/thanks/now
pain/pains/ache/problem/problems … gone … thanks/since/after
pain/pains/ache … disappeared/vanished/gone
better than … physio/physiotherapist/doctor/surgeon/surgery/operation/pills
no longer need … surgery/operation/pills/painkillers/medication
miracle/miraculous
""".strip()


def raises_a_flag(comment, known):
    """Find the flags that were met, the most urgent first.

    One whose words all lie over those of more urgent ones says nothing: "go now" and
    "in the next days" are not said of the same words.
    """
    met, spans, most = [], {}, {}  # of each word, the most urgent that met it
    for flag, urgency, its_spans in known.flags:
        if all(
            any(most.get(place, urgency) < urgency for place in range(*span))
            for span in its_spans
        ):
            continue  # also where it was not met at all
        met.append(flag)
        for span in its_spans:
            spans[span] = None
            for place in range(*span):
                most.setdefault(place, urgency)
    return found("red_flag", known.text.typed(spans), flags=met) if met else None


def breaks_a_rule(comment, known):
    return found("own_words", known.own_words) if known.own_words else None


def praises_a_cure(comment, known):
    return found("testimonial", known.praise) if known.praise else None


def looks_like_spam(comment, known):
    score, words = known.verdict
    if score is not None and score >= bayes.LIKELY:
        return found("spam", words)
    return None
