//===- DynamicParams.h - AIPP parameters that arrive at run time ----------===//
//
// A dynamic stage has a second input, the parameter block: 64 bytes for all pictures
// and 96 bytes for each, little endian, in the order that AscendCL documents.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_AIPP_DYNAMICPARAMS_H
#define OPENATC_AIPP_DYNAMICPARAMS_H

#include "openatc/Aipp/AippParams.h"

#include <optional>
#include <span>

namespace openatc::aipp {

/// Name of the parameter input of the first dynamic stage; later ones append
/// "_<name of the stage>".
inline constexpr std::string_view dynamicInputName = "ascend_dynamic_aipp_data";

/// Parameters of one picture, as the block holds them. Switches are 0 or 1.
struct DynamicPicture {
  int8_t crop = 0, scf = 0, padding = 0, rotate = 0;
  int32_t cropX = 0, cropY = 0, cropW = 0, cropH = 0;
  int32_t scfInputW = 0, scfInputH = 0, scfOutputW = 0, scfOutputH = 0;
  int32_t padTop = 0, padBottom = 0, padLeft = 0, padRight = 0;
  std::array<int16_t, 4> mean{};
  /// Half-precision bits; 0x3C00 is one.
  std::array<uint16_t, 4> min{}, varReci{0x3C00, 0x3C00, 0x3C00, 0x3C00};
};

/// Content of a parameter block. `inputFormat` counts differently from InputFormat;
/// 0 means that nobody set it.
struct DynamicParams {
  uint8_t inputFormat = 0;
  int8_t csc = 0, rbuvSwap = 0, axSwap = 0;
  int32_t srcW = 0, srcH = 0;
  std::array<int16_t, 9> matrix{};
  std::array<uint8_t, 3> outputBias{}, inputBias{};
  std::vector<DynamicPicture> pictures;
};

/// Most pictures that a block can describe: their number is a signed byte.
inline constexpr uint64_t maxDynamicPictures = 127;

/// Bytes of a block for `pictures` pictures (at most maxDynamicPictures).
constexpr uint64_t dynamicBlockBytes(uint64_t pictures) { return 64 + 96 * pictures; }

/// The number that a block has for a format.
uint8_t blockNumberOf(InputFormat format);

/// The block of `params`.
std::vector<uint8_t> encodeBlock(const DynamicParams &params);

/// Reads a block of dynamicBlockBytes(n) bytes for some n; the block must say that it
/// is for n pictures. Values are not checked.
Expected<DynamicParams> decodeBlock(std::span<const uint8_t> block);

/// The stage that every picture goes through: `stage` is the dynamic stage of the
/// model with the network's sizes, whose first `stage.batch` pictures are computed.
/// Everything that the block asks for is checked; errors say what is wrong and which
/// function sets it.
Expected<std::vector<AippParams>>
resolveDynamic(const DynamicParams &params, const AippParams &stage, const AippLimits &limits = {});

/// The format of pictures of the network's own size that the buffer of a dynamic stage holds
/// `pictures` of: as many channels, without a conversion; nothing when none fits.
std::optional<InputFormat> plainFormat(const AippParams &stage, int64_t pictures);

/// A block that takes pictures of that size without any change.
DynamicParams plainParams(InputFormat format, int width, int height, int64_t pictures);

} // namespace openatc::aipp

#endif // OPENATC_AIPP_DYNAMICPARAMS_H
