//===- Encode.cpp - A model's metadata as a FlatBuffer --------------------===//

#include "Encode.h"

#include "Format.h"

namespace openatc::om {

namespace {

using flatbuffers::Offset;
using Text = Offset<flatbuffers::String>;
template <typename Table> using List = Offset<flatbuffers::Vector<Offset<Table>>>;

/// Every object is a statement of its own: compilers differ in the order in which
/// they evaluate arguments, and that order is the order in the buffer.
class Encoder {
public:
  flatbuffers::DetachedBuffer run(const Model &model, const std::vector<uint64_t> &codeOffsets,
                                  std::span<const SegmentPlace> places) {
    Text name = text(model.name);
    Text socVersion = text(model.socVersion);
    Text socText = text(model.socText);
    Text commandLine = text(model.commandLine);
    Text compiler = text(model.compilerVersion);
    auto inputs = list<fbs::TensorDesc>(model.inputs);
    auto outputs = list<fbs::TensorDesc>(model.outputs);
    auto kernels = addKernels(model, codeOffsets);
    TaskVectors tasks = addTasks(model.tasks);
    auto segments = addSegments(places);
    std::vector<fbs::Diagonals> diagonals;
    for (const Diagonals &entry : model.diagonals)
      diagonals.emplace_back(entry.from, entry.to, entry.count);
    auto diagonalVector = diagonals.empty() ? 0 : fbb.CreateVectorOfStructs(diagonals);
    auto files = model.weightFiles.empty() ? List<fbs::WeightFile>() : addWeightFiles(model);
    auto gears = model.gears.empty() ? List<fbs::Gear>() : list<fbs::Gear>(model.gears);
    auto singleOp = model.singleOp ? add(*model.singleOp) : Offset<fbs::OpDescription>();
    auto source = model.source ? add(*model.source) : Offset<fbs::Source>();
    fbb.Finish(fbs::CreateModel(fbb, name, socVersion, socText, commandLine, compiler, inputs,
                                outputs, model.arenaBytes, model.arenaBoundBytes, kernels,
                                tasks.kinds, tasks.tables, model.aiCoreNodes, model.aiCpuNodes,
                                segments, diagonalVector, fbs::GearKind(model.gearKind), gears,
                                files, singleOp, source));
    return fbb.Release();
  }

private:
  Text text(const std::string &s) { return fbb.CreateSharedString(s); }

  List<flatbuffers::String> strings(const std::vector<std::string> &in) {
    std::vector<Text> out;
    for (const std::string &s : in)
      out.push_back(text(s));
    return fbb.CreateVector(out);
  }

  template <typename Table, typename Range> List<Table> list(const Range &in) {
    std::vector<Offset<Table>> out;
    for (const auto &element : in)
      out.push_back(add(element));
    return fbb.CreateVector(out);
  }

  static fbs::BufferRef convert(const BufferRef &ref) {
    return fbs::BufferRef(fbs::BufferKind(ref.kind), ref.index, ref.offset);
  }

  Offset<fbs::Aipp> add(const AippInfo &aipp) {
    Text mode = text(aipp.mode);
    Text source = text(aipp.sourceFormat);
    auto reported = fbb.CreateVector(aipp.reportedShape);
    auto origin = fbb.CreateVector(aipp.originShape);
    Text format = text(aipp.originFormat);
    auto settings =
        aipp.settings.empty() ? List<fbs::Attribute>() : list<fbs::Attribute>(aipp.settings);
    return fbs::CreateAipp(fbb, mode, source, aipp.sourceWidth, aipp.sourceHeight, reported,
                           uint8_t(aipp.originDType), origin, format, aipp.partner, settings);
  }

  Offset<fbs::TensorDesc> add(const TensorDesc &desc) {
    Text name = text(desc.name);
    auto shape = fbb.CreateVector(desc.shape);
    Text format = text(desc.format);
    Text producer = text(desc.producer);
    auto aipp = desc.aipp ? add(*desc.aipp) : Offset<fbs::Aipp>();
    auto axes = desc.dynamicAxes.empty() ? 0 : fbb.CreateVector(desc.dynamicAxes);
    std::vector<fbs::DimRange> ranges;
    for (const DimRange &range : desc.ranges)
      ranges.emplace_back(range.least, range.most);
    auto rangeVector = ranges.empty() ? 0 : fbb.CreateVectorOfStructs(ranges);
    return fbs::CreateTensorDesc(fbb, name, uint8_t(desc.dtype), shape, desc.bytes, format,
                                 producer, aipp, fbs::InputRole(desc.role), axes, rangeVector);
  }

  Offset<fbs::TensorRef> add(const TensorRef &ref) {
    Text name = text(ref.name);
    auto shape = fbb.CreateVector(ref.logicalShape);
    fbs::BufferRef buffer = convert(ref.buffer);
    Text madeBy = ref.madeBy.empty() ? Text() : text(ref.madeBy);
    return fbs::CreateTensorRef(fbb, name, &buffer, uint8_t(ref.dtype), fbs::Layout(ref.layout),
                                shape, madeBy);
  }

  Offset<fbs::TensorSlice> add(const TensorSlice &slice) {
    auto tensor = add(slice.tensor);
    return fbs::CreateTensorSlice(fbb, tensor, slice.index, slice.count);
  }

  Offset<fbs::HostOperand> add(const HostOperand &operand) {
    auto shape = fbb.CreateVector(operand.shape);
    fbs::BufferRef buffer = convert(operand.buffer);
    return fbs::CreateHostOperand(fbb, operand.absent, &buffer, uint8_t(operand.dtype), shape);
  }

  std::pair<fbs::AttrValue, Offset<void>> addValue(const host::AttrValue &value) {
    if (auto *i = std::get_if<int64_t>(&value))
      return {fbs::AttrValue::IntAttr, fbs::CreateIntAttr(fbb, *i).Union()};
    if (auto *f = std::get_if<double>(&value))
      return {fbs::AttrValue::FloatAttr, fbs::CreateFloatAttr(fbb, *f).Union()};
    if (auto *s = std::get_if<std::string>(&value))
      return {fbs::AttrValue::StringAttr, fbs::CreateStringAttr(fbb, text(*s)).Union()};
    if (auto *is = std::get_if<std::vector<int64_t>>(&value))
      return {fbs::AttrValue::IntsAttr, fbs::CreateIntsAttr(fbb, fbb.CreateVector(*is)).Union()};
    const auto &fs = std::get<std::vector<double>>(value);
    return {fbs::AttrValue::FloatsAttr, fbs::CreateFloatsAttr(fbb, fbb.CreateVector(fs)).Union()};
  }

  Offset<fbs::Attribute> add(const host::Attributes::value_type &attribute) {
    Text name = text(attribute.first);
    auto [kind, value] = addValue(attribute.second);
    return fbs::CreateAttribute(fbb, name, kind, value);
  }

  Offset<void> add(const KernelTask &task) {
    std::vector<fbs::BufferRef> refs;
    for (const BufferRef &arg : task.args)
      refs.push_back(convert(arg));
    auto args = fbb.CreateVectorOfStructs(refs);
    auto nodes = strings(task.nodes);
    auto outputs = list<fbs::TensorRef>(task.outputs);
    auto passes = task.passes.empty() ? 0 : strings(task.passes);
    auto slices = task.slices.empty() ? 0 : list<fbs::TensorSlice>(task.slices);
    auto types = task.types.empty() ? 0 : strings(task.types);
    return fbs::CreateKernelTask(fbb, task.kernel, task.blockDim, args, nodes, outputs,
                                 task.estimatedCycles, passes, slices, types)
        .Union();
  }

  Offset<void> add(const HostTask &task) {
    Text op = text(task.op);
    auto attributes = list<fbs::Attribute>(task.attributes);
    auto operands = list<fbs::HostOperand>(task.operands);
    auto results = list<fbs::HostOperand>(task.results);
    auto nodes = strings(task.nodes);
    Text reason = text(task.reason);
    auto outputs = list<fbs::TensorRef>(task.outputs);
    auto passes = task.passes.empty() ? 0 : strings(task.passes);
    auto slices = task.slices.empty() ? 0 : list<fbs::TensorSlice>(task.slices);
    auto types = task.types.empty() ? 0 : strings(task.types);
    return fbs::CreateHostTask(fbb, op, attributes, operands, results, nodes, reason, outputs,
                               passes, slices, types)
        .Union();
  }

  struct TaskVectors {
    Offset<flatbuffers::Vector<fbs::Task>> kinds;
    Offset<flatbuffers::Vector<Offset<void>>> tables;
  };
  TaskVectors addTasks(const std::vector<Task> &in) {
    std::vector<fbs::Task> kinds;
    std::vector<Offset<void>> tables;
    for (const Task &task : in) {
      kinds.push_back(task.index() == 0 ? fbs::Task::KernelTask : fbs::Task::HostTask);
      tables.push_back(std::visit([&](const auto &t) { return add(t); }, task));
    }
    auto kindVector = fbb.CreateVector(kinds);
    auto tableVector = fbb.CreateVector(tables);
    return {kindVector, tableVector};
  }

  Offset<fbs::Gear> add(const Gear &gear) {
    auto values = fbb.CreateVector(gear.values);
    auto inputs = list<fbs::TensorDesc>(gear.inputs);
    auto outputs = list<fbs::TensorDesc>(gear.outputs);
    TaskVectors tasks = addTasks(gear.tasks);
    return fbs::CreateGear(fbb, values, inputs, outputs, gear.arenaBytes, gear.arenaBoundBytes,
                           tasks.kinds, tasks.tables, gear.aiCoreNodes, gear.aiCpuNodes);
  }

  Offset<fbs::OpTensor> add(const OpTensor &tensor) {
    Text format = text(tensor.format);
    auto shape = fbb.CreateVector(tensor.shape);
    auto value = tensor.value ? fbb.CreateVector(*tensor.value) : 0;
    return fbs::CreateOpTensor(fbb, uint8_t(tensor.dtype), format, shape, value);
  }

  Offset<fbs::OpAttribute> add(const OpAttribute &attribute) {
    Text name = text(attribute.name);
    Text type = text(attribute.type);
    Text value = text(attribute.value);
    return fbs::CreateOpAttribute(fbb, name, type, value);
  }

  Offset<fbs::OpDescription> add(const OpDescription &op) {
    Text type = text(op.type);
    auto inputs = list<fbs::OpTensor>(op.inputs);
    auto outputs = list<fbs::OpTensor>(op.outputs);
    auto attributes = list<fbs::OpAttribute>(op.attributes);
    return fbs::CreateOpDescription(fbb, type, inputs, outputs, attributes);
  }

  Offset<fbs::Source> add(const Source &source) {
    auto options = strings(source.options);
    std::vector<Offset<fbs::SourceFile>> files;
    uint64_t offset = 0;
    for (const Source::File &file : source.files) {
      offset = alignUp(offset, kSourceAlignment);
      Text name = text(file.name);
      files.push_back(fbs::CreateSourceFile(fbb, name, offset, file.bytes.size()));
      offset += file.bytes.size();
    }
    auto fileVector = fbb.CreateVector(files);
    return fbs::CreateSource(fbb, options, fileVector);
  }

  List<fbs::Kernel> addKernels(const Model &model, const std::vector<uint64_t> &codeOffsets) {
    std::vector<Offset<fbs::Kernel>> out;
    uint64_t debugBegin = 0;
    for (size_t i = 0; i < model.kernels.size(); ++i) {
      const Kernel &kernel = model.kernels[i];
      Text name = text(kernel.name);
      out.push_back(fbs::CreateKernel(fbb, name, codeOffsets[i], kernel.code.size(), debugBegin,
                                      kernel.debug.size()));
      debugBegin += kernel.debug.size();
    }
    return fbb.CreateVector(out);
  }

  List<fbs::WeightFile> addWeightFiles(const Model &model) {
    std::vector<Offset<fbs::WeightFile>> out;
    uint64_t offset = 0;
    for (const WeightFile &file : model.weightFiles) {
      Digest bytes = sha256(model.weights.bytes().subspan(offset, file.size));
      fbs::Digest digest{flatbuffers::span<const uint8_t, 32>(bytes)};
      Text name = text(file.name);
      out.push_back(fbs::CreateWeightFile(fbb, name, file.size, &digest));
      offset += file.size;
    }
    return fbb.CreateVector(out);
  }

  List<fbs::Segment> addSegments(std::span<const SegmentPlace> places) {
    std::vector<Offset<fbs::Segment>> out;
    for (size_t i = 0; i < places.size(); ++i) {
      fbs::Digest digest{flatbuffers::span<const uint8_t, 32>(places[i].digest)};
      out.push_back(
          fbs::CreateSegment(fbb, fbs::SegmentKind(i), places[i].offset, places[i].size, &digest));
    }
    return fbb.CreateVector(out);
  }

  flatbuffers::FlatBufferBuilder fbb{1 << 16};
};

} // namespace

flatbuffers::DetachedBuffer encodeModel(const Model &model,
                                        const std::vector<uint64_t> &codeOffsets,
                                        std::span<const SegmentPlace> places) {
  return Encoder().run(model, codeOffsets, places);
}

} // namespace openatc::om
