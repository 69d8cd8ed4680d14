from django.urls import path

from newsletter import status, views, webhooks

app_name = "newsletter"
urlpatterns = [
    path("", views.subscribe, name="subscribe"),
    path("check-mail/", views.check_mail, name="check_mail"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("confirmed/", views.confirmed, name="confirmed"),
    path("unsubscribe/<str:token>/", status.unsubscribe, name="unsubscribe"),
    path("come-back/<str:token>/", status.come_back, name="come_back"),
    path("status/<str:token>/", status.status, name="status"),
    path("pause/<str:token>/", status.pause, name="pause"),
    path("fresh-link/", status.fresh_link, name="fresh_link"),
    path("fresh-link/<str:token>/", status.link_by_letter, name="link_by_letter"),
    path("link-sent/", status.link_sent, name="link_sent"),
    path("confirm-again/<str:token>/", status.confirm_again, name="confirm_again"),
    path("change-address/<str:token>/", status.change_address, name="change_address"),
    path("address-asked/", status.address_asked, name="address_asked"),
    path("move/<str:token>/", status.move, name="move"),
    path("copy/<str:token>/", status.copy, name="copy"),
    path("erase/<str:token>/", status.erase, name="erase"),
    path("erased/", status.erased, name="erased"),
    path("webhooks/<slug:provider>/", webhooks.webhook, name="webhook"),
    path("issues/", views.issues, name="issues"),
    path("issues/feed/", views.feed, name="feed"),
    path("issues/<slug:slug>/", views.issue, name="issue"),
]
