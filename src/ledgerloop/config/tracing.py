"""Where spans are sent to, for those who watch their programs with OpenTelemetry."""

from collections.abc import Mapping

from ledgerloop.config.section import Section
from ledgerloop.config.values import HttpUrl, PlainText, Secret


class Tracing(Section):
    """A collector that takes OTLP over HTTP. Needs the extra `otel`. Empty `endpoint`: no spans."""

    endpoint: HttpUrl = ""
    headers: Mapping[PlainText, Secret] = {}
