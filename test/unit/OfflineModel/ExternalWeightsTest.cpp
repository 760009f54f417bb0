//===- ExternalWeightsTest.cpp - Weights in files beside the model ----------===//

#include "SampleModel.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/OfflineModel/Writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace openatc;
using namespace openatc::om;
namespace fs = std::filesystem;

namespace {

class ExternalWeights : public testing::Test {
protected:
  ExternalWeights() {
    std::string pattern = fs::temp_directory_path() / "openatc-weights-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    model = test::sampleModel();
  }
  ~ExternalWeights() override { fs::remove_all(folder); }

  /// Splits the weights of the sample into two files and writes them.
  std::string writeSplit() {
    model.weightFiles = {{"weight/weight_a", 96}, {"weight/weight_b", test::kBytes - 96}};
    Status status = writeFile(model, folder / "m.om");
    EXPECT_TRUE(status.ok()) << status.message();
    return folder / "m.om";
  }
  static bool sameBytes(const Blob &a, const Blob &b) {
    return std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end());
  }
  static std::vector<uint8_t> bytesOf(const fs::path &path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void store(const fs::path &path, const std::vector<uint8_t> &bytes) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
  }

  fs::path folder;
  Model model;
};

TEST_F(ExternalWeights, OneFileIsMapped) {
  model.weightFiles = {{"weight/m_weight_combined", test::kBytes}};
  ASSERT_TRUE(writeFile(model, folder / "m.om").ok());
  EXPECT_EQ(fs::file_size(folder / "weight/m_weight_combined"), test::kBytes);
  FileInfo info;
  Expected<Model> read = readFile(folder / "m.om", &info);
  ASSERT_TRUE(read) << read.message();
  EXPECT_TRUE(sameBytes(read->weights, model.weights));
  EXPECT_TRUE(read->weights.file());
  EXPECT_EQ(info.formatVersion, 3u);
  EXPECT_EQ(info.weightBytes, test::kBytes);
  EXPECT_EQ(read->weightFiles, model.weightFiles);
}

TEST_F(ExternalWeights, SeveralFilesAreJoined) {
  std::string path = writeSplit();
  Expected<Model> read = readFile(path);
  ASSERT_TRUE(read) << read.message();
  EXPECT_TRUE(sameBytes(read->weights, model.weights));
  // The file itself is as good from another folder, and from memory.
  fs::create_directories(folder / "elsewhere");
  fs::rename(folder / "weight", folder / "elsewhere/w");
  Expected<Model> moved = readFile(path, nullptr, WeightCheck::Now, folder / "elsewhere/w");
  ASSERT_TRUE(moved) << moved.message();
  EXPECT_TRUE(sameBytes(moved->weights, model.weights));
  std::vector<uint8_t> bytes = bytesOf(path);
  EXPECT_TRUE(readBytes(bytes, nullptr, folder / "elsewhere/w"));
  EXPECT_NE(readBytes(bytes).message().find("a model from memory needs the path of their folder"),
            std::string::npos);
}

TEST_F(ExternalWeights, WritingTheModelAgainKeepsItsForm) {
  std::string path = writeSplit();
  std::vector<uint8_t> first = bytesOf(path);
  Expected<Model> read = readFile(path);
  ASSERT_TRUE(read);
  auto time = fs::last_write_time(folder / "weight/weight_a");
  ASSERT_TRUE(writeFile(*read, path).ok());
  EXPECT_EQ(bytesOf(path), first);
  EXPECT_EQ(fs::last_write_time(folder / "weight/weight_a"), time) << "shared files stay";
}

TEST_F(ExternalWeights, MissingShortAndWrongFilesAreNamed) {
  std::string path = writeSplit();
  fs::path file = folder / "weight/weight_b";
  std::vector<uint8_t> good = bytesOf(file);

  std::vector<uint8_t> bad(good.begin(), good.end() - 1);
  store(file, bad);
  EXPECT_NE(readFile(path).message().find("weight_b' has 159 bytes instead of 160"),
            std::string::npos)
      << readFile(path).message();
  bad = good;
  bad.push_back(0);
  store(file, bad);
  EXPECT_NE(readFile(path).message().find("has 161 bytes"), std::string::npos);
  for (size_t bit : {size_t(0), good.size() * 8 - 1}) {
    bad = good;
    bad[bit / 8] ^= uint8_t(1u << bit % 8);
    store(file, bad);
    EXPECT_NE(readFile(path).message().find("weight/weight_b' is corrupt or belongs to another"),
              std::string::npos);
    // Left to the caller, it is found there.
    Expected<Model> later = readFile(path, nullptr, WeightCheck::Deferred);
    ASSERT_TRUE(later);
    EXPECT_NE(later->checkWeights().message().find("weight_b"), std::string::npos);
  }
  store(file, good);
  EXPECT_TRUE(readFile(path));
  EXPECT_TRUE(readFile(path, nullptr, WeightCheck::Deferred)->checkWeights().ok());
  fs::remove(file);
  std::string message = readFile(path).message();
  EXPECT_NE(message.find("cannot read weight file"), std::string::npos) << message;
  EXPECT_NE(message.find("weight_b': No such file"), std::string::npos) << message;
  EXPECT_NE(message.find("'weight' beside the model"), std::string::npos) << message;
}

TEST_F(ExternalWeights, NamesStayInTheFolder) {
  for (const char *name : {"/etc/passwd", "weight/../m.om", "weight/", "weight/..", "other/a",
                           "weight/a/b", "weight/.hidden", "a"}) {
    model.weightFiles = {{name, test::kBytes}};
    EXPECT_FALSE(writeFile(model, folder / "m.om").ok()) << name;
  }
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(ExternalWeights, SizesAddUp) {
  for (std::vector<uint64_t> sizes : {std::vector<uint64_t>{test::kBytes - 1},
                                      {test::kBytes, 1},
                                      {test::kBytes, 0},
                                      {UINT64_MAX, test::kBytes + 1}}) {
    model.weightFiles.clear();
    for (uint64_t size : sizes)
      model.weightFiles.push_back({"weight/a", size});
    EXPECT_FALSE(writeBytes(model)) << sizes[0];
  }
}

TEST_F(ExternalWeights, InsideStaysVersionOne) {
  ASSERT_TRUE(writeFile(model, folder / "m.om").ok());
  FileInfo info;
  ASSERT_TRUE(readFile(folder / "m.om", &info));
  EXPECT_EQ(info.formatVersion, 1u);
  EXPECT_FALSE(fs::exists(folder / "weight"));
}

} // namespace
