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
    met = [
        (flag, words)
        for (flag, _phrases), words in zip(known.flags, known.flag_words, strict=True)
        if words
    ]
    if not met:
        return None
    words = dict.fromkeys(word for _flag, words in met for word in words)
    return found("red_flag", words, flags=[flag for flag, _words in met])


def breaks_a_rule(comment, known):
    return found("own_words", known.own_words) if known.own_words else None


def praises_a_cure(comment, known):
    return found("testimonial", known.praise) if known.praise else None


def looks_like_spam(comment, known):
    score, words = known.verdict
    if score is not None and score >= bayes.LIKELY:
        return found("spam", words)
    return None
