"""``python -m tinsach``: the command."""

import sys

from tinsach import main

sys.exit(main())
