"""Our own /v1 keeps to its OpenAPI description, whatever is sent to it."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from local_vendor import LocalVendor

KEPT = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
calm = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with LocalVendor(tmp_path_factory.mktemp("schema")) as vendor:
        yield schemathesis.openapi.from_url(vendor.api_url + "/v1/openapi.json")
        assert 'outcome="internal"' not in vendor.call("GET", "/metrics")[1]


def test_every_operation_keeps_to_its_description(described: Any) -> None:
    seen = []
    for found in described.get_all_operations():
        operation = found.ok()

        @calm
        @given(case=operation.as_strategy())
        def keeps(case: Any) -> None:
            if case.path.endswith("/wait"):
                case.query["timeout"] = 0.01
            if case.path.endswith(("/events", "/listen")):
                case.query["seconds"] = 0.01
            case.call_and_validate(checks=KEPT)

        keeps()
        seen.append(operation.label)
    assert {"POST /v1/messages", "GET /v1/messages", "GET /v1/wait"} <= set(seen)
