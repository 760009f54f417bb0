//===- CubeWindow.h - The input window of a load3d ------------------------===//
#ifndef OPENATC_LIB_SIMULATOR_CUBEWINDOW_H
#define OPENATC_LIB_SIMULATOR_CUBEWINDOW_H

#include <cstdint>

namespace openatc::sim {

/// Decoded fmatrix and filter fields of a load3d.
struct Window {
  int64_t w, h, padL, padR, padT, padB;
  int64_t kw, kh, strideW, strideH, dilW, dilH;
  int64_t wo = 0, ho = 0;

  Window(uint64_t fmatrix, uint64_t filter) {
    auto take = [](uint64_t &word, unsigned bits) {
      int64_t field = int64_t(word & ((uint64_t(1) << bits) - 1));
      word >>= bits;
      return field;
    };
    w = take(fmatrix, 16), h = take(fmatrix, 16);
    padL = take(fmatrix, 8), padR = take(fmatrix, 8);
    padT = take(fmatrix, 8), padB = take(fmatrix, 8);
    kw = take(filter, 8), kh = take(filter, 8);
    strideW = take(filter, 8), strideH = take(filter, 8);
    dilW = take(filter, 8), dilH = take(filter, 8);
  }

  /// Computes wo and ho. Empty fields and windows larger than the padded input are errors.
  const char *check() {
    if (w == 0 || h == 0)
      return "fmatrix: the input is empty";
    if (kw == 0 || kh == 0 || strideW == 0 || strideH == 0 || dilW == 0 || dilH == 0)
      return "filter: a size, stride or dilation is 0";
    wo = (w + padL + padR - (dilW * (kw - 1) + 1)) / strideW + 1;
    ho = (h + padT + padB - (dilH * (kh - 1) + 1)) / strideH + 1;
    if (w + padL + padR < dilW * (kw - 1) + 1 || h + padT + padB < dilH * (kh - 1) + 1)
      return "filter: the window is larger than the padded input";
    return nullptr;
  }
};

/// The part of an output row that lies in a tile, seen from one kernel position: its
/// pixels before `lead` and from `end` on are padding.
struct WindowRun {
  int64_t count; ///< output positions
  int64_t lead, end;
  int64_t hi, wi; ///< input row; input column of position 0, may be padding
};

/// Calls fn(run) for the output rows that positions [mStart, mStart + mExt) touch, in
/// order, seen from kernel position (kh, kw); stops when fn returns false.
template <typename Fn>
bool forEachRun(const Window &win, int64_t mStart, int64_t mExt, int64_t kh, int64_t kw, Fn fn) {
  int64_t ho = mStart / win.wo, wo = mStart % win.wo;
  for (int64_t left = mExt; left > 0; wo = 0, ++ho) {
    WindowRun run;
    run.count = win.wo - wo < left ? win.wo - wo : left;
    run.hi = ho * win.strideH - win.padT + kh * win.dilH;
    run.wi = wo * win.strideW - win.padL + kw * win.dilW;
    if (run.hi < 0 || run.hi >= win.h || run.wi >= win.w) {
      run.lead = run.end = run.count;
    } else {
      run.lead = run.wi >= 0 ? 0 : (win.strideW - 1 - run.wi) / win.strideW;
      run.end = (win.w - run.wi + win.strideW - 1) / win.strideW;
      run.lead = run.lead < run.count ? run.lead : run.count;
      run.end = run.end < run.count ? run.end : run.count;
    }
    if (!fn(run))
      return false;
    left -= run.count;
  }
  return true;
}

/// Where the kernel positions of a tile come from and go to.
struct WindowTile {
  const Window &win;
  const uint8_t *pixels; ///< channel block 0 of the window, on the host
  int64_t mStart, mExt;
  float *tiles; ///< zZ, `tilesK` tiles for every 16 rows
  int64_t tilesK;
};

/// Columns [column, column + 16) of the tile = the 16 channels of position (c1, kh, kw).
void expandPosition(const WindowTile &tile, int64_t c1, int64_t kh, int64_t kw, int64_t column);
/// Columns [column, column + 4) = the channels of position (kh, kw) of a window (H, W, 4).
void expandPositionC04(const WindowTile &tile, int64_t kh, int64_t kw, int64_t column);

} // namespace openatc::sim

#endif // OPENATC_LIB_SIMULATOR_CUBEWINDOW_H
