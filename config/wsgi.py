"""WSGI application of the process `web`: portal and REST API, database role aif_web."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("AIF_PROCESS", "web")

import config.celery  # noqa: F401  (tasks are published through this application)

application = get_wsgi_application()
