"""The demonstration: a small practice's site, written for this project.

The people in it are invented. ``fill`` puts the words of the other modules into the
tables; a health professional should read the guides before anybody exercises by them.
"""
