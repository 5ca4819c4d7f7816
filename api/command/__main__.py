"""`python -m api.command` is the command too."""

import sys

from api.command.main import main

sys.exit(main())
