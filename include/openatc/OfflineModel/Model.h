//===- Model.h - An offline model in memory -------------------------------===//
//
// What the code generator fills in and the runtime executes. The binary form is
// docs/om-format.md; Writer.h and Reader.h convert. Plain data, no behaviour.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_OFFLINEMODEL_MODEL_H
#define OPENATC_OFFLINEMODEL_MODEL_H

#include "openatc/HostOps/HostOps.h"
#include "openatc/Support/DType.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace openatc::om {

/// Bytes that are either owned or lie in a file mapping that `owner` keeps alive.
/// Copies share the storage, so passing a multi-gigabyte weight blob is cheap.
class Blob {
public:
  Blob() = default;
  Blob(std::vector<uint8_t> bytes) {
    auto own = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
    span = *own;
    owner = std::move(own);
  }
  static Blob view(std::span<const uint8_t> bytes, std::shared_ptr<const void> owner) {
    Blob blob;
    blob.span = bytes;
    blob.owner = std::move(owner);
    return blob;
  }

  /// A file that is open for reading, and where in it the bytes lie.
  struct FileRange {
    int fd = -1;
    uint64_t offset = 0;
  };
  /// The same for a view that lies in a mapped file; `owner` keeps `fd` open, too.
  static Blob view(std::span<const uint8_t> bytes, std::shared_ptr<const void> owner,
                   FileRange range) {
    Blob blob = view(bytes, std::move(owner));
    blob.range = range;
    return blob;
  }

  std::span<const uint8_t> bytes() const { return span; }
  const uint8_t *data() const { return span.data(); }
  size_t size() const { return span.size(); }
  /// Where the bytes are in a file, if they are.
  const std::optional<FileRange> &file() const { return range; }

private:
  std::span<const uint8_t> span;
  std::shared_ptr<const void> owner;
  std::optional<FileRange> range;
};

/// Memories of a running model. Inputs and outputs are separate allocations of
/// the application; weights and arena are one allocation each.
enum class BufferKind : uint8_t { Input = 0, Output = 1, Weight = 2, Arena = 3 };

/// A place in one of them: `offset` bytes from the start of input or output
/// `index`, of the weights or of the arena (`index` is 0 then).
struct BufferRef {
  BufferKind kind = BufferKind::Arena;
  uint32_t index = 0;
  uint64_t offset = 0;
  bool operator==(const BufferRef &) const = default;
};

/// How a tensor lies in memory. `logicalShape` of a TensorRef is always the ONNX
/// shape; NC1HWC0 holds [N, ceil(C/16), H, W, 16], FRACTAL_NZ holds
/// [ceil(N/16), ..., M, 16] for [..., M, N], NC1HWC0_C04 holds [N, H, W, 4] for at most
/// 4 channels. Padding lanes hold any finite values.
enum class Layout : uint8_t { ND = 0, NC1HWC0 = 1, FractalNZ = 2, NC1HWC0_C04 = 3 };

/// Name of a layout as CANN spells it: "ND", "NC1HWC0", "FRACTAL_NZ", "NC1HWC0_C04".
std::string_view nameOf(Layout layout);

/// Bytes that a tensor of `dtype` and logical `shape` takes in `layout`; an error
/// for negative dimensions, a rank the layout does not have, or more than 2^62 bytes.
Expected<uint64_t> storageBytes(DType dtype, Layout layout, const host::Shape &shape);

/// The elements of a tensor in `layout` as dense row-major bytes of the logical `shape`.
/// An error when `stored` does not have storageBytes() bytes.
Expected<std::vector<uint8_t>> toRowMajor(DType dtype, Layout layout, const host::Shape &shape,
                                          std::span<const uint8_t> stored);

struct TensorDesc;

/// Bytes that the largest tensor of a model of open shapes takes, 0 when there is no largest.
/// An error when shape and ranges contradict each other.
Expected<uint64_t> openBytes(const TensorDesc &desc);

/// A tensor that a task leaves behind, for dumps and `om compare`.
struct TensorRef {
  std::string name; ///< ONNX tensor name
  BufferRef buffer;
  DType dtype = DType::Undefined;
  Layout layout = Layout::ND;
  host::Shape logicalShape;
  std::string madeBy = {}; ///< pass that gave its node the present form; empty if unknown
  bool operator==(const TensorRef &) const = default;
};

/// Slice `index` of `count` equal slices of a tensor along its first dimension, which all
/// runs of a loop leave in the same memory. `tensor` describes the slice.
struct TensorSlice {
  TensorRef tensor;
  uint32_t index = 0, count = 1;
  bool operator==(const TensorSlice &) const = default;
};

/// AIPP of an input: what the network itself would have taken. The parameters of a dynamic
/// stage are an input of their own, u8 [64 + 96 * pictures].
struct AippInfo {
  std::string mode;         ///< "static", "dynamic" or, for that input, "parameters"
  std::string sourceFormat; ///< "YUV420SP_U8", "RGB888_U8", ...
  int64_t sourceWidth = 0, sourceHeight = 0;
  host::Shape reportedShape; ///< [N, src_h, src_w, C] as aclmdlGetInputDims reports it
  DType originDType = DType::Undefined;
  host::Shape originShape;  ///< of the ONNX input
  std::string originFormat; ///< "NCHW" or "NHWC"
  uint32_t partner = none;  ///< dynamic: index of its parameters; parameters: of the pictures
  /// Static: the stages by the names of the configuration, defaults filled in. `crop` is x, y, w,
  /// h and `padding` left, right, top, bottom, both empty when off; `matrix`, `input_bias` and
  /// `output_bias` exist with a colour conversion only; `mean_chn`, `min_chn`, `var_reci_chn`.
  host::Attributes settings = {};

  static constexpr uint32_t none = UINT32_MAX;
  bool operator==(const AippInfo &) const = default;
};

/// What an input is there for. The network reads data inputs only; the compiler adds the
/// others behind them, and applications fill those through functions of AscendCL.
enum class InputRole : uint8_t {
  Data = 0,
  Gear = 1, ///< the values of the chosen gear, see Gear
};

/// Extents that an open dimension may have, both included.
struct DimRange {
  int64_t least = 0;
  int64_t most = -1; ///< -1: no bound
  bool operator==(const DimRange &) const = default;
};

/// An input or output as the application passes it: dense row-major `shape` of
/// `dtype`, always `bytes` == elements * element size. With AIPP `shape` is that of the
/// real u8 buffer, e.g. [N, src_h * 3 / 2, src_w, 1] for YUV420SP.
struct TensorDesc {
  std::string name; ///< ONNX graph input or output name
  DType dtype = DType::Undefined;
  host::Shape shape;
  uint64_t bytes = 0;
  std::string format = "ND"; ///< "NCHW", "NHWC" or "ND"
  std::string producer;      ///< outputs: ONNX node that makes it; may be empty
  std::optional<AippInfo> aipp;
  InputRole role = InputRole::Data;
  /// Ascending axes that depend on the gear, of `shape` and of the AIPP's reported shape.
  std::vector<uint32_t> dynamicAxes = {};
  /// Of a model of open shapes: what each dimension may be. Empty when all are fixed.
  std::vector<DimRange> ranges = {};
  bool operator==(const TensorDesc &) const = default;
};

/// Instruction at byte offset `pc` (and those that follow, up to the next entry)
/// implements entry `node` of the launching KernelTask's `nodes`.
struct DebugEntry {
  uint32_t pc = 0;
  uint32_t node = 0;
  bool operator==(const DebugEntry &) const = default;
};

/// Encoded instructions (lib/ISA); identical kernels are stored once.
struct Kernel {
  std::string name;
  Blob code;
  std::vector<DebugEntry> debug; ///< ascending pc
};

/// Launch of a kernel on the AI cores; argument i of the kernel is args[i]'s address.
struct KernelTask {
  uint32_t kernel = 0; ///< index into Model::kernels
  uint32_t blockDim = 1;
  std::vector<BufferRef> args;
  std::vector<std::string> nodes; ///< ONNX node names it implements
  std::vector<TensorRef> outputs;
  uint64_t estimatedCycles = 0;    ///< the compiler's estimate without launch overhead; 0 if none
  std::vector<std::string> passes; ///< passes that changed what implements `nodes`, in order
  std::vector<TensorSlice> slices; ///< what a run of a loop leaves until the next one
  std::vector<std::string> types;  ///< ONNX operators of `nodes`; empty if unknown
};

/// A dense row-major operand or result of a host operator.
struct HostOperand {
  bool absent = false; ///< optional operand that is not given; the rest is unused
  BufferRef buffer;
  DType dtype = DType::Undefined;
  host::Shape shape;
  bool operator==(const HostOperand &) const = default;
};

/// One operator on the AI CPU, computed by host::compute.
struct HostTask {
  std::string op; ///< dialect mnemonic without prefix, e.g. "nonmaxsuppression"
  host::Attributes attributes;
  std::vector<HostOperand> operands, results;
  std::vector<std::string> nodes; ///< ONNX node names it implements
  std::string reason;             ///< why it is not on the AI core, one sentence
  std::vector<TensorRef> outputs;
  std::vector<std::string> passes; ///< see KernelTask
  std::vector<TensorSlice> slices;
  std::vector<std::string> types;
};

using Task = std::variant<KernelTask, HostTask>;

/// A file beside the .om file that holds weights; those of all files lie one behind the other.
struct WeightFile {
  std::string name; ///< "weight/<file>", relative to the folder of the .om file
  uint64_t size = 0;
  bool operator==(const WeightFile &) const = default;
};

/// Fractals of 16 x 16 halves that are zero beside their diagonals, as filters of depthwise
/// convolutions are. The weights hold the 16 halves of each diagonal; loading expands
/// them behind the weights.
struct Diagonals {
  uint64_t from = 0; ///< offset in Model::weights, of 32 bytes for each fractal
  uint64_t to = 0;   ///< offset in weight memory, of 512 bytes for each fractal
  uint64_t count = 0;
  bool operator==(const Diagonals &) const = default;

  static constexpr uint64_t lanes = 16, storedBytes = 2 * lanes, bytes = storedBytes * lanes;
  /// First offset of expanded fractals behind `weights` bytes, and behind other ones.
  static constexpr uint64_t begin(uint64_t weights) { return (weights + 4095) / 4096 * 4096; }
  uint64_t end() const { return to + count * bytes; }
};

/// What runs for one set of shapes.
struct Plan {
  std::vector<TensorDesc> inputs, outputs;
  uint64_t arenaBytes = 0;
  uint64_t arenaBoundBytes = 0; ///< liveness lower bound of the arena
  std::vector<Task> tasks;      ///< in execution order
  uint32_t aiCoreNodes = 0, aiCpuNodes = 0;
};

/// What the values of a gear stand for: one batch size, height and width, or one value for
/// each dynamic axis of the inputs.
enum class GearKind : uint8_t { None = 0, Batch = 1, Image = 2, Dims = 3 };

/// One of the sets of shapes that a model with gears is compiled for. Its inputs and outputs
/// are those of the model, one by one, with the shapes of this gear.
struct Gear : Plan {
  std::vector<int64_t> values; ///< what the application chooses it by, all positive
};

/// The shape of a tensor of which not even the rank is known.
inline const host::Shape kUnknownRank = {-2};

/// A tensor of a single operator as CANN describes it.
struct OpTensor {
  DType dtype = DType::Undefined;
  std::string format = "ND"; ///< CANN's name, or "RESERVED": an optional input that is not given
  host::Shape shape;
  std::optional<std::vector<uint8_t>> value; ///< of a constant, dense
  bool present() const { return format != "RESERVED"; }
  bool operator==(const OpTensor &) const = default;
};

/// An attribute of a single operator: its type as in --singleop files ("list_int") and
/// its value as compact JSON, so that equal values are equal texts.
struct OpAttribute {
  std::string name, type, value;
  bool operator==(const OpAttribute &) const = default;
};

/// The CANN operator that a model of --singleop computes. Its given inputs without a value
/// are the inputs of the model, in order.
struct OpDescription {
  std::string type; ///< "MatMulV2"
  std::vector<OpTensor> inputs, outputs;
  std::vector<OpAttribute> attributes; ///< in ascending order of their names
  bool operator==(const OpDescription &) const = default;
};

/// What a model of open shapes is compiled from when a shape is first used.
struct Source {
  struct File {
    std::string name;
    Blob bytes;
  };
  std::vector<std::string> options; ///< of the compiler, but those about shapes and files
  std::vector<File> files;          ///< the ONNX model, then its external data by location
};

/// A network compiled for fixed shapes, or for several gears that share weights and kernels.
/// With gears, `inputs` and `outputs` describe buffers that hold those of every gear, the last
/// input takes the values of the gear, the arena holds that of every gear, numbers of nodes are
/// those of the largest gear, and only gears have tasks.
struct Model : Plan {
  std::string name;
  std::string fileName;        ///< of the file it was read from, without folder; else empty
  std::string socVersion;      ///< "Ascend310P3"
  std::string socText;         ///< printSoc() of the description it was compiled for
  std::string commandLine;     ///< of the compiler, without machine paths of its own
  std::string compilerVersion; ///< "OpenATC 0.1.0"
  Blob weights;
  std::vector<WeightFile> weightFiles; ///< where `weights` are kept; empty: in the .om file
  std::vector<Diagonals> diagonals;    ///< in ascending order of `to`, without gaps
  /// Bytes of weight memory, what loading expands included.
  uint64_t weightMemoryBytes() const {
    return diagonals.empty() ? weights.size() : diagonals.back().end();
  }
  /// Writes the fractals of `entry` to `to`, entry.count * Diagonals::bytes bytes.
  void expand(const Diagonals &entry, uint8_t *to) const;
  /// Set by a reader that was asked to leave it to the caller: compares the weights with their
  /// digest in the file. May run in any thread; refers to what it needs.
  std::function<Status()> checkWeights;
  std::vector<Kernel> kernels;
  std::string reportJson;                ///< compile report; may be empty
  std::optional<OpDescription> singleOp; ///< a model of one operator: which
  /// A model of open shapes, marked by -1 in inputs and outputs. It has no weights, kernels
  /// and tasks; the compiler makes models of fixed shapes from it.
  std::optional<Source> source;
  GearKind gearKind = GearKind::None;
  std::vector<Gear> gears; ///< in the order of the command line; empty without gears

  /// Index of the gear with the largest product of values, the first of equal ones. It runs
  /// when the application chooses none.
  size_t largestGear() const;
  /// What runs for a gear, by default the largest; the model itself when it has no gears.
  const Plan &plan(std::optional<size_t> gear = std::nullopt) const {
    return gears.empty() ? *this : static_cast<const Plan &>(gears[gear.value_or(largestGear())]);
  }
};

} // namespace openatc::om

#endif // OPENATC_OFFLINEMODEL_MODEL_H
