"""Configuration of the lit tests: MLIR passes through ascend-opt, tools from the command line."""

import os

import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "OpenATC"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "unit"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.openatc_binary_dir, "test")

# FileCheck, not and count of the LLVM package.
llvm_config.use_default_substitutions()
config.substitutions.append(
    ("%digits", os.path.join(config.openatc_source_dir, "examples", "digits"))
)

# Tools that are not built leave their tests unresolved instead of failing the set-up.
llvm_config.add_tool_substitutions(
    [
        ToolSubst("ascend-opt", unresolved="ignore"),
        ToolSubst("atc", unresolved="ignore"),
        ToolSubst("om", unresolved="ignore"),
        "split-file",
    ],
    [config.openatc_tools_dir, config.llvm_tools_dir],
)
