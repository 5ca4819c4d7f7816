import triton_python_backend_utils as pb_utils

from models_src.triton.execution import execute, parameters
from models_src.triton.marian_model import MarianModel


class TritonPythonModel:
    def initialize(self, args):
        self.model = MarianModel.from_parameters(parameters(args["model_config"]))

    def execute(self, requests):
        return execute(pb_utils, self.model, requests)
