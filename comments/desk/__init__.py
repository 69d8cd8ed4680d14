"""The author's side: what waits lies in trays, and one press of a button decides it.

What she sees is in ``tabs`` and, of each comment, in ``cards`` with its ``buttons``;
what she does in ``deciding`` for one and ``many`` for more, as far as nothing changed
since it was ``seen``. Pages of their own strike words out (``redacting``) and show what
is kept ``of_thread`` and ``of_reader``; each of the ``links`` does one act from a mail.
"""
