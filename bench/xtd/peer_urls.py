from django.contrib.sites.models import Site
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import include, path
from django_comments_xtd import get_form


def form(request):
    """The form below a page; what it is below does not matter."""
    fields = get_form()(Site.objects.get(pk=1)).as_p()
    token = get_token(request)
    return HttpResponse(
        f'{fields}<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    )


urlpatterns = [
    path("form/", form),
    path("comments/", include("django_comments_xtd.urls")),
]
