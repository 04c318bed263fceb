"""The server's settings for the type checker: it asks Django for the models, and Django asks for a data folder.

The folder is made for the run and holds fresh secrets; no database is asked.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from platewarden.server.config import DatabaseAddress, ServerConfig
from platewarden.server.database.setup import make_secrets

_folder = Path(tempfile.mkdtemp(prefix="pw-mypy-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
ServerConfig(data=_folder, database=DatabaseAddress(dbname="platewarden", host="/nowhere"), role_prefix="platewarden").save()
make_secrets(_folder)
os.environ |= {"PLATEWARDEN_DATA": str(_folder), "PLATEWARDEN_PROCESS": "web"}

from platewarden.server.settings import *  # noqa: E402, F403
