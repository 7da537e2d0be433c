"""`/metrics`: the tally as Prometheus reads it, with the process's own numbers. Counts nothing itself."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from hongyan.model.tally import BUCKETS_S, METRICS, SUM, Tally

PREFIX = "hongyan_"


class TallyCollector(Collector):
    """Reads the tally when asked."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """Yield every declared metric, also those that are still nothing."""
        values = self._tally.read()
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {
            name: (GaugeMetricFamily if metric.gauge else CounterMetricFamily)(
                PREFIX + name, metric.help, labels=metric.labels
            )
            for name, metric in METRICS.items()
            if not metric.histogram
        }
        for name, metric in METRICS.items():
            if not metric.labels:
                families[name].add_metric((), values.get((name,), 0))
        for (name, *labels), value in values.items():
            if labels and name in families:
                families[name].add_metric(labels, value)
        yield from families.values()
        for name, metric in METRICS.items():
            if metric.histogram:
                yield _histogram(name, values)


def _histogram(name: str, values: Mapping[tuple[str, ...], float]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(PREFIX + name, METRICS[name].help, labels=METRICS[name].labels)
    for labels in sorted({key[1:-1] for key in values if key[0] == name}):
        total = 0.0
        buckets: list[tuple[str, float]] = []
        for bound in (*(str(one) for one in BUCKETS_S), "+Inf"):
            total += values.get((name, *labels, bound), 0)
            buckets.append((bound, total))
        family.add_metric(labels, buckets, values.get((name, *labels, SUM), 0))
    return family


def registry(tally: Tally) -> CollectorRegistry:
    """Return a registry of the tally and of this process."""
    found = CollectorRegistry()
    found.register(TallyCollector(tally))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=found)
    return found


def exposed_name(name: str) -> str:
    """Return the name that Prometheus sees."""
    return f"{PREFIX}{name}" + ("" if METRICS[name].gauge or METRICS[name].histogram else "_total")
