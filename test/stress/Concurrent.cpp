//===- Concurrent.cpp - Many threads, models and devices at once ----------===//
//
// openatc_acl_stress [--seconds S] [--threads T] [MODEL.om...]
// Executes four models (or the given ones) on two devices from T threads for S seconds, at
// once and through streams. Every result must be the bytes that a sequential run gave, and
// the memory of the process must not grow.
//
//===----------------------------------------------------------------------===//

#include "SampleModel.h"

#include "acl/acl.h"
#include "openatc/OfflineModel/Writer.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace openatc;
using Clock = std::chrono::steady_clock;

constexpr int32_t kDevices = 2;

[[noreturn]] void die(const char *what, aclError code) {
  const char *text = aclGetRecentErrMsg();
  std::fprintf(stderr, "error: %s: %d: %s\n", what, code, text ? text : "");
  std::exit(1);
}

#define MUST(call)                                                                                 \
  do {                                                                                             \
    if (aclError code = (call); code != ACL_SUCCESS)                                               \
      die(#call, code);                                                                            \
  } while (false)

/// Resident bytes of the process.
size_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

/// The sample model with another name and other weights.
std::vector<uint8_t> variant(int number) {
  om::Model model = test::sampleModel();
  model.name += std::to_string(number);
  std::vector<uint8_t> weights(model.weights.bytes().begin(), model.weights.bytes().end());
  for (size_t i = 0; i + 4 <= weights.size(); i += 4) {
    float value = float(int(i) % (97 + number) - 20 * number);
    std::memcpy(&weights[i], &value, 4);
  }
  model.weights = om::Blob(std::move(weights));
  return *om::writeBytes(model);
}

/// A model loaded on one device, with what sequential runs give for some inputs.
struct Subject {
  uint32_t id = 0;
  std::vector<size_t> inputBytes, outputBytes;
};

/// Device buffers of one thread for one subject.
struct Buffers {
  std::vector<void *> inputs, outputs;
  aclmdlDataset *in = aclmdlCreateDataset(), *out = aclmdlCreateDataset();

  explicit Buffers(const Subject &subject) {
    add(subject.inputBytes, inputs, in);
    add(subject.outputBytes, outputs, out);
  }
  ~Buffers() {
    for (auto [dataset, all] : {std::pair(in, &inputs), std::pair(out, &outputs)}) {
      for (size_t i = 0; i < all->size(); ++i) {
        MUST(aclDestroyDataBuffer(aclmdlGetDatasetBuffer(dataset, i)));
        MUST(aclrtFree((*all)[i]));
      }
      MUST(aclmdlDestroyDataset(dataset));
    }
  }

private:
  static void add(const std::vector<size_t> &sizes, std::vector<void *> &all,
                  aclmdlDataset *dataset) {
    for (size_t bytes : sizes) {
      void *at = nullptr;
      MUST(aclrtMalloc(&at, bytes, ACL_MEM_MALLOC_HUGE_FIRST));
      all.push_back(at);
      MUST(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(at, bytes)));
    }
  }
};

Subject load(const std::vector<uint8_t> &file) {
  Subject subject;
  MUST(aclmdlLoadFromMem(file.data(), file.size(), &subject.id));
  aclmdlDesc *desc = aclmdlCreateDesc();
  MUST(aclmdlGetDesc(desc, subject.id));
  for (size_t i = 0; i < aclmdlGetNumInputs(desc); ++i)
    subject.inputBytes.push_back(aclmdlGetInputSizeByIndex(desc, i));
  for (size_t i = 0; i < aclmdlGetNumOutputs(desc); ++i)
    subject.outputBytes.push_back(aclmdlGetOutputSizeByIndex(desc, i));
  MUST(aclmdlDestroyDesc(desc));
  return subject;
}

/// Input `number`: floats that differ from number to number.
std::vector<uint8_t> inputOf(size_t bytes, uint32_t number) {
  std::mt19937 random(number);
  std::vector<uint8_t> out(bytes);
  for (size_t i = 0; i + 4 <= bytes; i += 4) {
    float value = float(random() % 2001) / 1000 - 1;
    std::memcpy(&out[i], &value, 4);
  }
  return out;
}

/// One run, at once or on `stream`; the bytes of all outputs.
std::vector<uint8_t> run(const Subject &subject, const Buffers &buffers, uint32_t number,
                         aclrtStream stream) {
  for (size_t i = 0; i < subject.inputBytes.size(); ++i) {
    std::vector<uint8_t> x = inputOf(subject.inputBytes[i], number + uint32_t(i));
    MUST(aclrtMemcpy(buffers.inputs[i], x.size(), x.data(), x.size(), ACL_MEMCPY_HOST_TO_DEVICE));
  }
  if (stream) {
    MUST(aclmdlExecuteAsync(subject.id, buffers.in, buffers.out, stream));
    MUST(aclrtSynchronizeStream(stream));
  } else {
    MUST(aclmdlExecute(subject.id, buffers.in, buffers.out));
  }
  std::vector<uint8_t> y;
  for (size_t i = 0; i < subject.outputBytes.size(); ++i) {
    y.resize(y.size() + subject.outputBytes[i]);
    MUST(aclrtMemcpy(y.data() + y.size() - subject.outputBytes[i], subject.outputBytes[i],
                     buffers.outputs[i], subject.outputBytes[i], ACL_MEMCPY_DEVICE_TO_HOST));
  }
  return y;
}

constexpr uint32_t kInputs = 8;

} // namespace

int main(int argc, char **argv) {
  double seconds = 2;
  unsigned threads = 8;
  std::vector<std::vector<uint8_t>> files;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--seconds") && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else if (!std::strcmp(argv[i], "--threads") && i + 1 < argc) {
      threads = unsigned(std::atoi(argv[++i]));
    } else {
      std::ifstream file(argv[i], std::ios::binary);
      files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  for (int i = 0; files.size() < 4; ++i)
    files.push_back(variant(i));

  MUST(aclInit(nullptr));
  std::vector<Subject> subjects[kDevices];
  std::vector<std::vector<uint8_t>> expected; // [model * kInputs + input]
  for (int32_t device = 0; device < kDevices; ++device) {
    MUST(aclrtSetDevice(device));
    for (const std::vector<uint8_t> &file : files)
      subjects[device].push_back(load(file));
  }
  MUST(aclrtSetDevice(0));
  for (const Subject &subject : subjects[0]) {
    Buffers buffers(subject);
    for (uint32_t number = 0; number < kInputs; ++number)
      expected.push_back(run(subject, buffers, number, nullptr));
  }

  std::atomic<bool> stop = false;
  std::atomic<uint64_t> runs = 0;
  auto work = [&](unsigned thread) {
    int32_t device = int32_t(thread % kDevices);
    MUST(aclrtSetDevice(device));
    aclrtStream stream = nullptr;
    MUST(aclrtCreateStream(&stream));
    std::mt19937 random(thread);
    while (!stop) {
      size_t model = random() % files.size();
      uint32_t number = random() % kInputs;
      Buffers buffers(subjects[device][model]);
      std::vector<uint8_t> y =
          run(subjects[device][model], buffers, number, random() % 2 ? stream : nullptr);
      if (y != expected[model * kInputs + number]) {
        std::fprintf(stderr, "error: model %zu on device %d: input %u gave another result\n", model,
                     device, number);
        std::exit(1);
      }
      ++runs;
    }
    MUST(aclrtDestroyStream(stream));
    MUST(aclrtResetDevice(device));
  };
  std::vector<std::thread> workers;
  auto begin = Clock::now();
  for (unsigned t = 0; t < threads; ++t)
    workers.emplace_back(work, t);
  // Memory is compared once everything that is made once exists.
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 6));
  size_t early = residentBytes();
  std::this_thread::sleep_until(
      begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)));
  size_t late = residentBytes();
  stop = true;
  for (std::thread &worker : workers)
    worker.join();
  MUST(aclFinalize());
  std::printf("%u threads, %zu models, %d devices: %llu runs in %.1f s, all as in sequence; "
              "resident %.1f MiB after %.0f s, %.1f MiB at the end\n",
              threads, files.size(), kDevices, (unsigned long long)runs.load(), seconds,
              double(early) / 1048576, seconds / 6, double(late) / 1048576);
  // Half as much again as the allocator may scatter, less than any leak makes in a minute.
  return late < early + (32u << 20) && runs ? 0 : 1;
}
