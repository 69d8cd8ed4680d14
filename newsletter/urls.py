from django.urls import path

from newsletter import views, webhooks

app_name = "newsletter"
urlpatterns = [
    path("", views.subscribe, name="subscribe"),
    path("check-mail/", views.check_mail, name="check_mail"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("confirmed/", views.confirmed, name="confirmed"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("come-back/<str:token>/", views.come_back, name="come_back"),
    path("status/<str:token>/", views.status, name="status"),
    path("webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
    path("issues/", views.issues, name="issues"),
    path("issues/feed/", views.feed, name="feed"),
    path("issues/<slug:slug>/", views.issue, name="issue"),
]
