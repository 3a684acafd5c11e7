"""`manage.py doctor`: looks at a deployment and names what is wrong with it, and what to do (docs/deploy.md)."""
