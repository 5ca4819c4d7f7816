"""Files through the bundled models."""

import io
import time
from typing import Any

import httpx
import pytest
from docx import Document

from tests.api.files.word_documents import report
from tests.e2e.service import Service

MINUTE = 60.0
PAGE = (
    '<html lang="en"><h1>The station</h1><p>Where is the <b>station</b>?</p>'
    '<ul><li>I am very tired today.</li><li><a href="/tea">Would you like some tea?</a></li></ul></html>'
)


def submitted(http: httpx.Client, name: str, data: bytes, **fields: Any) -> str:
    """Return the address of a new job."""
    response = http.post("/jobs", files={"file": (name, data)}, data=fields)
    assert response.status_code == 202, response.text
    return response.headers["Location"]


def ended(http: httpx.Client, location: str) -> dict[str, Any]:
    deadline = time.monotonic() + MINUTE
    while (job := http.get(location).json())["status"] not in ("done", "failed"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert job["status"] == "done", job["error"]
    return dict(job)


@pytest.fixture
def http(service: Service) -> Any:
    with httpx.Client(base_url=service.api_url, timeout=MINUTE) as client:
        yield client


def test_a_page_comes_back_in_both_languages(http: httpx.Client) -> None:
    location = submitted(http, "page.html", PAGE.encode())
    job = ended(http, location)
    assert (job["segments_done"], job["segments_total"], job["untranslated"]) == (4, 4, 0)
    for target, station, tired in (("de", "Bahnhof", "müde"), ("fr", "gare", "fatigué")):
        page = http.get(f"{location}/result", params={"target": target}).text
        assert page.startswith(f'<html lang="{target}"><h1>')
        assert f"<b>{station}</b>" in page
        assert tired in page
        assert '<li><a href="/tea">' in page


def test_people_who_wait_come_before_files(service: Service, http: httpx.Client) -> None:
    book = "\n".join(f"On day number {day} we walked along the river to the old mill." for day in range(2000))
    location = submitted(http, "book.txt", book.encode())
    waits = []
    for number in range(10):
        begun = time.monotonic()
        service.post("/infer", {"text": f"Where are the other {number} people?"})
        waits.append(time.monotonic() - begun)
    job = http.get(location).json()
    assert job["status"] == "translating"
    http.delete(location)
    assert sorted(waits)[len(waits) // 2] < 1.0


def test_a_cancelled_job_leaves_the_models_to_others(service: Service, http: httpx.Client) -> None:
    book = "\n".join(f"In year number {year} nobody came to see the old mill." for year in range(2000))
    location = submitted(http, "book.txt", book.encode())
    while http.get(location).json()["segments_done"] == 0:
        time.sleep(0.1)
    assert http.delete(location).status_code == 204
    # What is under way ends; nothing new begins.
    time.sleep(5)
    before = service.statistics("marian_en_de")["inferences"]
    time.sleep(2)
    assert service.statistics("marian_en_de")["inferences"] == before


@pytest.mark.parametrize(("target", "water"), [("de", "Wasser"), ("fr", "eau")])
def test_a_word_report_comes_back_as_one(http: httpx.Client, target: str, water: str) -> None:
    location = submitted(http, "report.docx", report(), target=target)
    assert ended(http, location)["untranslated"] == 0
    answer = http.get(f"{location}/result")
    assert answer.headers["Content-Disposition"].endswith(f"report.{target}.docx")
    source, translation = (Document(io.BytesIO(data)) for data in (report(), answer.content))
    assert any(water in paragraph.text for paragraph in translation.paragraphs)
    assert [paragraph.style.name for paragraph in translation.paragraphs if paragraph.style] == [
        paragraph.style.name for paragraph in source.paragraphs if paragraph.style
    ]
    assert all(
        (before.text == after.text) == (not before.text.strip())
        for before, after in zip(source.paragraphs, translation.paragraphs, strict=True)
    )
