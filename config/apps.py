from django.apps import AppConfig
from django.contrib import admin


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self):
        admin.site.enable_nav_sidebar = False  # its first page leads everywhere
