//===- CorruptionTest.cpp - Damaged files are refused, never crash --------===//

#include "GearModel.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/OfflineModel/Writer.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <random>

using namespace openatc;
using namespace openatc::om;

namespace {

// Positions of docs/om-format.md, written down again on purpose.
constexpr size_t kHeader = 128, kMetaSizeAt = 32, kMetaDigestAt = 40, kOwnDigestAt = 96;

std::vector<uint8_t> sampleBytes() {
  Expected<std::vector<uint8_t>> bytes = writeBytes(test::sampleModel());
  return bytes ? *bytes : std::vector<uint8_t>();
}

size_t metadataSize(const std::vector<uint8_t> &file) {
  uint64_t size = 0;
  for (int i = 7; i >= 0; --i)
    size = size << 8 | file[kMetaSizeAt + i];
  return size;
}

/// Makes the digests of metadata and header right again after an edit.
void reseal(std::vector<uint8_t> &file) {
  SHA256(&file[kHeader], metadataSize(file), &file[kMetaDigestAt]);
  SHA256(file.data(), kOwnDigestAt, &file[kOwnDigestAt]);
}

TEST(Corruption, EveryBitOfTheHeader) {
  const std::vector<uint8_t> good = sampleBytes();
  ASSERT_TRUE(readBytes(good));
  for (size_t bit = 0; bit < kHeader * 8; ++bit) {
    std::vector<uint8_t> bad = good;
    bad[bit / 8] ^= uint8_t(1u << (bit % 8));
    Expected<Model> model = readBytes(bad);
    ASSERT_FALSE(model) << "bit " << bit;
    EXPECT_FALSE(model.message().empty());
  }
}

TEST(Corruption, EveryByteOfTheFile) {
  const std::vector<uint8_t> good = sampleBytes();
  ASSERT_GT(good.size(), size_t(4 * 4096)); // header, metadata and four segments with padding
  for (size_t at = 0; at < good.size(); ++at) {
    std::vector<uint8_t> bad = good;
    bad[at] ^= uint8_t(1u << (at % 8));
    ASSERT_FALSE(readBytes(bad)) << "byte " << at;
  }
}

TEST(Corruption, EveryTruncation) {
  const std::vector<uint8_t> good = sampleBytes();
  for (size_t size = 0; size < good.size(); size += size < 4096 ? 1 : 37) {
    Expected<Model> model = readBytes(std::span(good).first(size));
    ASSERT_FALSE(model) << size << " bytes";
  }
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(readBytes(longer));
}

TEST(Corruption, MetadataWithRightDigests) {
  // Whoever makes a file can also hash it, so behind the digests every byte counts.
  const std::vector<uint8_t> good = sampleBytes();
  size_t metadata = metadataSize(good);
  std::mt19937 random(1);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> bad = good;
    for (unsigned edits = 1 + random() % 4; edits; --edits)
      bad[kHeader + random() % metadata] = uint8_t(random() % 3 ? random() : 0xff * (random() % 2));
    reseal(bad);
    accepted += bool(readBytes(bad));
  }
  // Names and free numbers may change; most edits must not survive.
  EXPECT_LT(accepted, 15000u);
}

TEST(Corruption, GearsWithRightDigests) {
  const std::vector<uint8_t> good = *writeBytes(test::gearModel());
  size_t metadata = metadataSize(good);
  std::mt19937 random(3);
  size_t accepted = 0;
  for (int round = 0; round < 10000; ++round) {
    std::vector<uint8_t> bad = good;
    for (unsigned edits = 1 + random() % 4; edits; --edits)
      bad[kHeader + random() % metadata] = uint8_t(random() % 3 ? random() : 0xff * (random() % 2));
    reseal(bad);
    accepted += bool(readBytes(bad));
  }
  EXPECT_LT(accepted, 7500u);
}

TEST(Corruption, FormatVersionMustBeThatOfTheModel) {
  std::vector<uint8_t> file = *writeBytes(test::gearModel());
  file[8] = 1;
  reseal(file);
  EXPECT_EQ(readBytes(file).message(), "the header says format version 1, the model has version 2");
}

TEST(Corruption, CodeWithRightDigests) {
  Model model = test::sampleModel();
  std::vector<uint8_t> code = test::addKernel();
  for (size_t at = 0; at < code.size(); at += 8) {
    std::vector<uint8_t> bad = code;
    bad[at] = 0xee; // no opcode; in an operand it is a value
    model.kernels[0].code = Blob(bad);
    Expected<std::vector<uint8_t>> bytes = writeBytes(model);
    if (bytes)
      EXPECT_TRUE(readBytes(*bytes));
  }
  std::vector<uint8_t> cut(code.begin(), code.end() - 8);
  model.kernels[0].code = Blob(cut);
  EXPECT_FALSE(writeBytes(model));
}

TEST(Corruption, OtherFiles) {
  std::vector<uint8_t> cann(4096);
  std::copy_n("IMOD", 4, cann.begin());
  EXPECT_NE(readBytes(cann).message().find("CANN"), std::string::npos);
  EXPECT_FALSE(readBytes({}));
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<uint8_t> noise(random() % 9000);
    for (uint8_t &byte : noise)
      byte = uint8_t(random());
    EXPECT_FALSE(readBytes(noise));
  }
}

TEST(Corruption, NewerFormatVersionIsNamed) {
  std::vector<uint8_t> file = sampleBytes();
  for (uint8_t version : {0, 3}) {
    file[8] = version;
    reseal(file);
    EXPECT_NE(readBytes(file).message().find("format version " + std::to_string(version)),
              std::string::npos);
  }
}

} // namespace
