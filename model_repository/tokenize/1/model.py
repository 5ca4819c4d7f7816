import triton_python_backend_utils as pb_utils

from models_src.triton.execution import execute, parameters
from models_src.triton.tokenize_model import TokenizeModel


class TritonPythonModel:
    def initialize(self, args):
        self.model = TokenizeModel.from_parameters(parameters(args["model_config"]))

    def execute(self, requests):
        return execute(pb_utils, self.model, requests)
