"""`hongyan serve`: the same program for real use: nothing is declared by itself, demo credentials are refused."""

from hongyan.assemble import System
from hongyan.cli.living import live
from hongyan.cli.options import ApiPort, Config, ConsolePort, Data, ReadyFile
from hongyan.cli.printing import print_lines
from hongyan.declare.checks import refuse_demo
from hongyan.settings import load


def serve(
    api_port: ApiPort = None,
    console_port: ConsolePort = None,
    data: Data = None,
    ready_file: ReadyFile = None,
    config: Config = None,
) -> None:
    """Run for real: what `apply` declared, no demo credentials. SIGTERM drains and ends it."""
    settings = load({"api_port": api_port, "console_port": console_port, "data_dir": data}, config=config)

    def ready(system: System) -> None:
        print_lines(f"hongyan serves the API at {system.api_url} and the console at {system.console_url}")
        for name, (host, port) in system.smpp_addresses.items():
            print_lines(f"customers bind over {name} at {host}:{port}")
        if not system.current().projects:
            print_lines("nothing is declared yet. Try: hongyan apply world.toml")
        if not system.road.reception.office.sessions.is_anybodys():
            print_lines("nobody can log in to the console. Try: hongyan account add NAME --role admin")

    live(
        settings,
        ready=ready,
        ready_file=ready_file,
        check=lambda world: refuse_demo(world.things),
    )
