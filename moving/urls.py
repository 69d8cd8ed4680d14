from django.urls import path

from moving import readers, views

app_name = "moving"
urlpatterns = [
    path("guide/<int:guide_id>/", views.download, name="download"),
    path("read-in/", views.read_in, name="read_in"),
    path("readers/in/", readers.readers_in, name="readers_in"),
    path("readers/in/<int:list_id>/", readers.readers_list, name="readers_list"),
    path("readers/out/", readers.readers_out, name="readers_out"),
]
