from django.urls import path

from comments import views

app_name = "comments"
urlpatterns = [
    path("questions/", views.questions, name="questions"),
    path("questions/feed/", views.questions_feed, name="questions_feed"),
    path("guides/<slug:slug>/comments/feed/", views.feed, name="feed"),
    path("comments/new/", views.new, name="new"),
    path("comments/taken-back/", views.taken_back, name="taken_back"),
    path("comments/<int:pk>/", views.place, name="place"),
    path("comments/<slug:secret>/", views.receipt, name="receipt"),
    path("comments/<slug:secret>/take-back/", views.take_back, name="take_back"),
]
