"""What word processors and people put before the items of a list: dots and numbers."""

import re

DOTS = "•‣◦▪·●○"
# "1.5 m" and "2020 was" begin no item, nor does "-5 degrees".
BULLET = re.compile(
    rf"(?:[{DOTS}]\s*|[-–—+*]\s+|o\t\s*|o\s{{2,}}|"
    r"\(?(?P<number>\d{1,2})[.)]{1,2}(?=\s|[^\W\d])\s*|(?P<letter>[a-h])[.)]\s+)"
)
