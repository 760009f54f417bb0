//===- AippReference.cpp - AIPP computed pixel by pixel on the host -------===//
#include "openatc/Aipp/AippReference.h"

#include "openatc/Support/Half.h"

#include <algorithm>
#include <numeric>
#include <utility>

using namespace openatc;
using namespace openatc::aipp;

// Sums, differences and products of two halves that are rounded from single
// precision equal those rounded once: 24 bits are more than twice 11 and two.
static float rounded(float value) { return halfToFloat(floatToHalf(value)); }

/// The source channels of pixel (y, x) after the swaps; grey pictures fill the first.
static std::array<int, 3> loadPixel(const AippParams &p, const uint8_t *image, int y, int x) {
  int64_t at = static_cast<int64_t>(y) * p.srcW + x;
  std::array<int, 3> pixel{};
  switch (p.format) {
  case InputFormat::YUV400_U8:
    return {image[at], 0, 0};
  case InputFormat::YUV420SP_U8: {
    // Two by two pixels share one U,V pair; it is not interpolated.
    const uint8_t *chroma = image + static_cast<int64_t>(p.srcW) * p.srcH +
                            static_cast<int64_t>(y / 2) * p.srcW + x / 2 * 2;
    pixel = {image[at], chroma[0], chroma[1]};
    if (p.rbuvSwap)
      std::swap(pixel[1], pixel[2]);
    return pixel;
  }
  case InputFormat::XRGB8888_U8: {
    const uint8_t *colour = image + 4 * at + (p.axSwap ? 1 : 0);
    pixel = {colour[0], colour[1], colour[2]};
    break;
  }
  case InputFormat::RGB888_U8:
    pixel = {image[3 * at], image[3 * at + 1], image[3 * at + 2]};
    break;
  }
  if (p.rbuvSwap)
    std::swap(pixel[0], pixel[2]);
  return pixel;
}

static std::array<int, 3> convertColour(const AippParams &p, const std::array<int, 3> &in) {
  std::array<int, 3> out{};
  for (int i = 0; i < 3; ++i) {
    int sum = 0;
    for (int j = 0; j < 3; ++j)
      sum += p.matrix[3 * i + j] * (in[j] - p.inputBias[j]);
    // The published formula: an arithmetic shift, which rounds towards minus infinity.
    out[i] = std::clamp((sum >> 8) + p.outputBias[i], 0, 255);
  }
  return out;
}

static uint16_t normalise(const AippParams &p, size_t channel, int value) {
  float centred = rounded(static_cast<float>(value - p.mean[channel]));
  float shifted = rounded(centred - rounded(p.min[channel]));
  return floatToHalf(shifted * rounded(p.varReci[channel]));
}

/// What a byte becomes in each channel.
template <typename Element> using Tables = std::array<std::array<Element, 256>, 3>;

template <typename Element>
static void apply(const AippParams &p, const uint8_t *src, int64_t batch, Element *dst,
                  Element border, const Tables<Element> &tables) {
  int64_t plane = static_cast<int64_t>(p.outW) * p.outH;
  for (int64_t n = 0; n < batch; ++n, src += bytesPerImage(p), dst += p.channels * plane) {
    std::fill_n(dst, p.channels * plane, border);
    for (int y = 0; y < p.cropH; ++y)
      for (int x = 0; x < p.cropW; ++x) {
        std::array<int, 3> pixel = loadPixel(p, src, y + p.cropY, x + p.cropX);
        if (p.csc)
          pixel = convertColour(p, pixel);
        int64_t at = static_cast<int64_t>(y + p.padTop) * p.outW + x + p.padLeft;
        for (size_t c = 0; c < static_cast<size_t>(p.channels); ++c)
          dst[static_cast<int64_t>(c) * plane + at] = tables[c][static_cast<size_t>(pixel[c])];
      }
  }
}

void openatc::aipp::applyAipp(const AippParams &p, const uint8_t *src, int64_t batch,
                              uint16_t *dst) {
  Tables<uint16_t> tables;
  for (size_t c = 0; c < tables.size(); ++c)
    for (size_t value = 0; value < 256; ++value)
      tables[c][value] = normalise(p, c, static_cast<int>(value));
  apply(p, src, batch, dst, floatToHalf(p.paddingValue), tables);
}

void openatc::aipp::applyAipp(const AippParams &p, const uint8_t *src, int64_t batch,
                              uint8_t *dst) {
  Tables<uint8_t> tables;
  for (auto &table : tables)
    std::iota(table.begin(), table.end(), uint8_t{0});
  apply(p, src, batch, dst, static_cast<uint8_t>(static_cast<int>(p.paddingValue)), tables);
}
