from django.urls import path

from guide import views

app_name = "guide"
urlpatterns = [
    path("", views.home, name="home"),
    path("guides/", views.index, name="index"),
    path("guides/<slug:slug>/", views.detail, name="detail"),
    path("guides/<slug:slug>/print/", views.handout, name="handout"),
    path("preview/<str:token>/", views.preview, name="preview"),
    path(
        "preview/<str:token>/print/",
        views.preview,
        {"is_on_paper": True},
        name="preview_on_paper",
    ),
    path("g/<int:pk>/", views.short, name="short"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("search/", views.search, name="search"),
    path("about/", views.about, name="about"),
    path("feed/", views.feed, name="feed"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    # Last of all, and the site includes these last: a plain page hides nothing.
    path("<slug:slug>/", views.page, name="page"),
]
