"""What the routes in DeepL's form share: their fields, however they come, and who may send them."""

from typing import Annotated, Any

from fastapi import Depends, Request

from api.access import Caller
from api.bodies import has_form, read_fields
from api.deepl import LISTS
from api.dependencies import Resources, UseResources, admit_with, key_of_request
from api.errors import BodyTooLargeError, InternalError, InvalidApiKeyError, MissingApiKeyError, ValidationFailedError
from api.glossaries import Glossary

__all__ = ["ACCESS_ERRORS", "DeepLFields", "requested_glossary"]

ACCESS_ERRORS = (MissingApiKeyError, InvalidApiKeyError, ValidationFailedError, BodyTooLargeError, InternalError)


async def _admitted_fields(request: Request, resources: UseResources) -> dict[str, Any]:
    """Return the fields of the body or query, once the request is let in by the key of its header or `auth_key`."""
    # A GET of DeepL's own Python client has its parameters in a form.
    in_body = request.method == "POST" or has_form(request)
    fields = await read_fields(request, resources.settings, lists=LISTS) if in_body else dict(request.query_params)
    given = {name: value for name, value in fields.items() if value is not None}
    in_fields = given.get("auth_key")
    admit_with(request, resources, key_of_request(request) or (in_fields if isinstance(in_fields, str) else None))
    return given


DeepLFields = Annotated[dict[str, Any], Depends(_admitted_fields)]


def requested_glossary(resources: Resources, caller: Caller, glossary_id: str | None, target: str) -> Glossary | None:
    """Return the glossary that was asked for. Raises GlossaryNotFoundError or ValidationFailedError."""
    if not glossary_id:
        return None
    glossary = resources.glossaries.get(caller.account, glossary_id)
    if glossary.target != target:
        raise ValidationFailedError("glossary_id: the glossary is for another target language")
    return glossary
