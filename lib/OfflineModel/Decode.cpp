//===- Decode.cpp - Verified metadata to a model --------------------------===//

#include "Decode.h"

#include "Format.h"

#include <cstring>

namespace openatc::om {

namespace {

// Fields that the schema marks `required` are never null after verification;
// elements of vectors of tables and strings neither.

std::string text(const flatbuffers::String *s) { return s->str(); }

/// Elements of a vector of scalars. The verifier aligns a vector's length, not 8-byte
/// elements behind it, so a hostile file can place them anywhere: copy bytes.
template <typename T> std::vector<T> scalars(const flatbuffers::Vector<T> *in) {
  std::vector<T> out(in->size());
  if (!out.empty())
    std::memcpy(out.data(), in->Data(), out.size() * sizeof(T));
  return out;
}

/// Empty when the vector is absent.
std::vector<std::string>
strings(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>> *in) {
  std::vector<std::string> out;
  if (!in)
    return out;
  out.reserve(in->size());
  for (const flatbuffers::String *s : *in)
    out.push_back(s->str());
  return out;
}

BufferRef refOf(const fbs::BufferRef &ref) {
  return {BufferKind(ref.kind()), ref.index(), ref.offset()};
}

TensorRef tensorRef(const fbs::TensorRef &in) {
  return {text(in.name()),
          refOf(*in.buffer()),
          DType(in.dtype()),
          Layout(in.layout()),
          scalars(in.logical_shape()),
          in.made_by() ? text(in.made_by()) : std::string()};
}

std::vector<TensorRef>
tensorRefs(const flatbuffers::Vector<flatbuffers::Offset<fbs::TensorRef>> *in) {
  std::vector<TensorRef> out;
  out.reserve(in->size());
  for (const fbs::TensorRef *ref : *in)
    out.push_back(tensorRef(*ref));
  return out;
}

std::vector<TensorSlice>
tensorSlices(const flatbuffers::Vector<flatbuffers::Offset<fbs::TensorSlice>> *in) {
  std::vector<TensorSlice> out;
  if (in)
    for (const fbs::TensorSlice *slice : *in)
      out.push_back({tensorRef(*slice->tensor()), slice->index(), slice->count()});
  return out;
}

std::vector<HostOperand>
operands(const flatbuffers::Vector<flatbuffers::Offset<fbs::HostOperand>> *in) {
  std::vector<HostOperand> out;
  out.reserve(in->size());
  for (const fbs::HostOperand *operand : *in)
    out.push_back({operand->absent(), refOf(*operand->buffer()), DType(operand->dtype()),
                   scalars(operand->shape())});
  return out;
}

Status decode(const fbs::Attribute &in, host::Attributes &out) {
  host::AttrValue value;
  switch (in.value_type()) {
  case fbs::AttrValue::IntAttr:
    value = in.value_as_IntAttr()->value();
    break;
  case fbs::AttrValue::FloatAttr:
    value = in.value_as_FloatAttr()->value();
    break;
  case fbs::AttrValue::StringAttr:
    value = text(in.value_as_StringAttr()->value());
    break;
  case fbs::AttrValue::IntsAttr:
    value = scalars(in.value_as_IntsAttr()->value());
    break;
  case fbs::AttrValue::FloatsAttr:
    value = scalars(in.value_as_FloatsAttr()->value());
    break;
  default: // a later format may add kinds; the verifier lets them through
    return Status::error("attribute '" + text(in.name()) + "' has an unknown kind");
  }
  out[text(in.name())] = std::move(value);
  return Status::success();
}

Status decode(const fbs::TensorDesc &in, TensorDesc &out) {
  out = {text(in.name()),   DType(in.dtype()),   scalars(in.shape()), in.size(),
         text(in.format()), text(in.producer()), std::nullopt};
  out.role = InputRole(in.role());
  if (in.dynamic_axes())
    out.dynamicAxes = scalars(in.dynamic_axes());
  for (uint32_t i = 0; in.ranges() && i < in.ranges()->size(); ++i) {
    fbs::DimRange range; // copied for the same reason as in scalars()
    std::memcpy(static_cast<void *>(&range), in.ranges()->Data() + i * sizeof range, sizeof range);
    out.ranges.push_back({range.least(), range.most()});
  }
  const fbs::Aipp *aipp = in.aipp();
  if (!aipp)
    return Status::success();
  out.aipp = AippInfo{text(aipp->mode()),
                      text(aipp->source_format()),
                      aipp->source_width(),
                      aipp->source_height(),
                      scalars(aipp->reported_shape()),
                      DType(aipp->origin_dtype()),
                      scalars(aipp->origin_shape()),
                      text(aipp->origin_format()),
                      aipp->partner(),
                      {}};
  if (aipp->settings())
    for (const fbs::Attribute *setting : *aipp->settings())
      OPENATC_TRY(decode(*setting, out.aipp->settings));
  return Status::success();
}

Status decode(const flatbuffers::Vector<flatbuffers::Offset<fbs::TensorDesc>> &in,
              std::vector<TensorDesc> &out) {
  out.reserve(in.size());
  for (const fbs::TensorDesc *desc : in)
    OPENATC_TRY(decode(*desc, out.emplace_back()));
  return Status::success();
}

Expected<Task> decode(const fbs::HostTask &in) {
  HostTask out;
  out.op = text(in.op());
  for (const fbs::Attribute *attribute : *in.attributes())
    OPENATC_TRY(decode(*attribute, out.attributes));
  out.operands = operands(in.operands());
  out.results = operands(in.results());
  out.nodes = strings(in.nodes());
  out.reason = text(in.reason());
  out.outputs = tensorRefs(in.outputs());
  out.passes = strings(in.passes());
  out.slices = tensorSlices(in.slices());
  out.types = strings(in.types());
  return Task(std::move(out));
}

Expected<Task> decode(const fbs::KernelTask &in) {
  KernelTask out;
  out.kernel = in.kernel();
  out.blockDim = in.block_dim();
  for (uint32_t i = 0; i < in.args()->size(); ++i) {
    fbs::BufferRef arg; // copied for the same reason as in scalars()
    std::memcpy(static_cast<void *>(&arg), in.args()->Data() + i * sizeof arg, sizeof arg);
    out.args.push_back(refOf(arg));
  }
  out.nodes = strings(in.nodes());
  out.outputs = tensorRefs(in.outputs());
  out.estimatedCycles = in.estimated_cycles();
  out.passes = strings(in.passes());
  out.slices = tensorSlices(in.slices());
  out.types = strings(in.types());
  return Task(std::move(out));
}

/// The task list of a model or a gear.
template <typename Table> Expected<std::vector<Task>> tasksOf(const Table &in) {
  // The verifier walks both vectors of the union but does not compare their lengths,
  // and it accepts members that it does not know.
  if (!in.tasks_type() || in.tasks_type()->size() != in.tasks()->size())
    return Status::error("the task list is malformed");
  std::vector<Task> out;
  out.reserve(in.tasks()->size());
  for (uint32_t i = 0; i < in.tasks()->size(); ++i) {
    const void *table = in.tasks()->template GetAs<void>(i);
    Expected<Task> task = Status::error("task " + std::to_string(i) + " has an unknown kind");
    if (in.tasks_type()->template GetEnum<fbs::Task>(i) == fbs::Task::KernelTask)
      task = decode(*static_cast<const fbs::KernelTask *>(table));
    else if (in.tasks_type()->template GetEnum<fbs::Task>(i) == fbs::Task::HostTask)
      task = decode(*static_cast<const fbs::HostTask *>(table));
    if (!task)
      return task.status();
    out.push_back(std::move(*task));
  }
  return out;
}

/// What model and gear have in common.
template <typename Table> Status decodePlan(const Table &in, Plan &out) {
  OPENATC_TRY(decode(*in.inputs(), out.inputs));
  OPENATC_TRY(decode(*in.outputs(), out.outputs));
  out.arenaBytes = in.arena_size();
  out.arenaBoundBytes = in.arena_bound();
  out.aiCoreNodes = in.ai_core_nodes();
  out.aiCpuNodes = in.ai_cpu_nodes();
  Expected<std::vector<Task>> tasks = tasksOf(in);
  if (!tasks)
    return tasks.status();
  out.tasks = std::move(*tasks);
  return Status::success();
}

uint32_t word(const uint8_t *at) {
  return uint32_t(at[0]) | uint32_t(at[1]) << 8 | uint32_t(at[2]) << 16 | uint32_t(at[3]) << 24;
}

Expected<Kernel> decode(const fbs::Kernel &in, std::span<const uint8_t> code,
                        std::span<const uint8_t> debug, const std::shared_ptr<const void> &owner) {
  Kernel out;
  out.name = text(in.name());
  if (!inRange(in.code_offset(), in.code_size(), code.size()))
    return Status::error("kernel '" + out.name + "' lies outside the code segment");
  out.code = Blob::view(code.subspan(in.code_offset(), in.code_size()), owner);
  uint64_t entries = debug.size() / kDebugEntryBytes;
  if (!inRange(in.debug_begin(), in.debug_count(), entries))
    return Status::error("the debug map of kernel '" + out.name + "' lies outside its segment");
  out.debug.reserve(in.debug_count());
  for (uint64_t i = 0; i < in.debug_count(); ++i) {
    const uint8_t *at = debug.data() + (in.debug_begin() + i) * kDebugEntryBytes;
    out.debug.push_back({word(at), word(at + 4)});
  }
  return out;
}

std::vector<OpTensor> opTensors(const flatbuffers::Vector<flatbuffers::Offset<fbs::OpTensor>> *in) {
  std::vector<OpTensor> out;
  for (const fbs::OpTensor *tensor : *in) {
    OpTensor &to = out.emplace_back();
    to.dtype = DType(tensor->dtype());
    to.format = text(tensor->format());
    to.shape = scalars(tensor->shape());
    if (tensor->value())
      to.value = scalars(tensor->value());
  }
  return out;
}

OpDescription opOf(const fbs::OpDescription &in) {
  OpDescription out{text(in.type()), opTensors(in.inputs()), opTensors(in.outputs()), {}};
  for (const fbs::OpAttribute *attribute : *in.attributes())
    out.attributes.push_back(
        {text(attribute->name()), text(attribute->type()), text(attribute->value())});
  return out;
}

Expected<Source> sourceOf(const fbs::Source &in, std::span<const uint8_t> segment,
                          const std::shared_ptr<const void> &owner) {
  Source out;
  out.options = strings(in.options());
  for (const fbs::SourceFile *file : *in.files()) {
    if (!inRange(file->offset(), file->size(), segment.size()))
      return Status::error("source file '" + text(file->name()) + "' lies outside its segment");
    out.files.push_back(
        {text(file->name()), Blob::view(segment.subspan(file->offset(), file->size()), owner)});
  }
  return out;
}

} // namespace

Expected<Model> decodeModel(const fbs::Model &in, const Segments &segments,
                            const std::shared_ptr<const void> &owner) {
  Model out;
  out.name = text(in.name());
  out.socVersion = text(in.soc_version());
  out.socText = text(in.soc_text());
  out.commandLine = text(in.command_line());
  out.compilerVersion = text(in.compiler_version());
  out.weights = Blob::view(segments[size_t(fbs::SegmentKind::Weights)], owner);
  if (in.diagonals())
    for (const fbs::Diagonals *entry : *in.diagonals())
      out.diagonals.push_back({entry->from(), entry->to(), entry->count()});
  for (uint32_t i = 0; in.weight_files() && i < in.weight_files()->size(); ++i) {
    const fbs::WeightFile &file = *in.weight_files()->Get(i);
    out.weightFiles.push_back({text(file.name()), file.size()});
  }
  std::span<const uint8_t> report = segments[size_t(fbs::SegmentKind::Report)];
  out.reportJson.assign(report.begin(), report.end());

  for (const fbs::Kernel *kernel : *in.kernels()) {
    Expected<Kernel> decoded = decode(*kernel, segments[size_t(fbs::SegmentKind::Code)],
                                      segments[size_t(fbs::SegmentKind::Debug)], owner);
    if (!decoded)
      return decoded.status();
    out.kernels.push_back(std::move(*decoded));
  }

  OPENATC_TRY(decodePlan(in, out));
  out.gearKind = GearKind(in.gear_kind());
  for (uint32_t i = 0; in.gears() && i < in.gears()->size(); ++i) {
    const fbs::Gear &gear = *in.gears()->Get(i);
    Gear &decoded = out.gears.emplace_back();
    decoded.values = scalars(gear.values());
    if (Status status = decodePlan(gear, decoded); !status.ok())
      return Status::error("gear " + std::to_string(i) + ": " + status.message());
  }
  if (in.single_op())
    out.singleOp = opOf(*in.single_op());
  if (in.source()) {
    Expected<Source> source =
        sourceOf(*in.source(), segments[size_t(fbs::SegmentKind::Source)], owner);
    if (!source)
      return source.status();
    out.source = std::move(*source);
  }
  return out;
}

} // namespace openatc::om
