//===- DynamicBlock.cpp - The bytes of AIPP parameters --------------------===//
#include "openatc/Aipp/DynamicParams.h"

#include <type_traits>
#include <utility>

using namespace openatc;
using namespace openatc::aipp;

namespace {

/// Formats in the numbering of the block.
constexpr std::pair<InputFormat, uint8_t> blockNumbers[] = {{InputFormat::YUV420SP_U8, 1},
                                                            {InputFormat::XRGB8888_U8, 2},
                                                            {InputFormat::RGB888_U8, 5},
                                                            {InputFormat::YUV400_U8, 10}};

/// Puts little-endian fields into a block, or takes them out of it.
template <bool writes> class Cursor {
  using Byte = std::conditional_t<writes, uint8_t, const uint8_t>;

public:
  Cursor(Byte *block) : block(block) {}

  template <typename T> void field(size_t offset, T &value) {
    if constexpr (writes) {
      auto bits = static_cast<std::make_unsigned_t<T>>(value);
      for (size_t i = 0; i < sizeof(T); ++i)
        block[offset + i] = static_cast<uint8_t>(bits >> (8 * i));
    } else {
      uint64_t bits = 0;
      for (size_t i = sizeof(T); i-- > 0;)
        bits = bits << 8 | block[offset + i];
      value = static_cast<T>(bits);
    }
  }

  template <typename T, size_t n> void field(size_t offset, std::array<T, n> &values) {
    for (size_t i = 0; i < n; ++i)
      field(offset + i * sizeof(T), values[i]);
  }

private:
  Byte *block;
};

template <bool writes> void common(Cursor<writes> at, DynamicParams &p) {
  at.field(0, p.inputFormat);
  at.field(1, p.csc);
  at.field(2, p.rbuvSwap);
  at.field(3, p.axSwap);
  at.field(8, p.srcW);
  at.field(12, p.srcH);
  at.field(16, p.matrix);
  at.field(40, p.outputBias);
  at.field(43, p.inputBias);
}

template <bool writes> void picture(Cursor<writes> at, DynamicPicture &p) {
  at.field(0, p.crop);
  at.field(1, p.scf);
  at.field(2, p.padding);
  at.field(3, p.rotate);
  at.field(8, p.cropX);
  at.field(12, p.cropY);
  at.field(16, p.cropW);
  at.field(20, p.cropH);
  at.field(24, p.scfInputW);
  at.field(28, p.scfInputH);
  at.field(32, p.scfOutputW);
  at.field(36, p.scfOutputH);
  at.field(40, p.padTop);
  at.field(44, p.padBottom);
  at.field(48, p.padLeft);
  at.field(52, p.padRight);
  at.field(56, p.mean);
  at.field(64, p.min);
  at.field(72, p.varReci);
}

constexpr size_t pictureCountAt = 4;

} // namespace

uint8_t openatc::aipp::blockNumberOf(InputFormat format) {
  for (auto [known, number] : blockNumbers)
    if (known == format)
      return number;
  return 0;
}

std::vector<uint8_t> openatc::aipp::encodeBlock(const DynamicParams &params) {
  DynamicParams p = params;
  std::vector<uint8_t> block(dynamicBlockBytes(p.pictures.size()));
  common(Cursor<true>(block.data()), p);
  block[pictureCountAt] = static_cast<uint8_t>(p.pictures.size());
  for (size_t i = 0; i < p.pictures.size(); ++i)
    picture(Cursor<true>(block.data() + dynamicBlockBytes(i)), p.pictures[i]);
  return block;
}

Expected<DynamicParams> openatc::aipp::decodeBlock(std::span<const uint8_t> block) {
  size_t count = block.size() < dynamicBlockBytes(1) ? 0 : (block.size() - 64) / 96;
  if (count == 0 || count > maxDynamicPictures || block.size() != dynamicBlockBytes(count))
    return Status::error("the AIPP parameter block has " + std::to_string(block.size()) +
                         " bytes, which is not 64 + 96 for each picture");
  DynamicParams p;
  common(Cursor<false>(block.data()), p);
  if (p.inputFormat == 0)
    return Status::error("the AIPP parameters were never set: the input format is 0; call "
                         "aclmdlSetInputAIPP or aclmdlSetAIPPByInputIndex before executing");
  if (block[pictureCountAt] != count)
    return Status::error("the AIPP parameters are for " + std::to_string(block[pictureCountAt]) +
                         " pictures but the model takes " + std::to_string(count) +
                         "; give that number to aclmdlCreateAIPP");
  p.pictures.resize(count);
  for (size_t i = 0; i < count; ++i)
    picture(Cursor<false>(block.data() + dynamicBlockBytes(i)), p.pictures[i]);
  return p;
}

std::optional<InputFormat> openatc::aipp::plainFormat(const AippParams &stage, int64_t pictures) {
  auto fits = [&](InputFormat format) {
    return pictures * bytesPerImage(format, stage.outW, stage.outH) <= stage.maxSourceBytes;
  };
  if (stage.channels == 1)
    return fits(InputFormat::YUV400_U8) ? std::optional(InputFormat::YUV400_U8) : std::nullopt;
  if (fits(InputFormat::RGB888_U8))
    return InputFormat::RGB888_U8;
  bool even = stage.outW % 2 == 0 && stage.outH % 2 == 0;
  return even && fits(InputFormat::YUV420SP_U8) ? std::optional(InputFormat::YUV420SP_U8)
                                                : std::nullopt;
}

DynamicParams openatc::aipp::plainParams(InputFormat format, int width, int height,
                                         int64_t pictures) {
  DynamicParams p;
  p.inputFormat = blockNumberOf(format);
  p.srcW = width;
  p.srcH = height;
  p.pictures.resize(static_cast<size_t>(pictures));
  return p;
}
