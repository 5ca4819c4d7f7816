"""Training recipe of the bundled compact models: ``python -m models_src.train --help`` lists the stages."""
