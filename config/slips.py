"""How far one word is from another, where somebody may have mistyped it."""


def between(one, other):
    """Return how many slips lead from one word to the other.

    A slip is a letter too many, one missing, a wrong one, or two in the wrong order.
    """
    before, last, row = [], [], list(range(len(other) + 1))
    for i, letter in enumerate(one):
        before, last, row = last, row, [i + 1]
        for j, its in enumerate(other):
            least = min(last[j] + (letter != its), last[j + 1] + 1, row[j] + 1)
            if i and j and letter == other[j - 1] and its == one[i - 1]:
                least = min(least, before[j - 1] + 1)
            row.append(least)
    return row[-1]
