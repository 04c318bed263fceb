"""What the web server calls: the pages in the web process, the unit's door in the intake process."""

import os
import warnings

from django.core.asgi import get_asgi_application

# The static files' own middleware streams by a plain iterator; the files are small.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platewarden.server.settings")
application = get_asgi_application()
