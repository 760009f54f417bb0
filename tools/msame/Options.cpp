//===- Options.cpp - Command line of msame --------------------------------===//

#include "Options.h"

#include <charconv>
#include <functional>

#include <getopt.h>

namespace msame {

const char kHelp[] =
    R"(msame: run an offline model on binary files

usage: msame --model MODEL.om [OPTIONS]

  --model       offline model
  --input       one binary file for each model input, separated by commas, or one folder for each;
                files of a run have the same name in all folders. Default: zeros
  --output      folder in which a folder named after the time gets the results
  --outfmt      TXT or BIN: form of the results; default BIN
  --loop        runs of the same files, 1 to 100; without effect on folders
  --device      device, 0 to 255; default 0
  --debug       true: print the model's inputs and outputs
  --profiler    true: profile into the folder "profiler" of --output; not together with --dump
  --dump        true: dump the layers into the folder "dump" of --output
  --dymBatch    batch size of a model with dynamic batch, such as 2
  --dymHW       height and width of a model with dynamic image size, such as "300,500"
  --dymDims     dimensions of a model with dynamic dims, such as "data:1,600;img_info:1,600"
  --dymShape    shapes of a model with dynamic shape, such as "data:1,600;img_info:1,600"
  --outputSize  bytes of each output of a model with dynamic shape, such as "10000,10000"
  --help        this text

Results are <name>_output_<i>.bin or .txt, named after the model, or after the files of folders. An
acl.json in the current folder configures AscendCL. Exit status: 0 success, 1 failure.
)";

namespace {

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> out;
  for (size_t begin = 0; begin <= text.size();) {
    size_t end = std::min(text.find(separator, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

template <typename T> bool number(const std::string &text, T low, T high, T &out) {
  T value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    return false;
  out = value;
  return true;
}

bool boolean(const std::string &text, bool &out) {
  out = text == "true";
  return out || text == "false";
}

bool shapes(const std::string &text, std::vector<NamedShape> &out) {
  for (const std::string &entry : split(text, ';')) {
    size_t colon = entry.rfind(':');
    if (colon == std::string::npos || colon == 0)
      return false;
    NamedShape shape{entry.substr(0, colon), {}};
    for (const std::string &dim : split(entry.substr(colon + 1), ','))
      if (!number<int64_t>(dim, 1, INT64_MAX, shape.dims.emplace_back()))
        return false;
    out.push_back(std::move(shape));
  }
  return true;
}

/// An option, what it must be, and how it is read.
struct Spec {
  const char *name, *wanted;
  std::function<bool(const std::string &, Options &)> read;
};

const Spec kSpecs[] = {
    {"model", "an .om file",
     [](const std::string &v, Options &o) {
       o.model = v;
       return v.find(".om") != std::string::npos;
     }},
    {"input", "files or folders",
     [](const std::string &v, Options &o) {
       o.inputs = split(v, ',');
       return true;
     }},
    {"output", "a folder",
     [](const std::string &v, Options &o) {
       o.output = v;
       return !v.empty();
     }},
    {"outfmt", "TXT or BIN",
     [](const std::string &v, Options &o) {
       o.text = v == "TXT";
       return o.text || v == "BIN";
     }},
    {"loop", "1 to 100",
     [](const std::string &v, Options &o) { return number(v, 1, 100, o.loop); }},
    {"device", "0 to 255",
     [](const std::string &v, Options &o) { return number(v, 0, 255, o.device); }},
    {"debug", "true or false",
     [](const std::string &v, Options &o) { return boolean(v, o.debug); }},
    {"profiler", "true or false",
     [](const std::string &v, Options &o) { return boolean(v, o.profiler); }},
    {"dump", "true or false", [](const std::string &v, Options &o) { return boolean(v, o.dump); }},
    {"dymBatch", "1 to 2048",
     [](const std::string &v, Options &o) { return number<uint64_t>(v, 1, 2048, o.batch); }},
    {"dymHW", "height,width",
     [](const std::string &v, Options &o) {
       std::vector<std::string> parts = split(v, ',');
       o.hw.emplace();
       return parts.size() == 2 && number<uint64_t>(parts[0], 1, UINT64_MAX, o.hw->first) &&
              number<uint64_t>(parts[1], 1, UINT64_MAX, o.hw->second);
     }},
    {"dymDims", "input:dims;input:dims",
     [](const std::string &v, Options &o) { return shapes(v, o.dims); }},
    {"dymShape", "input:dims;input:dims",
     [](const std::string &v, Options &o) { return shapes(v, o.shapes); }},
    {"outputSize", "bytes,bytes",
     [](const std::string &v, Options &o) {
       for (const std::string &size : split(v, ','))
         if (!number<size_t>(size, 1, SIZE_MAX, o.outputSizes.emplace_back()))
           return false;
       return true;
     }},
};

} // namespace

std::optional<std::string> parse(int argc, char **argv, Options &options) {
  std::vector<option> table;
  for (const Spec &spec : kSpecs)
    table.push_back({spec.name, required_argument, nullptr, 0});
  table.push_back({"help", no_argument, nullptr, 0});
  table.push_back({nullptr, 0, nullptr, 0});
  opterr = 0;
  bool given = false;
  int index = 0;
  for (int code; (code = ::getopt_long(argc, argv, "", table.data(), &index)) != -1;) {
    if (code != 0)
      return "unknown parameter or missing value: " + std::string(argv[optind - 1]);
    given = true;
    if (size_t(index) == std::size(kSpecs)) {
      options.help = true;
      return std::nullopt;
    }
    const Spec &spec = kSpecs[index];
    if (!spec.read(optarg, options))
      return std::string(spec.name) + " must be " + spec.wanted + ", not '" + optarg + "'";
  }
  if (!given || options.model.empty())
    return "Invalid params: --model is missing";
  if (optind < argc)
    return "unknown parameter: " + std::string(argv[optind]);
  if (options.profiler && options.dump)
    return "dump and profiler can not both be true";
  if (int(!options.dims.empty()) + (options.batch != 0) + options.hw.has_value() +
          !options.shapes.empty() >
      1)
    return "dymBatch dymDims dymHW dymShape cannot be set at the same time";
  if (!options.shapes.empty() && options.inputs.empty())
    return "the dymShape parameter must be used with the input parameter";
  if (options.output.empty() && (options.profiler || options.dump || options.text))
    return "the output parameter is missing: outfmt, profiler and dump need a folder";
  return std::nullopt;
}

} // namespace msame
