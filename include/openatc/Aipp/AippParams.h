//===- AippParams.h - A checked AIPP stage of one network input -----------===//
#ifndef OPENATC_AIPP_AIPPPARAMS_H
#define OPENATC_AIPP_AIPPPARAMS_H

#include "openatc/Aipp/AippConfig.h"
#include "openatc/Support/DType.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace openatc::aipp {

/// Picture formats, numbered as in the configuration's enum.
enum class InputFormat : uint8_t {
  YUV420SP_U8 = 1, ///< a plane of Y, then a plane of interleaved U,V at half height and width
  XRGB8888_U8 = 2, ///< four bytes a pixel
  RGB888_U8 = 3,   ///< three bytes a pixel
  YUV400_U8 = 4,   ///< one byte a pixel
};

inline constexpr InputFormat inputFormats[] = {InputFormat::YUV420SP_U8, InputFormat::XRGB8888_U8,
                                               InputFormat::RGB888_U8, InputFormat::YUV400_U8};

/// The configuration's spelling of a format.
std::string_view nameOf(InputFormat format);

/// What a chip demands of pictures.
struct AippLimits {
  int maxPaddedWidth = 1080; ///< of a picture after padding
};

/// Everything that an implementation of the stage needs, with defaults filled in
/// and checked against the network. Sizes are in pixels. The stages run in the
/// order of the members below.
///
/// A dynamic stage (isDynamic) knows only what it feeds and how large a buffer of
/// pictures may be; DynamicParams.h has the rest, picture by picture, at run time.
struct AippParams {
  int inputRank = 0;           ///< index of the network input that is fed
  uint32_t maxSourceBytes = 0; ///< of a dynamic stage: bytes of all pictures of a run
  InputFormat format = InputFormat::RGB888_U8;
  int srcW = 0, srcH = 0;
  /// Exchange of R and B (or U and V) and, for four-byte pixels, of the padding
  /// byte: with `axSwap` the colour bytes are 1..3 of a pixel, else 0..2.
  bool rbuvSwap = false, axSwap = false;
  /// The part of the source that is used; the whole source without a crop.
  bool crop = false;
  int cropX = 0, cropY = 0, cropW = 0, cropH = 0;
  /// Colour conversion: clamp(((M * (in - inputBias)) >> 8) + outputBias, 0, 255).
  /// The bias that does not apply to the source format is zero.
  bool csc = false;
  std::array<int16_t, 9> matrix{}; ///< row-major
  std::array<uint8_t, 3> inputBias{}, outputBias{};
  /// Normalisation per output channel, (pixel - mean - min) * varReci; the last two
  /// and every step are rounded to half precision. None when the network takes bytes.
  std::array<int16_t, 4> mean{};
  std::array<float, 4> min{}, varReci{1, 1, 1, 1};
  /// Border written after normalisation, its value rounded to half precision (or one
  /// byte's value).
  bool padding = false;
  int padLeft = 0, padRight = 0, padTop = 0, padBottom = 0;
  float paddingValue = 0;
  /// What the network receives: `batch` pictures of channels x outH x outW, as bytes
  /// for a u8 or i8 network, else as halves.
  int64_t batch = 1;
  int channels = 0, outW = 0, outH = 0;
  bool bytes = false, nhwc = false;

  bool isDynamic() const { return maxSourceBytes != 0; }
};

/// The network input that a block feeds, as the model declares it.
struct NetworkInput {
  std::string name;
  DType dtype = DType::F32;
  std::vector<int64_t> dims; ///< static
  bool nhwc = false;         ///< dims are [N, H, W, C] instead of [N, C, H, W]
};

/// Fills defaults in and checks `op` against the input it feeds.
Expected<AippParams> resolveAipp(const AippOp &op, const NetworkInput &input,
                                 const AippLimits &limits = {});

/// Resolves every block of a file against the inputs of a network, in input
/// order. Two blocks for one input, or a rank that the network has not, is an error.
Expected<std::vector<AippParams>> resolveAippConfig(const std::vector<AippOp> &ops,
                                                    const std::vector<NetworkInput> &inputs,
                                                    const AippLimits &limits = {});

/// A conversion matrix with nothing below its first row, and no bias, gives grey.
bool isGreyConversion(const AippParams &params);

/// Bytes of one picture in the source format.
int64_t bytesPerImage(InputFormat format, int64_t width, int64_t height);
int64_t bytesPerImage(const AippParams &params);

/// Dimensions the application sees, [N, H, W, C] of the source, and those of the
/// real buffer: YUV420SP has no pixel grid, its buffer is [N, H * 3 / 2, W, 1]. Of a
/// dynamic stage both are [1, maxSourceBytes].
std::vector<int64_t> inputDims(const AippParams &params);
std::vector<int64_t> bufferDims(const AippParams &params);

/// One line for the compile summary: what the application must now pass.
std::string describeInput(const AippParams &params, std::string_view inputName);

} // namespace openatc::aipp

#endif // OPENATC_AIPP_AIPPPARAMS_H
