"""The ids of rows, as addresses and forms bring them."""


def is_id(text):
    """Say whether a text can be the id of a row: no database knows one so large."""
    return text.isascii() and text.isdecimal() and len(text) < 19
