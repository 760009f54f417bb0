//===- Transform.cpp - Scaling and conversion of samples ------------------===//

#include "Transform.h"

#include <algorithm>
#include <cmath>

namespace openatc::dvpp {

namespace {

constexpr int kWeightBits = 11;
constexpr int kOne = 1 << kWeightBits;

/// The two source samples of each sample of a result, and the weight of the second.
struct Tap {
  uint32_t first, second;
  int weight;
};

std::vector<Tap> tapsOf(uint32_t from, uint32_t to, Interpolation interpolation) {
  std::vector<Tap> taps(to);
  for (uint32_t i = 0; i < to; ++i) {
    double at = (i + 0.5) * from / to;
    if (interpolation == Interpolation::Nearest) {
      uint32_t nearest = std::min(uint32_t(at), from - 1);
      taps[i] = {nearest, nearest, 0};
      continue;
    }
    at = std::clamp(at - 0.5, 0.0, double(from - 1));
    uint32_t first = uint32_t(at);
    taps[i] = {first, std::min(first + 1, from - 1), int(std::lround((at - first) * kOne))};
  }
  return taps;
}

std::vector<uint8_t> resizePlane(const std::vector<uint8_t> &samples, uint32_t width,
                                 const std::vector<Tap> &columns, const std::vector<Tap> &rows) {
  std::vector<uint8_t> out;
  out.reserve(columns.size() * rows.size());
  for (const Tap &row : rows) {
    const uint8_t *upper = &samples[size_t(row.first) * width];
    const uint8_t *lower = &samples[size_t(row.second) * width];
    for (const Tap &column : columns) {
      auto across = [&](const uint8_t *line) {
        return line[column.first] * (kOne - column.weight) + line[column.second] * column.weight;
      };
      int sum = across(upper) * (kOne - row.weight) + across(lower) * row.weight;
      out.push_back(uint8_t((sum + (1 << (2 * kWeightBits - 1))) >> (2 * kWeightBits)));
    }
  }
  return out;
}

/// Chroma planes at another sampling of the same picture.
Planes sampleChroma(Planes planes, uint8_t shiftX, uint8_t shiftY) {
  uint32_t width = planes.width >> shiftX, height = planes.height >> shiftY;
  if (width == planes.chromaWidth && height == planes.chromaHeight)
    return planes;
  for (size_t c = 1; c < 3; ++c) {
    std::vector<uint8_t> out;
    out.reserve(size_t(width) * height);
    // Either direction shares by two or repeats by two; the window has 1, 2 or 4 samples.
    uint32_t stepX = std::max(1u, planes.chromaWidth / width);
    uint32_t stepY = std::max(1u, planes.chromaHeight / height);
    for (uint32_t y = 0; y < height; ++y)
      for (uint32_t x = 0; x < width; ++x) {
        uint64_t left = uint64_t(x) * planes.chromaWidth / width;
        uint64_t top = uint64_t(y) * planes.chromaHeight / height;
        uint32_t sum = 0;
        for (uint32_t j = 0; j < stepY; ++j)
          for (uint32_t i = 0; i < stepX; ++i)
            sum += planes.samples[c][size_t(top + j) * planes.chromaWidth + left + i];
        out.push_back(uint8_t((sum + stepX * stepY / 2) / (stepX * stepY)));
      }
    planes.samples[c] = std::move(out);
  }
  planes.chromaWidth = width;
  planes.chromaHeight = height;
  return planes;
}

uint8_t toByte(int value) { return uint8_t(std::clamp((value + 128) >> 8, 0, 255)); }

/// BT.601 at full range with 8 bits of fraction.
void convertFamily(Planes &planes, bool toRgb) {
  for (size_t i = 0; i < planes.samples[0].size(); ++i) {
    int a = planes.samples[0][i], b = planes.samples[1][i], c = planes.samples[2][i];
    if (toRgb) {
      planes.samples[0][i] = toByte(256 * a + 359 * (c - 128));
      planes.samples[1][i] = toByte(256 * a - 88 * (b - 128) - 183 * (c - 128));
      planes.samples[2][i] = toByte(256 * a + 454 * (b - 128));
    } else {
      planes.samples[0][i] = toByte(77 * a + 150 * b + 29 * c);
      planes.samples[1][i] = toByte(-43 * a - 85 * b + 128 * c + 256 * 128);
      planes.samples[2][i] = toByte(128 * a - 107 * b - 21 * c + 256 * 128);
    }
  }
  planes.rgb = toRgb;
}

} // namespace

Planes resize(const Planes &planes, uint32_t width, uint32_t height, Interpolation interpolation) {
  if (planes.width == width && planes.height == height)
    return planes;
  Planes out;
  out.rgb = planes.rgb;
  out.width = width;
  out.height = height;
  out.chromaWidth = planes.chromaWidth == planes.width ? width : width / 2;
  out.chromaHeight = planes.chromaHeight == planes.height ? height : height / 2;
  for (size_t c = 0; c < 3; ++c)
    out.samples[c] = resizePlane(
        planes.samples[c], c ? planes.chromaWidth : planes.width,
        tapsOf(c ? planes.chromaWidth : planes.width, c ? out.chromaWidth : width, interpolation),
        tapsOf(c ? planes.chromaHeight : planes.height, c ? out.chromaHeight : height,
               interpolation));
  return out;
}

Planes convert(const Planes &planes, const FormatInfo &to) {
  Planes out = planes;
  // A grey result has no chroma: only the luma of a family counts.
  if (out.rgb != to.rgb) {
    out = sampleChroma(std::move(out), 0, 0);
    convertFamily(out, to.rgb);
  }
  return sampleChroma(std::move(out), to.shiftX, to.shiftY);
}

} // namespace openatc::dvpp
