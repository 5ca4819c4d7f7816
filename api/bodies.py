"""Bodies that come as JSON or as a form: read once, and checked by a model as FastAPI checks JSON."""

import json
from collections.abc import Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from api.errors import FileTooLargeError
from api.settings import Settings

__all__ = [
    "Upload",
    "body_schema",
    "has_form",
    "parse_fields",
    "query_schema",
    "read_fields",
    "read_upload",
    "upload_schema",
]

_MULTIPART = "multipart/form-data"
_FORMS = frozenset({"application/x-www-form-urlencoded", _MULTIPART})
_FILE = "file"
# Beyond one for each text; a form needs a few, and the service itself says when the texts are too many.
_SPARE_FORM_FIELDS = 1000
_UNREADABLE_STATUS = 400

_Model = TypeVar("_Model", bound=BaseModel)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def has_form(request: Request) -> bool:
    """Whether the body is said to be a form."""
    return _content_type(request) in _FORMS


async def read_fields(request: Request, settings: Settings, *, lists: Collection[str]) -> dict[str, Any]:
    """Return the fields of a body: those of a JSON object, or those of a form (URL-encoded or multipart).

    A form's field is a string, or a list of strings if its name is in `lists` and it occurs more than once; of
    other repeated fields the first counts. Raises RequestValidationError for a body that is none of these, and
    HTTPException when it cannot be read at all.
    """
    if has_form(request):
        return await _form_fields(request, settings, lists)
    content_type = _content_type(request)
    if content_type != "application/json" and not content_type.endswith("+json"):
        raise RequestValidationError([_not_an_object()])
    try:
        body = await request.json()
    except json.JSONDecodeError as error:
        problem = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error"}
        raise RequestValidationError([problem]) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(_UNREADABLE_STATUS) from error
    if not isinstance(body, dict):
        raise RequestValidationError([_not_an_object()])
    return body


async def _form_fields(request: Request, settings: Settings, lists: Collection[str]) -> dict[str, Any]:
    most = settings.max_items + _SPARE_FORM_FIELDS
    async with request.form(max_files=0, max_fields=most, max_part_size=settings.max_body_bytes) as form:
        return _fields_of(form, lists)


def _fields_of(form: FormData, lists: Collection[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in form:
        values = form.getlist(name)
        fields[name] = values if name in lists and len(values) > 1 else values[0]
    return fields


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form, with the other fields of that."""

    filename: str
    data: bytes
    fields: Mapping[str, Any]


class _InMemoryParser(MultiPartParser):
    """Keeps a file of any size off the disk; how large it may be is up to the limit on the body."""

    spool_max_size = 0


async def read_upload(request: Request, settings: Settings, *, lists: Collection[str]) -> Upload:
    """Return the part `file` of a multipart form, and its other fields as `read_fields` does.

    Raises RequestValidationError for a body that has none, FileTooLargeError for one of too many bytes, and
    HTTPException when it cannot be read at all.
    """
    if _content_type(request) != _MULTIPART:
        raise RequestValidationError([_problem("body", f"must be a form, sent with Content-Type: {_MULTIPART}")])
    try:
        async with aclosing(request.stream()) as stream:
            form = await _InMemoryParser(
                request.headers,
                stream,
                max_files=1,
                max_fields=settings.max_terms + _SPARE_FORM_FIELDS,
                max_part_size=settings.max_body_bytes,
            ).parse()
    except MultiPartException as error:
        raise HTTPException(_UNREADABLE_STATUS) from error
    try:
        fields = _fields_of(form, lists)
        file = fields.pop(_FILE, None)
        others = any(isinstance(value, UploadFile) for value in fields.values())
        if not isinstance(file, UploadFile) or not file.filename or others:
            raise RequestValidationError([_problem(_FILE, "must be a file with a name, and the only one")])
        data = await file.read(settings.max_file_bytes + 1)
    finally:
        await form.close()
    if len(data) > settings.max_file_bytes:
        raise FileTooLargeError(f"a file may have at most {settings.max_file_bytes} bytes")
    return Upload(file.filename, data, fields)


def _problem(field: str, message: str) -> dict[str, Any]:
    return {"type": "value_error", "loc": ("body", field), "msg": message}


def parse_fields(model: type[_Model], fields: dict[str, Any]) -> _Model:
    """Return the fields as a model. Raises RequestValidationError as FastAPI does."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problems = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(problems) from error


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI `requestBody` of a route that takes `model` as JSON or as a form."""
    schema = {"schema": model.model_json_schema()}
    return {"requestBody": {"required": True, "content": dict.fromkeys(("application/json", *sorted(_FORMS)), schema)}}


def upload_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI `requestBody` of a route that takes a file, and `model` as the other fields of its form."""
    schema = model.model_json_schema()
    file = {"type": "string", "format": "binary", "description": "The file; its name says its format."}
    schema["properties"] = {_FILE: file, **schema["properties"]}
    schema["required"] = [_FILE, *schema.get("required", [])]
    return {"requestBody": {"required": True, "content": {_MULTIPART: {"schema": schema}}}}


def query_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI `parameters` of a route that takes `model` as its query."""
    properties = model.model_json_schema()["properties"]
    return {"parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]}


def _not_an_object() -> dict[str, Any]:
    return {"type": "model_attributes_type", "loc": ("body",), "msg": "must be an object"}
