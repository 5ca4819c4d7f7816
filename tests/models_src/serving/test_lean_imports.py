"""What serving needs runs where neither torch nor transformers is installed."""

import subprocess
import sys

from models_src.checkpoint import PROJECT_ROOT

WITHOUT_TORCH = """
import importlib, pkgutil, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers"):
            raise ImportError(f"{name} is not for serving")

sys.meta_path.insert(0, Blocker())

import models_src.serving, models_src.triton
for package in (models_src.triton, models_src.serving):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
import models_src.serving.__main__
import models_src.engines.ctranslate2_engine
from models_src.checkpoint import Checkpoint
from models_src.engines import DecodingOptions, load_engine
from models_src.tokenizer import Tokenizer

checkpoint = Checkpoint.load("models_src/weights/en-de")
tokenizer = Tokenizer(checkpoint)
engine = load_engine("ctranslate2", checkpoint, 1)
best = engine.decode([tokenizer.encode("The dog is sleeping.")], DecodingOptions(4, 1.0, 32))[0][0]
assert not {"torch", "transformers"} & set(sys.modules), "imported"
sys.stdout.reconfigure(encoding="utf-8")
print(tokenizer.decode(best.ids))
"""


def test_serving_translates_without_torch_and_transformers() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH],
        cwd=PROJECT_ROOT,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    assert (finished.stdout.strip(), finished.stderr) == ("Der Hund schläft.", "")
