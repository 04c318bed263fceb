"""What the web server calls: the pages in the web process, the unit's door in the intake process."""

import os
import warnings

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase

# The static files' own middleware streams by a plain iterator; the files are small.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platewarden.server.settings")


class InOneThread(ASGIHandler):
    """Middleware and page run in one thread, end to end: each change between loop and thread costs as much as a statement.

    The alerts' stream is begun in there too, and then followed on the loop.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the framework's own signature
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


django.setup(set_prefix=False)
application = InOneThread()
