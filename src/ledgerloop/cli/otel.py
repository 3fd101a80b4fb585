"""Sends spans to a collector, when the config names one. Needs the extra `otel`; without it nothing is loaded.

What OpenTelemetry itself reads from the environment (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
`OTEL_TRACES_SAMPLER`) holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ledgerloop import __version__, tracing
from ledgerloop.config.tracing import Tracing

EXPORT_S: Final = 5
"""How long the collector may take to accept spans, seconds: a command must end although the collector is away."""


class ExtraMissing(Exception):  # noqa: N818  (what is the matter)
    """The config wants spans, but what sends them is not installed."""


@contextmanager
def traced(config: Tracing) -> Iterator[None]:
    """Send spans while inside; what is left is sent at the end. Raises ExtraMissing."""
    if not config.endpoint:
        yield
        return
    provider = _provider(config)
    tracing.switch_on(provider.get_tracer("ledgerloop", __version__))
    try:
        yield
    finally:
        tracing.switch_on(None)
        provider.shutdown()


def _provider(config: Tracing) -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  (an extra)
        from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as problem:
        raise ExtraMissing from problem
    headers = {name: value.get_secret_value() for name, value in config.headers.items()}
    exporter = OTLPSpanExporter(endpoint=config.endpoint, headers=headers, timeout=EXPORT_S)
    named = Resource({SERVICE_NAME: "ledgerloop"}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=Resource.create().merge(named))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
