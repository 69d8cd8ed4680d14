"""Where Django's own say 2:30 p.m.; whatever is not here stays theirs."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
