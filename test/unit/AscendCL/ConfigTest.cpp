//===- ConfigTest.cpp - aclInit's file, error texts, versions -------------===//

#include "AclTest.h"

#include "acl/acl.h"

#include <regex>
#include <thread>

using namespace openatc;

namespace {

/// aclInit with a file of that content.
aclError initWith(const std::string &content) {
  test::TemporaryFile file("init.json");
  std::ofstream(file.path) << content;
  return aclInit(file.path.c_str());
}

std::string recentText() {
  const char *text = aclGetRecentErrMsg();
  return text ? text : "";
}

TEST(Config, ErrorTextsPerThreadOrProcess) {
  ASSERT_EQ(initWith(R"({"err_msg_mode": "1"})"), ACL_SUCCESS);
  std::thread([] { EXPECT_EQ(aclrtSetDevice(99), ACL_ERROR_RT_INVALID_DEVICEID); }).join();
  EXPECT_NE(recentText().find("aclrtSetDevice"), std::string::npos);
  EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  ASSERT_EQ(initWith(R"({"err_msg_mode": "0"})"), ACL_SUCCESS);
  std::thread([] { EXPECT_EQ(aclrtSetDevice(99), ACL_ERROR_RT_INVALID_DEVICEID); }).join();
  EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
}

TEST(Config, DefaultDevice) {
  ASSERT_EQ(initWith(R"({"defaultDevice": {"default_device": "1"}})"), ACL_SUCCESS);
  std::thread([] {
    int32_t device = -1;
    EXPECT_EQ(aclrtGetDevice(&device), ACL_SUCCESS);
    EXPECT_EQ(device, 1);
  }).join();
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  EXPECT_EQ(initWith(R"({"defaultDevice": {"default_device": "7"}})"),
            ACL_ERROR_RT_INVALID_DEVICEID);
  EXPECT_EQ(initWith(R"({"defaultDevice": {}})"), ACL_ERROR_INVALID_PARAM);
}

TEST(Config, WrongValues) {
  EXPECT_EQ(initWith(R"({"max_opqueue_num": "0"})"), ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG);
  EXPECT_EQ(initWith(R"({"max_opqueue_num": "many"})"), ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG);
  EXPECT_EQ(initWith(R"({"err_msg_mode": "2"})"), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(recentText().find("err_msg_mode is \"2\""), std::string::npos);
  EXPECT_EQ(initWith("[]"), ACL_ERROR_PARSE_FILE);
  std::string ten = R"({"unknown": )" + std::string(9, '[') + std::string(9, ']') + "}";
  ASSERT_EQ(initWith(ten), ACL_SUCCESS);
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  std::string eleven = R"({"unknown": )" + std::string(10, '[') + std::string(10, ']') + "}";
  EXPECT_EQ(initWith(eleven), ACL_ERROR_PARSE_FILE);
  EXPECT_NE(recentText().find("nested 11 deep"), std::string::npos);
  ASSERT_EQ(initWith(R"({"max_opqueue_num": "100"})"), ACL_SUCCESS);
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
}

TEST(ErrorText, HasTheLayoutOfCann) {
  ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSetDevice(99), ACL_ERROR_RT_INVALID_DEVICEID);
  std::string text = recentText();
  std::regex layout(
      R"(\[PID: \d+\] \d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{3}\.\d{3} )"
      R"(Invalid_Argument\(EE1001\): aclrtSetDevice failed with 107001: device 99 [^\n]*\n)"
      R"( {8}Solution: [^\n]*\n)");
  EXPECT_TRUE(std::regex_match(text, layout)) << text;
  EXPECT_EQ(aclrtCreateStream(nullptr), ACL_ERROR_INVALID_PARAM);
  text = recentText();
  EXPECT_NE(text.find("Invalid_Argument_Null_Pointer(EH0002)"), std::string::npos) << text;
  EXPECT_NE(text.find("'stream' is NULL"), std::string::npos) << text;
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
}

TEST(Version, OfInterfacesAndPackages) {
  int32_t major = 0, minor = 0, patch = 0;
  EXPECT_EQ(aclrtGetVersion(&major, &minor, &patch), ACL_SUCCESS);
  EXPECT_EQ(std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch),
            "1.13.0");
  aclCANNPackageVersion version;
  ASSERT_EQ(aclsysGetCANNVersion(ACL_PKG_NAME_CANN, &version), ACL_SUCCESS);
  EXPECT_STREQ(version.version, "8.1.RC1");
  EXPECT_STREQ(version.majorVersion, "8");
  EXPECT_EQ(aclsysGetCANNVersion(ACL_PKG_NAME_DRIVER, &version), ACL_ERROR_INVALID_FILE);
  EXPECT_EQ(aclsysGetCANNVersion(static_cast<aclCANNPackageName>(8), &version),
            ACL_ERROR_INVALID_PARAM);
}

} // namespace
