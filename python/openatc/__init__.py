"""Python side of OpenATC: the tools as functions, reference models and the operator conformance run."""
