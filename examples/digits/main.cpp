//===- main.cpp - Handwritten digits through AscendCL ---------------------===//
//
// A complete AscendCL application: it loads an offline model, classifies a set
// of images in batches and reports accuracy and device time. It uses the public
// interface only, so the same source runs on a real device and on the simulated
// one.
//
//   digits_demo MODEL.om IMAGES.npy LABELS.npy [PREDICTIONS.txt]
//
//===----------------------------------------------------------------------===//
#include "acl/acl.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr size_t imageSide = 8;
constexpr size_t imageBytes = imageSide * imageSide;
constexpr size_t classes = 10;

/// Ends the program with the runtime's own explanation when a call fails.
void check(aclError code, const char *call) {
  if (code == ACL_SUCCESS)
    return;
  const char *detail = aclGetRecentErrMsg();
  std::fprintf(stderr, "digits_demo: %s failed with %d%s%s\n", call, code, detail ? ": " : "",
               detail ? detail : "");
  std::exit(1);
}
#define CHECK(call) check(call, #call)

[[noreturn]] void fail(const std::string &text) {
  std::fprintf(stderr, "digits_demo: %s\n", text.c_str());
  std::exit(1);
}

/// The elements of a .npy file of bytes: magic, version, header length, header, data.
std::vector<uint8_t> readNpy(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<uint8_t> file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (file.size() < 10 || std::memcmp(file.data(), "\x93NUMPY\x01", 7) != 0)
    fail(path + " is not a .npy file");
  size_t begin = 10 + file[8] + 256 * file[9];
  if (begin > file.size() ||
      std::string(file.begin() + 10, file.begin() + begin).find("|u1") == std::string::npos)
    fail(path + " does not hold bytes");
  return {file.begin() + begin, file.end()};
}

/// One model with its device buffers: a batch of images in, a row of scores per image out.
class Classifier {
public:
  explicit Classifier(const char *path) {
    CHECK(aclmdlLoadFromFile(path, &model));
    description = aclmdlCreateDesc();
    CHECK(aclmdlGetDesc(description, model));
    // The model was compiled with AIPP: its input is bytes in [N, H, W, 1].
    aclmdlIODims dims;
    CHECK(aclmdlGetInputDims(description, 0, &dims));
    batch = static_cast<size_t>(dims.dims[0]);
    inputSize = aclmdlGetInputSizeByIndex(description, 0);
    outputSize = aclmdlGetOutputSizeByIndex(description, 0);
    if (inputSize != batch * imageBytes || outputSize != batch * classes * sizeof(float))
      fail("the model does not take 8x8 grey images and give ten scores");

    CHECK(aclrtMalloc(&deviceInput, inputSize, ACL_MEM_MALLOC_HUGE_FIRST));
    CHECK(aclrtMalloc(&deviceOutput, outputSize, ACL_MEM_MALLOC_HUGE_FIRST));
    inputs = aclmdlCreateDataset();
    outputs = aclmdlCreateDataset();
    CHECK(aclmdlAddDatasetBuffer(inputs, aclCreateDataBuffer(deviceInput, inputSize)));
    CHECK(aclmdlAddDatasetBuffer(outputs, aclCreateDataBuffer(deviceOutput, outputSize)));
    CHECK(aclrtCreateStream(&stream));
    CHECK(aclrtCreateEvent(&start));
    CHECK(aclrtCreateEvent(&stop));
  }

  ~Classifier() {
    aclrtDestroyEvent(stop);
    aclrtDestroyEvent(start);
    aclrtDestroyStream(stream);
    for (aclmdlDataset *set : {inputs, outputs}) {
      aclDestroyDataBuffer(aclmdlGetDatasetBuffer(set, 0));
      aclmdlDestroyDataset(set);
    }
    aclrtFree(deviceInput);
    aclrtFree(deviceOutput);
    aclmdlDestroyDesc(description);
    aclmdlUnload(model);
  }
  Classifier(const Classifier &) = delete;
  Classifier &operator=(const Classifier &) = delete;

  size_t batchSize() const { return batch; }

  /// Scores of `count` <= batchSize() images; `milliseconds` grows by the device time spent.
  std::vector<float> run(const uint8_t *images, size_t count, double &milliseconds) {
    std::vector<uint8_t> padded(inputSize);
    std::copy_n(images, count * imageBytes, padded.begin());
    CHECK(aclrtMemcpy(deviceInput, inputSize, padded.data(), inputSize, ACL_MEMCPY_HOST_TO_DEVICE));
    CHECK(aclrtRecordEvent(start, stream));
    CHECK(aclmdlExecuteAsync(model, inputs, outputs, stream));
    CHECK(aclrtRecordEvent(stop, stream));
    CHECK(aclrtSynchronizeStream(stream));
    float elapsed = 0;
    CHECK(aclrtEventElapsedTime(&elapsed, start, stop));
    milliseconds += elapsed;
    std::vector<float> scores(batch * classes);
    CHECK(aclrtMemcpy(scores.data(), outputSize, deviceOutput, outputSize,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    return scores;
  }

private:
  uint32_t model = 0;
  aclmdlDesc *description = nullptr;
  aclmdlDataset *inputs = nullptr, *outputs = nullptr;
  void *deviceInput = nullptr, *deviceOutput = nullptr;
  size_t inputSize = 0, outputSize = 0, batch = 0;
  aclrtStream stream = nullptr;
  aclrtEvent start = nullptr, stop = nullptr;
};

/// Draws `count` images side by side with the prediction below each.
void draw(const uint8_t *images, const std::vector<int> &predicted, size_t count) {
  static const char shades[] = " .:-=+*#%@";
  for (size_t y = 0; y < imageSide; ++y) {
    for (size_t i = 0; i < count; ++i) {
      std::printf("  ");
      for (size_t x = 0; x < imageSide; ++x) {
        char shade = shades[std::min<int>(images[i * imageBytes + y * imageSide + x], 16) * 9 / 16];
        std::printf("%c%c", shade, shade);
      }
    }
    std::printf("\n");
  }
  for (size_t i = 0; i < count; ++i)
    std::printf("  %9d       ", predicted[i]);
  std::printf("\n\n");
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4 || argc > 5)
    fail("usage: digits_demo MODEL.om IMAGES.npy LABELS.npy [PREDICTIONS.txt]");
  std::vector<uint8_t> images = readNpy(argv[2]), labels = readNpy(argv[3]);
  size_t count = labels.size();
  if (count == 0 || images.size() != count * imageBytes)
    fail("the number of images and labels differs");

  CHECK(aclInit(nullptr));
  CHECK(aclrtSetDevice(0));
  std::vector<int> predicted;
  double milliseconds = 0;
  size_t batches = 0, batch = 0;
  {
    Classifier classifier(argv[1]);
    batch = classifier.batchSize();
    for (size_t first = 0; first < count; first += batch, ++batches) {
      size_t here = std::min(batch, count - first);
      std::vector<float> scores = classifier.run(&images[first * imageBytes], here, milliseconds);
      for (size_t i = 0; i < here; ++i) {
        auto row = scores.begin() + i * classes;
        predicted.push_back(static_cast<int>(std::max_element(row, row + classes) - row));
      }
    }
  }
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());

  draw(images.data(), predicted, std::min<size_t>(count, 5));
  size_t right = 0;
  for (size_t i = 0; i < count; ++i)
    right += predicted[i] == labels[i];
  std::printf("accuracy           %.2f %% (%zu of %zu images)\n", 100.0 * right / count, right,
              count);
  std::printf("predicted latency  %.2f us per batch of %zu, %.2f us per image\n",
              1000 * milliseconds / batches, batch, 1000 * milliseconds / (batches * batch));
  if (argc == 5) {
    std::ofstream out(argv[4]);
    for (int digit : predicted)
      out << digit << '\n';
    if (!out.flush())
      fail(std::string("cannot write ") + argv[4]);
  }
  return 0;
}
