//===- NoCompilerTest.cpp - What is said when the compiler is missing -----===//

#include "OpTester.h"

#include <cstdlib>

using namespace openatc::test;

namespace {

// Comes first in the program: once loaded, the library stays.
TEST_F(OpTest, ACompilerThatIsMissingIsNamed) {
  aclTensorDesc *tensor = desc(ACL_FLOAT, {4});
  auto compile = [&] {
    return aclopCompile("Relu", 1, &tensor, 1, &tensor, nullptr, ACL_ENGINE_SYS, ACL_COMPILE_SYS,
                        nullptr);
  };
  ASSERT_EQ(setenv("OPENATC_COMPILER_LIBRARY", "/nonexistent/libopenatc_compiler.so", 1), 0);
  expectFailure(compile(), ACL_ERROR_FEATURE_UNSUPPORTED,
                {"libopenatc_compiler.so", "/nonexistent", "OPENATC_COMPILER_LIBRARY"});
  ASSERT_EQ(setenv("OPENATC_COMPILER_LIBRARY", "libm.so.6", 1), 0);
  expectFailure(compile(), ACL_ERROR_FEATURE_UNSUPPORTED, {"no OpenATC compiler"});
  ASSERT_EQ(unsetenv("OPENATC_COMPILER_LIBRARY"), 0);
  EXPECT_EQ(compile(), ACL_SUCCESS) << lastText();
}

} // namespace
