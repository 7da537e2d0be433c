"""What operators set on carriers by hand, applied: pace, whether they take messages, whether they are open. Pure."""

from msgspec.structs import replace

from hongyan.model.world import CarrierConfig, Control, Standing, World

_UNTOUCHED: Control = Control(name="")


def control_of(world: World, carrier: str) -> Control:
    """Return what is set on a carrier; the defaults when nothing is."""
    return world.controls.get(carrier, _UNTOUCHED)


def as_set(config: CarrierConfig, control: Control) -> CarrierConfig:
    """Return a carrier's declaration as operators have changed it: not `enabled` means that it is handed nothing."""
    return replace(
        config,
        enabled=config.enabled and control.standing is Standing.RUNNING,
        pace=config.pace if control.pace is None else control.pace,
    )


def stays_open(control: Control, *, is_open: bool) -> bool:
    """Return whether a declared carrier has links: one that drains keeps those it has, and makes no new ones."""
    if control.standing is Standing.DRAINING:
        return is_open
    return control.standing is not Standing.ISOLATED
