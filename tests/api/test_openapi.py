"""The committed OpenAPI document."""

import json
from pathlib import Path

import pytest

from api.main import create_app
from api.openapi import COMMITTED, render, write
from tests.api.stand_ins import StandInClient, serving, settings


def test_the_committed_document_is_current() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == render(), "run: python -m api.openapi"


def test_the_document_does_not_depend_on_settings() -> None:
    changed = settings(max_items=1, deadline_seconds=1, port=1234)
    assert create_app(changed).openapi() == json.loads(render())


def test_every_error_in_the_document_has_the_body_of_its_interface() -> None:
    for path, operations in json.loads(render())["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400" and path != "/health/ready":
                    schema = response["content"]["application/json"]["schema"]
                    name = "DeepLErrorBody" if path.startswith("/v2/") else "ErrorBody"
                    assert schema == {"$ref": f"#/components/schemas/{name}"}


def test_the_document_can_be_written_anew(tmp_path: Path) -> None:
    write(tmp_path / "openapi.json")
    assert (tmp_path / "openapi.json").read_bytes() == COMMITTED.read_bytes()


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_the_document_is_served(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        response = await http.get(path)
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/redoc", "/missing"])
async def test_nothing_else_is(client: StandInClient, path: str) -> None:
    async with serving(client) as http:
        response = await http.get(path)
    expected = {"error": "There is nothing at this path.", "error_type": "not_found"}
    assert (response.status_code, response.json()) == (404, expected)


async def test_another_method_is_refused_with_the_ones_allowed(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/infer")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.json()["error_type"] == "method_not_allowed"
