"""`python -m perf.baseline`: the server one writes in an afternoon, to measure ours against.

transformers' `generate` behind FastAPI: each text on its own, one language after the other, with the beam size of our
default and whatever threads torch takes. It has the same weights and the form of our `/infer`.
"""

import argparse
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import MarianMTModel, MarianTokenizer

from models_src.checkpoint import PROJECT_ROOT
from models_src.serving.repository import TARGETS
from models_src.serving.settings import ServingSettings


class Texts(BaseModel):
    """English texts."""

    texts: list[str]


def create_app(settings: ServingSettings) -> FastAPI:
    """The application, with both models loaded."""
    loaded: dict[str, tuple[Any, Any]] = {}
    for target in TARGETS:
        folder = PROJECT_ROOT / settings.weights / f"en-{target}"
        loaded[target] = MarianTokenizer.from_pretrained(folder), MarianMTModel.from_pretrained(folder)

    app = FastAPI()

    @app.post("/infer")
    def infer(body: Texts) -> list[dict[str, str]]:
        return [{target: translate(target, text) for target in TARGETS} for text in body.texts]

    def translate(target: str, text: str) -> str:
        tokenizer, model = loaded[target]
        inputs = tokenizer(text, return_tensors="pt")
        output = model.generate(**inputs, num_beams=settings.beam_size)
        translated: str = tokenizer.decode(output[0], skip_special_tokens=True)
        return translated

    return app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m perf.baseline", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    arguments = parser.parse_args()
    uvicorn.run(create_app(ServingSettings()), host="127.0.0.1", port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()
