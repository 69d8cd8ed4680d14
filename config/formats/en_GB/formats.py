"""Where Django's own say 2:30 p.m., or 3/4 for a day; the rest stays theirs."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"

# The first is what a form shows; it is as our words ask for it, and no other country
# reads another day in it. The others are understood as well.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"]
