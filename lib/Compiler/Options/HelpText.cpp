//===- HelpText.cpp - atc --help ------------------------------------------===//
#include "openatc/Compiler/OptionTable.h"

namespace openatc::compiler {
namespace {

constexpr size_t width = 100, column = 30;

/// Appends `text` wrapped at the page's width, starting in the current column `at`;
/// further lines begin in `indent`.
void wrap(std::string &out, std::string_view text, size_t at, size_t indent) {
  while (!text.empty()) {
    size_t end = text.find(' ');
    std::string_view word = text.substr(0, end);
    if (at > indent && at + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      at = indent;
    } else if (at > indent) {
      out += ' ';
      ++at;
    }
    out += word;
    at += word.size();
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  out += '\n';
}

} // namespace

std::string_view titleOf(OptionGroup group) {
  switch (group) {
  case OptionGroup::General:
    return "General";
  case OptionGroup::Model:
    return "Model and inputs";
  case OptionGroup::Output:
    return "Output";
  case OptionGroup::Target:
    return "Target chip";
  case OptionGroup::Precision:
    return "Precision";
  case OptionGroup::Function:
    return "Image input, memory, streams, weights";
  case OptionGroup::Tuning:
    return "Tuning";
  case OptionGroup::Debug:
    return "Looking inside";
  }
  return "";
}

namespace {

void addUsed(std::string &out, OptionGroup group) {
  bool first = true;
  for (const OptionInfo &option : optionTable()) {
    if (option.group != group || option.status != OptionStatus::Used)
      continue;
    if (first)
      out += "\n" + std::string(titleOf(group)) + "\n";
    first = false;
    std::string line = "  --" + std::string(option.name);
    if (!option.value.empty())
      line += "=" + std::string(option.value);
    line.resize(std::max(line.size() + 1, column), ' ');
    out += line;
    wrap(out, option.text, line.size() > column ? line.size() : column, column);
  }
}

void addNames(std::string &out, OptionStatus status) {
  std::string names;
  for (const OptionInfo &option : optionTable())
    if (option.status == status)
      names += (names.empty() ? "--" : " --") + std::string(option.name);
  out += "  ";
  wrap(out, names, 2, 2);
}

} // namespace

std::string helpText() {
  std::string out =
      "atc compiles an ONNX model into an offline model (.om) for an Ascend-style NPU.\n"
      "\n"
      "Compile, then run on the simulated NPU:\n"
      "  atc --model=net.onnx --framework=5 --output=net --soc_version=Ascend310P3\n"
      "  om run net.om --input x.npy --output results\n"
      "Fix the dimensions that the model leaves open; quotes keep ';' from the shell:\n"
      "  atc ... --input_shape=\"images:1,3,640,640;scale:1,2\"\n"
      "One model for several batch sizes, with the weights stored once:\n"
      "  atc ... --input_shape=\"images:-1,3,224,224\" --dynamic_batch_size=1,2,4,8\n"
      "Take camera images; conversion and normalisation run on the NPU:\n"
      "  atc ... --insert_op_conf=aipp.cfg\n"
      "See what the compiler did with every node, and the program after every phase:\n"
      "  atc ... --report=net.json --dump_ir=ir\n"
      "Find out whether a model can be compiled, node by node:\n"
      "  atc --mode=3 --model=net.onnx --framework=5 --soc_version=Ascend310P3\n"
      "Look at models: sizes of an offline model, an offline or ONNX model as JSON:\n"
      "  atc --mode=6 --om=net.om\n"
      "  atc --mode=1 --om=net.om --json=net.json\n"
      "  atc --mode=1 --framework=5 --om=net.onnx --json=net.json\n"
      "\n"
      "Write --name=value or --name value; one dash, '-' for '_' and unambiguous prefixes also\n"
      "work, and the last of repeated options counts. Booleans are true, t, yes, y, 1 or false, "
      "f,\n"
      "no, n, 0. Exit status: 0 on success, 255 on failure, when an older .om file is kept.\n";
  for (OptionGroup group :
       {OptionGroup::General, OptionGroup::Model, OptionGroup::Output, OptionGroup::Target,
        OptionGroup::Precision, OptionGroup::Function, OptionGroup::Tuning, OptionGroup::Debug})
    addUsed(out, group);
  out += "\nPRECISION of floating-point operators that the model has in fp32\n"
         "  force_fp16 (fp16)\n"
         "      fp16 data, fp32 accumulation; exp, log, powers, divisions and sums in fp32\n"
         "  allow_mix_precision, allow_mix_precision_fp16 (mixed_float16)\n"
         "      white list (convolutions, matrix products) in fp16, black list (exp, log, powers,\n"
         "      divisions, sums, softmax, normalisations, activations made of these) in fp32, all\n"
         "      others in fp16 when their operands are; --modify_mixlist moves operator types\n"
         "  allow_fp32_to_fp16\n"
         "      convolutions and matrix products in fp16, the rest in fp32 where the chip can\n"
         "  must_keep_origin_dtype (origin)\n"
         "      everything in fp32; a product of fp32 matrices is made of three of fp16\n"
         "  force_fp32, cube_fp16in_fp32out (cube_fp16in_fp32out)\n"
         "      everything in fp32, but convolutions and matrix products take fp16 and give fp32\n"
         "\nACCEPTED with a warning: options of CANN's atc that change nothing here\n";
  addNames(out, OptionStatus::Ignored);
  out +=
      "\nREFUSED by name, unless the value asks for nothing: options of CANN's atc whose result\n"
      "would differ\n";
  addNames(out, OptionStatus::Refused);
  return out;
}

} // namespace openatc::compiler
