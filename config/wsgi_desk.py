"""WSGI application of the process `desk`: the alliance's Django admin, its own addresses, database role aif_desk."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("AIF_PROCESS", "desk")

from django.conf import settings

import config.celery  # noqa: F401  (tasks are published through this application)
from config.processes import insist

insist("desk")
settings.ROOT_URLCONF = "config.urls_desk"
application = get_wsgi_application()
