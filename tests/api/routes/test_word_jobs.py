"""Word documents over HTTP: the whole way through `/jobs`, and what is wrong with a file."""

import asyncio
import io

import pytest
from docx import Document

from tests.api.files.word_documents import report, word_document
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient, serving

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def test_a_report_comes_back_in_both_languages(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/jobs", files={"file": ("report.docx", report())})
        assert response.status_code == 202, response.text
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                job = (await http.get(response.headers["Location"])).json()
                if job["status"] in ("done", "failed"):
                    break
                await asyncio.sleep(0.01)
        assert (job["segments_done"], job["untranslated"]) == (15, 0)
        for target in ("de", "fr"):
            result = await http.get(f"/jobs/{job['id']}/result", params={"target": target})
            assert result.headers["Content-Type"] == WORD
            assert result.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''report.{target}.docx"
            [first, second, *_] = Document(io.BytesIO(result.content)).paragraphs
            assert first.text == f"{target}0:The old harbour"
            tide, boats = "The tide is very strong in the outer harbour.", "Small boats wait outside."
            assert second.text == f"{target}0:{tide} {target}0:{boats}"


@pytest.mark.parametrize(
    ("data", "status", "error_type"),
    [
        (word_document("", {"word/media/image.bmp": ("image/bmp", bytes(5_000_000))}), 413, "file_too_large"),
        (b"\x7fELF\2\1\1" + bytes(500), 422, "broken_file"),
        (report()[:-200], 422, "broken_file"),
        (b"", 422, "broken_file"),
    ],
    ids=["bomb", "program", "truncated", "empty"],
)
async def test_what_is_wrong_with_a_document_is_told_at_once(
    client: StandInClient, data: bytes, status: int, error_type: str
) -> None:
    async with serving(client, max_unpacked_bytes=1_000_000) as http:
        response = await http.post("/jobs", files={"file": ("report.docx", data)})
    assert (response.status_code, response.json()["error_type"]) == (status, error_type)
    assert response.json()["error"]
    assert not client.requests
