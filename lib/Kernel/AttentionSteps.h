//===- AttentionSteps.h - Single steps of an attention kernel -------------===//
//
// What happens to one tile of query rows and one block of keys. A tile has
// `m1` fractals of rows; in L0C and UB the scores are [keys / 16][m1 * 16][16].
//
// The cube does what would else be passes of the vector unit over all scores: the
// row maximum is subtracted by one more step of K (maximum times -1/16, 16 times), key
// masks are added by another, and the row sums are the product with a block of ones.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_ATTENTIONSTEPS_H
#define OPENATC_LIB_KERNEL_ATTENTIONSTEPS_H

#include "AttentionShape.h"

namespace openatc::kernel {

/// A [batch, rows, columns] tensor in GM, FRACTAL_NZ or row-major.
struct GmPlanes {
  mlir::Value base;
  int64_t rows = 0;    ///< all of them, batches included
  int64_t columns = 0; ///< logical ones
  bool blocked = false;
};

/// Query rows of one head: `rows` of them from `row` of the head on.
struct RowTile {
  Num batch = 0, head = 0, row = 0;
  int64_t rows = 0;
  Num valid = 1; ///< 0: computed for nothing, not to be stored
  Num skip = 0;  ///< first rows that another tile stores
};

class AttentionSteps {
public:
  AttentionSteps(KernelBuilder &kb, ascend::AttentionOp op, const AttentionTile &tile,
                 mlir::ValueRange ins, mlir::Value out);

  /// Constant fractals: ones, -1/16, the mask of the padding keys. Once per kernel.
  void prepare();

  // --- Operands -------------------------------------------------------------
  mlir::Value loadKeys(const RowTile &t, Num key, int64_t count);
  mlir::Value loadValues(const RowTile &t, Num key, int64_t count);
  mlir::Value loadQuery(const RowTile &t);                  ///< GM to UB
  void scaleQuery(const RowTile &t, mlir::Value ub);        ///< on the vector unit
  mlir::Value stageQuery(const RowTile &t, mlir::Value ub); ///< UB to L1
  /// The mask of `count` keys for all rows as a right operand in L1; null without one.
  mlir::Value loadKeyMask(const RowTile &t, Num key, int64_t count);
  /// The mask of a block of scores in UB; null without one.
  mlir::Value loadFullMask(const RowTile &t, Num key, int64_t count);

  // --- Cube -------------------------------------------------------------------
  mlir::Value acquireScores();
  /// acc = Q K' and the masks of the keys; keys that pad the last fractal are hidden.
  void multiplyKeys(const RowTile &t, mlir::Value acc, mlir::Value query, mlir::Value keys,
                    mlir::Value keyMask, int64_t count);
  void subtractMaximum(const RowTile &t, mlir::Value acc, mlir::Value maximum, int64_t count);
  mlir::Value acquireProduct();
  /// acc (+)= P [V | 1].
  void multiplyValues(const RowTile &t, mlir::Value acc, mlir::Value probabilities,
                      mlir::Value values, int64_t count, Num first);

  // --- Vector -------------------------------------------------------------------
  mlir::Value startMaximum(const RowTile &t);
  mlir::Value drainScores(const RowTile &t, mlir::Value acc, mlir::Value mask, int64_t count);
  void updateMaximum(const RowTile &t, mlir::Value maximum, mlir::Value scores, int64_t count);
  mlir::Value foldMaximum(const RowTile &t, mlir::Value maximum);
  mlir::Value spreadMaximum(const RowTile &t, mlir::Value packed);
  mlir::Value stageMaximum(const RowTile &t, mlir::Value blocks);
  mlir::Value drainShifted(const RowTile &t, mlir::Value acc, mlir::Value mask, int64_t count);
  void exponentials(const RowTile &t, mlir::Value scores, int64_t count);
  mlir::Value stageProbabilities(const RowTile &t, mlir::Value ub, int64_t count);
  mlir::Value drainProduct(const RowTile &t, mlir::Value acc);
  mlir::Value invertSums(const RowTile &t, mlir::Value product);
  void normalise(const RowTile &t, mlir::Value product, mlir::Value inverse);
  mlir::Value roundResult(const RowTile &t, mlir::Value product);
  void store(const RowTile &t, mlir::Value result);

private:
  static int64_t m1Of(const RowTile &t) { return (t.rows + 15) / 16; }
  static int64_t fractals(int64_t keys) { return (keys + 15) / 16; }
  mlir::Value loadBlock(mlir::Value pool, const GmPlanes &from, Num plane, int64_t planes, Num row,
                        int64_t count);
  void addMask(const RowTile &t, mlir::Value scores, mlir::Value mask, int64_t count);
  Num maskRow(const RowTile &t);
  /// Adds `left` (one fractal a row of fractals, `step` fractals apart) times `count1`
  /// right fractals, to columns [first, first + count1) of `acc`.
  void addStep(const RowTile &t, mlir::Value acc, mlir::Value left, int64_t step, mlir::Value right,
               int64_t rightStep, int64_t first, int64_t count1);

  KernelBuilder &kb;
  AttentionShape s;
  AttentionTile tile;
  GmPlanes query, key, value, mask, result;
  int64_t halfL0a, halfL0b;
  mlir::Value poolQueryUb, poolQuery, poolKeys, poolValues, poolScores, poolProduct, poolL0a,
      poolL0b, poolScoresUb, poolPowers, poolPowersL1, poolMaximum, poolPacked, poolStage,
      poolBlocksL1, poolSums, poolInverse, poolResult, poolMaskUb, poolMaskL1;
  mlir::Value ones, minusOne, tail;
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_ATTENTIONSTEPS_H
