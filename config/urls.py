from django.contrib import admin
from django.urls import include, path, re_path

from config import health, mailbox, media, signin

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/login/", signin.login),
    path("admin/mails/", include((mailbox.urlpatterns, "mailbox"))),
    path("admin/files/", include("moving.urls")),
    path("admin/", admin.site.urls),
    path("", include("comments.urls")),
    path("newsletter/", include("newsletter.urls")),
    re_path(r"^media/(?P<path>.+)$", media.serve, name="media"),
    path("", include("guide.urls")),
]
handler400 = "config.broken.bad_request"
handler404 = "guide.views.not_found"
handler500 = "config.broken.server_error"
