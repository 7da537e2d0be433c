"""What every test folder may use: `postgres_dsn`, a fresh database; `vendor`, a whole local vendor."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

pytest_plugins = ["postgres_server", "local_vendor"]
