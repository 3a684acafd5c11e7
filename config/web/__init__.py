"""How web and desk are served: gunicorn's threaded worker, with less work between the requests of one connection."""
