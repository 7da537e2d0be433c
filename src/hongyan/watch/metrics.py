"""`/metrics`: the tally as Prometheus reads it, with the process's own numbers. Counts nothing itself."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hongyan.model.tally import METRICS, Tally

PREFIX = "hongyan_"


class TallyCollector(Collector):
    """Reads the tally when asked."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """Yield every declared metric, also those that are still nothing."""
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {
            name: (GaugeMetricFamily if metric.gauge else CounterMetricFamily)(
                PREFIX + name, metric.help, labels=metric.labels
            )
            for name, metric in METRICS.items()
        }
        for name, metric in METRICS.items():
            if not metric.labels:
                families[name].add_metric((), self._tally.values.get((name,), 0))
        for (name, *labels), value in list(self._tally.values.items()):
            if labels and name in families:
                families[name].add_metric(labels, value)
        yield from families.values()


def registry(tally: Tally) -> CollectorRegistry:
    """Return a registry of the tally and of this process."""
    found = CollectorRegistry()
    found.register(TallyCollector(tally))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=found)
    return found


def exposed_name(name: str) -> str:
    """Return the name that Prometheus sees."""
    return f"{PREFIX}{name}" + ("" if METRICS[name].gauge else "_total")
