"""What every test folder may use: `postgres_dsn`, a fresh database of a real PostgreSQL."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

pytest_plugins = ["postgres_server"]
