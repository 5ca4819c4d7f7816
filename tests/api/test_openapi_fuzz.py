"""Requests made up from the OpenAPI document: whatever it allows (and what it forbids) never ends in a 5xx."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.openapi import render
from tests.api.served import served
from tests.api.stand_ins import StandInClient

# Over real HTTP an example takes long, and there are many operations.
EXAMPLES = settings().max_examples // 6
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


schema = schemathesis.openapi.from_dict(json.loads(render()))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(StandInClient()) as address:
        yield address


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_operation_answers_as_documented(case: Case[Any], url: str) -> None:
    case.call_and_validate(base_url=url, checks=CHECKS)
