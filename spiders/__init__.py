"""One site, one file: what is true of that site only.

The user's own files are in the folder ``spiders`` of TINSACH_HOME.
"""

import os
from pathlib import Path

_HOME = Path(os.environ.get("TINSACH_HOME") or "tinsach-home")
__path__ = [*__path__, str((_HOME / "spiders").absolute())]
