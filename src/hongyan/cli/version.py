"""`hongyan version`."""

import platform

from hongyan import __version__
from hongyan.cli.options import AsJson
from hongyan.cli.printing import print_json, print_lines


def version(as_json: AsJson = False) -> None:
    """Print the version."""
    python = platform.python_version()
    if as_json:
        print_json({"hongyan": __version__, "python": python})
    else:
        print_lines(f"hongyan {__version__}, Python {python}")
