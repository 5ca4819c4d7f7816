"""What is written to the log, and how."""

import json
import logging

import pytest
import structlog
from asgi_correlation_id import correlation_id

from api.logs import configure_logging

pytestmark = pytest.mark.usefixtures("logging_as_before")


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    structlog.stdlib.get_logger("here").info("something", answer=42)
    [entry] = logged(capsys)
    entry.pop("timestamp")
    assert entry == {"event": "something", "answer": 42, "level": "info", "logger": "here"}


def test_an_event_within_a_request_has_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    token = correlation_id.set("order-66")
    structlog.stdlib.get_logger("here").info("something")
    correlation_id.reset(token)
    assert logged(capsys)[0]["request_id"] == "order-66"


def test_uvicorn_writes_through_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    logging.getLogger("uvicorn.error").info("Started %s", "it")
    [entry] = logged(capsys)
    assert (entry["event"], entry["logger"]) == ("Started it", "uvicorn.error")


def test_what_is_below_the_level_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="warning")
    structlog.stdlib.get_logger("here").info("something")
    logging.getLogger("uvicorn.error").info("something")
    assert logged(capsys) == []


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure_logging(log_format="console" if log_format == "console" else "json")

    def fail(text: str) -> None:
        raise RuntimeError("no details" if text else "")

    try:
        fail(" ".join(["secret", "words"]))
    except RuntimeError:
        structlog.stdlib.get_logger("here").exception("failed")
    written = capsys.readouterr().err
    assert "no details" in written
    assert "secret words" not in written
