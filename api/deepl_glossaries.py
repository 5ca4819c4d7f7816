"""Glossaries in the form of DeepL's API, version 2 (https://developers.deepl.com/api-reference/glossaries)."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.glossaries import Glossary

__all__ = ["Glossaries", "GlossaryInformation", "GlossaryLanguagePair", "GlossaryLanguagePairs", "GlossaryRequest"]


class GlossaryRequest(BaseModel):
    """A glossary to keep."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Shop",
                    "source_lang": "EN",
                    "target_lang": "DE",
                    "entries": "cart\tWarenkorb",
                    "entries_format": "tsv",
                }
            ]
        },
    )

    name: Annotated[str, Field(min_length=1, max_length=1024)]
    source_lang: str = Field(description="`EN`.")
    target_lang: str = Field(description="`DE` or `FR`.")
    entries: str = Field(description="One line for each entry: source term, tab or comma, target term.")
    entries_format: Literal["tsv", "csv"] = "tsv"
    auth_key: str | None = Field(default=None, description="The API key, where no header has it.")


class GlossaryInformation(BaseModel):
    """A glossary without its entries."""

    glossary_id: str
    name: str
    ready: bool = True
    source_lang: str
    target_lang: str
    creation_time: str
    entry_count: int

    @classmethod
    def of(cls, glossary: Glossary) -> Self:
        """Return the answer's form of a glossary."""
        return cls(
            glossary_id=glossary.glossary_id,
            name=glossary.name,
            source_lang=glossary.source,
            target_lang=glossary.target,
            creation_time=glossary.created.isoformat(timespec="microseconds"),
            entry_count=len(glossary.entries),
        )


class Glossaries(BaseModel):
    """All glossaries of a caller."""

    glossaries: list[GlossaryInformation]


class GlossaryLanguagePair(BaseModel):
    """Languages that a glossary can be between."""

    source_lang: str
    target_lang: str


class GlossaryLanguagePairs(BaseModel):
    """All languages that glossaries can be between."""

    supported_languages: list[GlossaryLanguagePair]
