"""What happens where a form comes without its token: a view may answer that itself."""

from django.views.csrf import csrf_failure


def answers_failure(view):
    """Mark a view that is called all the same, with ``request.csrf_failed`` set.

    It must store nothing then; it can show what was typed once more.
    """
    view.answers_csrf_failure = True
    return view


def failed(request, reason=""):
    request.csrf_failed = True
    match = request.resolver_match
    if request.method == "POST" and hasattr(match.func, "answers_csrf_failure"):
        return match.func(request, *match.args, **match.kwargs)
    return csrf_failure(request, reason=reason)
