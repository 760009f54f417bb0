//===- WriterTest.cpp - Files appear whole or not at all ------------------===//

#include "SampleModel.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/OfflineModel/Writer.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>

using namespace openatc;
using namespace openatc::om;
namespace fs = std::filesystem;

namespace {

/// An empty directory of its own for each test.
class WriterTest : public testing::Test {
protected:
  void SetUp() override {
    directory =
        fs::path(testing::TempDir()) /
        (std::string("om_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(directory);
    fs::create_directories(directory);
  }
  void TearDown() override { fs::remove_all(directory); }

  size_t files() const {
    return size_t(std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
  }

  fs::path directory;
};

TEST_F(WriterTest, FileEqualsBytes) {
  std::string path = directory / "a.om";
  ASSERT_TRUE(writeFile(test::sampleModel(), path).ok());
  EXPECT_EQ(files(), 1u);
  std::ifstream in(path, std::ios::binary);
  std::vector<uint8_t> file{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(file, *writeBytes(test::sampleModel()));
  Expected<Model> model = readFile(path);
  ASSERT_TRUE(model) << model.message();
  EXPECT_EQ(model->name, "sample");
}

TEST_F(WriterTest, ReplacesAnOlderFile) {
  std::string path = directory / "a.om";
  std::ofstream(path) << "old";
  ASSERT_TRUE(writeFile(test::sampleModel(), path).ok());
  EXPECT_TRUE(readFile(path));
  EXPECT_EQ(files(), 1u);
}

TEST_F(WriterTest, MissingDirectory) {
  Status status = writeFile(test::sampleModel(), directory / "none" / "a.om");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("a.om"), std::string::npos);
  EXPECT_EQ(files(), 0u);
}

TEST_F(WriterTest, TargetIsADirectory) {
  EXPECT_FALSE(writeFile(test::sampleModel(), directory).ok());
  EXPECT_EQ(files(), 0u);
}

TEST_F(WriterTest, InvalidModelLeavesNothing) {
  Model model = test::sampleModel();
  model.inputs[0].bytes = 1;
  EXPECT_FALSE(writeFile(model, directory / "a.om").ok());
  EXPECT_EQ(files(), 0u);
}

TEST_F(WriterTest, FullDiskLeavesTheOldFile) {
  std::string path = directory / "a.om";
  std::ofstream(path) << "old";
  // A file size limit fails write(2) half way, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small{8192, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  Status status = writeFile(test::sampleModel(), path);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(files(), 1u);
  std::string content;
  std::getline(std::ifstream(path), content);
  EXPECT_EQ(content, "old");
}

TEST_F(WriterTest, ReaderNamesTheFile) {
  std::string path = directory / "absent.om";
  EXPECT_NE(readFile(path).message().find("absent.om"), std::string::npos);
  EXPECT_NE(readFile(directory).message().find("not a regular file"), std::string::npos);
  std::ofstream(directory / "empty.om").flush();
  EXPECT_NE(readFile(directory / "empty.om").message().find("empty"), std::string::npos);
}

} // namespace
