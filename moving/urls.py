from django.urls import path

from moving import views

app_name = "moving"
urlpatterns = [
    path("guide/<int:guide_id>/", views.download, name="download"),
    path("read-in/", views.read_in, name="read_in"),
]
