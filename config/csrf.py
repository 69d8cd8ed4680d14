"""What happens where a form comes without its token: a view may answer that itself."""

from django.views.csrf import csrf_failure

from config import signin


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
    if signin.is_form_of_admin(request) and _is_from_here(request):
        return signin.send_again(request)
    return csrf_failure(request, reason=reason)


def _is_from_here(request):
    """Say whether a page of ours sent it: its token is but older than the sign-in."""
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Origin") == here
