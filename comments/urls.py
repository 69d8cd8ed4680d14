from django.urls import path

from comments import mailed, views

app_name = "comments"
urlpatterns = [
    path("questions/", views.questions, name="questions"),
    path("questions/feed/", views.questions_feed, name="questions_feed"),
    path("guides/<slug:slug>/comments/feed/", views.feed, name="feed"),
    path("comments/new/", views.new, name="new"),
    path("comments/taken-back/", views.taken_back, name="taken_back"),
    path("comments/desk/done/", mailed.mailed_done, name="mailed_done"),
    path("comments/desk/<str:token>/", mailed.mailed, name="mailed"),
    path("comments/<int:pk>/", views.place, name="place"),
    path("comments/confirm/<str:token>/", views.confirm, name="confirm"),
    path("comments/mails/<slug:token>/", views.mails, name="mails"),
    path("comments/<slug:secret>/", views.receipt, name="receipt"),
    path("comments/<slug:secret>/take-back/", views.take_back, name="take_back"),
    path("comments/<slug:secret>/change/", views.change, name="change"),
    path("comments/<slug:secret>/show-less/", views.show_less, name="show_less"),
    path("comments/<slug:secret>/copy/", views.copy, name="copy"),
]
