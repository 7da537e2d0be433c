"""`hongyan dev`: everything on this machine, with the demo world and a simulated carrier."""

from hongyan.assemble import System
from hongyan.cli.demo_card import print_card
from hongyan.cli.living import live
from hongyan.cli.options import ApiPort, Config, ConsolePort, Data, ReadyFile
from hongyan.settings import load
from hongyan.testing.demo import DEV_DEFAULTS, SMPP_PORT, demo_world, to_seed


def dev(
    api_port: ApiPort = None,
    console_port: ConsolePort = None,
    data: Data = None,
    ready_file: ReadyFile = None,
    config: Config = None,
) -> None:
    """Run on this machine with demo credentials, a simulated carrier and an inbox. Ctrl-C ends it."""
    flags = {"api_port": api_port, "console_port": console_port, "data_dir": data}
    settings = load(flags, config=config, defaults=DEV_DEFAULTS | {"smpp_port": SMPP_PORT})
    demo = demo_world(settings)

    def ready(system: System) -> None:
        print_card(system.api_url, system.console_url, system.smpp_addresses)

    live(
        settings,
        ready=ready,
        ready_file=ready_file,
        demo=True,
        seed=lambda world: to_seed(demo, world.things),
    )
