"""What the web server calls: the pages in the web process, the unit's door in the intake process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platewarden.server.settings")
application = get_asgi_application()
