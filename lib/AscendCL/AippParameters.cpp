//===- AippParameters.cpp - Objects with the parameters of dynamic AIPP ---===//

#include "Error.h"
#include "State.h"

#include "openatc/Support/Half.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Checks the arguments of one setter; the first mistake counts.
class Setter {
public:
  Setter(const char *function, const aclmdlAIPP *handle) : function(function) {
    if (!handle)
      code = failNull(function, "aippParmsSet");
    else if (!(found = state().aipps.find(handle)))
      refuse("the AIPP parameters do not exist; they were destroyed or never created");
    else
      guard = std::unique_lock(found->mutex);
  }

  /// `value` must lie in low..high; NaN lies nowhere.
  Setter &range(const char *name, double value, double low, double high) {
    if (code == ACL_SUCCESS && !(value >= low && value <= high))
      refuse(std::string("'") + name + "' is " + text(value) + ", it must lie in " + text(low) +
             ".." + text(high));
    return *this;
  }
  Setter &onOff(const char *name, int8_t value) { return range(name, value, 0, 1); }

  Setter &batch(uint64_t index) {
    if (code == ACL_SUCCESS && index >= found->params.pictures.size())
      refuse("'batchIndex' is " + std::to_string(index) + ", the parameters are for " +
             std::to_string(found->params.pictures.size()) + " pictures");
    return *this;
  }

  aclError refuse(const std::string &why) {
    return code = fail(ACL_ERROR_INVALID_PARAM, function, why);
  }

  /// True when the values may be set.
  bool ok() const { return code == ACL_SUCCESS; }
  aclError result() const { return code; }
  aipp::DynamicParams &params() { return found->params; }
  aipp::DynamicPicture &picture(uint64_t index) { return found->params.pictures[index]; }

private:
  static std::string text(double value) {
    std::string full = std::to_string(value);
    full.erase(full.find_last_not_of('0') + 1);
    return full.back() == '.' ? full.substr(0, full.size() - 1) : full;
  }

  const char *function;
  std::shared_ptr<AippParameters> found;
  std::unique_lock<std::mutex> guard;
  aclError code = ACL_SUCCESS;
};

constexpr double kImageMax = 4096;
constexpr double kHalfMax = 65504;

} // namespace

aclmdlAIPP *aclmdlCreateAIPP(uint64_t batchSize) try {
  if (batchSize == 0 || batchSize > aipp::maxDynamicPictures) {
    fail(ACL_ERROR_INVALID_PARAM, __func__,
         "'batchSize' is " + std::to_string(batchSize) + ", it must lie in 1..127");
    return nullptr;
  }
  auto object = std::make_shared<AippParameters>();
  object->params.pictures.resize(batchSize);
  return state().aipps.add<aclmdlAIPP>(std::move(object));
}
ACL_CATCH_AS(nullptr)

aclError aclmdlDestroyAIPP(const aclmdlAIPP *aippParmsSet) try {
  ACL_REQUIRE_POINTER(aippParmsSet);
  ACL_REQUIRE(state().aipps.remove(aippParmsSet), ACL_ERROR_INVALID_PARAM,
              "the AIPP parameters do not exist; they were destroyed or never created");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetAippDataSize(uint64_t batchSize, size_t *size) try {
  ACL_REQUIRE_POINTER(size);
  ACL_REQUIRE(batchSize != 0, ACL_ERROR_GE_AIPP_BATCH_EMPTY, "'batchSize' is 0");
  ACL_REQUIRE(batchSize <= aipp::maxDynamicPictures, ACL_ERROR_INVALID_PARAM,
              "'batchSize' is " + std::to_string(batchSize) + ", it must lie in 1..127");
  *size = aipp::dynamicBlockBytes(batchSize);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetAIPPInputFormat(aclmdlAIPP *aippParmsSet, aclAippInputFormat inputFormat) try {
  Setter set(__func__, aippParmsSet);
  // The enumeration has the numbers of the configuration file, the block its own.
  uint8_t number = 0;
  if (inputFormat >= ACL_YUV420SP_U8 && inputFormat <= ACL_YUV400_U8)
    number = aipp::blockNumberOf(aipp::InputFormat(inputFormat));
  if (set.ok() && !number)
    return set.refuse("input format " + std::to_string(int(inputFormat)) +
                      " is not supported; supported are ACL_YUV420SP_U8, ACL_XRGB8888_U8, "
                      "ACL_RGB888_U8 and ACL_YUV400_U8");
  if (set.ok())
    set.params().inputFormat = number;
  return set.result();
}
ACL_CATCH

aclError aclmdlSetAIPPCscParams(aclmdlAIPP *aippParmsSet, int8_t cscSwitch, int16_t cscMatrixR0C0,
                                int16_t cscMatrixR0C1, int16_t cscMatrixR0C2, int16_t cscMatrixR1C0,
                                int16_t cscMatrixR1C1, int16_t cscMatrixR1C2, int16_t cscMatrixR2C0,
                                int16_t cscMatrixR2C1, int16_t cscMatrixR2C2,
                                uint8_t cscOutputBiasR0, uint8_t cscOutputBiasR1,
                                uint8_t cscOutputBiasR2, uint8_t cscInputBiasR0,
                                uint8_t cscInputBiasR1, uint8_t cscInputBiasR2) try {
  Setter set(__func__, aippParmsSet);
  if (!set.onOff("cscSwitch", cscSwitch).ok())
    return set.result();
  aipp::DynamicParams &params = set.params();
  params.csc = cscSwitch;
  if (!cscSwitch)
    return ACL_SUCCESS;
  params.matrix = {cscMatrixR0C0, cscMatrixR0C1, cscMatrixR0C2, cscMatrixR1C0, cscMatrixR1C1,
                   cscMatrixR1C2, cscMatrixR2C0, cscMatrixR2C1, cscMatrixR2C2};
  params.outputBias = {cscOutputBiasR0, cscOutputBiasR1, cscOutputBiasR2};
  params.inputBias = {cscInputBiasR0, cscInputBiasR1, cscInputBiasR2};
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetAIPPRbuvSwapSwitch(aclmdlAIPP *aippParmsSet, int8_t rbuvSwapSwitch) try {
  Setter set(__func__, aippParmsSet);
  if (set.onOff("rbuvSwapSwitch", rbuvSwapSwitch).ok())
    set.params().rbuvSwap = rbuvSwapSwitch;
  return set.result();
}
ACL_CATCH

aclError aclmdlSetAIPPAxSwapSwitch(aclmdlAIPP *aippParmsSet, int8_t axSwapSwitch) try {
  Setter set(__func__, aippParmsSet);
  if (set.onOff("axSwapSwitch", axSwapSwitch).ok())
    set.params().axSwap = axSwapSwitch;
  return set.result();
}
ACL_CATCH

aclError aclmdlSetAIPPSrcImageSize(aclmdlAIPP *aippParmsSet, int32_t srcImageSizeW,
                                   int32_t srcImageSizeH) try {
  Setter set(__func__, aippParmsSet);
  set.range("srcImageSizeW", srcImageSizeW, 2, kImageMax);
  set.range("srcImageSizeH", srcImageSizeH, 1, kImageMax);
  if (!set.ok())
    return set.result();
  set.params().srcW = srcImageSizeW;
  set.params().srcH = srcImageSizeH;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetAIPPScfParams(aclmdlAIPP *aippParmsSet, int8_t scfSwitch, int32_t scfInputSizeW,
                                int32_t scfInputSizeH, int32_t scfOutputSizeW,
                                int32_t scfOutputSizeH, uint64_t batchIndex) try {
  Setter set(__func__, aippParmsSet);
  set.batch(batchIndex).onOff("scfSwitch", scfSwitch);
  if (set.ok() && scfSwitch) {
    set.range("scfInputSizeW", scfInputSizeW, 16, kImageMax);
    set.range("scfInputSizeH", scfInputSizeH, 16, kImageMax);
    set.range("scfOutputSizeW", scfOutputSizeW, 16, 1920);
    set.range("scfOutputSizeH", scfOutputSizeH, 16, kImageMax);
    set.range("scfOutputSizeW / scfInputSizeW", double(scfOutputSizeW) / scfInputSizeW, 0.0625, 16);
    set.range("scfOutputSizeH / scfInputSizeH", double(scfOutputSizeH) / scfInputSizeH, 0.0625, 16);
  }
  if (!set.ok())
    return set.result();
  aipp::DynamicPicture &picture = set.picture(batchIndex);
  picture.scf = scfSwitch;
  if (!scfSwitch)
    return ACL_SUCCESS;
  picture.scfInputW = scfInputSizeW;
  picture.scfInputH = scfInputSizeH;
  picture.scfOutputW = scfOutputSizeW;
  picture.scfOutputH = scfOutputSizeH;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetAIPPCropParams(aclmdlAIPP *aippParmsSet, int8_t cropSwitch, int32_t cropStartPosW,
                                 int32_t cropStartPosH, int32_t cropSizeW, int32_t cropSizeH,
                                 uint64_t batchIndex) try {
  Setter set(__func__, aippParmsSet);
  set.batch(batchIndex).onOff("cropSwitch", cropSwitch);
  if (set.ok() && cropSwitch) {
    set.range("cropStartPosW", cropStartPosW, 0, kImageMax - 1);
    set.range("cropStartPosH", cropStartPosH, 0, kImageMax - 1);
    set.range("cropSizeW", cropSizeW, 1, kImageMax);
    set.range("cropSizeH", cropSizeH, 1, kImageMax);
  }
  if (!set.ok())
    return set.result();
  aipp::DynamicPicture &picture = set.picture(batchIndex);
  picture.crop = cropSwitch;
  if (!cropSwitch)
    return ACL_SUCCESS;
  picture.cropX = cropStartPosW;
  picture.cropY = cropStartPosH;
  picture.cropW = cropSizeW;
  picture.cropH = cropSizeH;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetAIPPPaddingParams(aclmdlAIPP *aippParmsSet, int8_t paddingSwitch,
                                    int32_t paddingSizeTop, int32_t paddingSizeBottom,
                                    int32_t paddingSizeLeft, int32_t paddingSizeRight,
                                    uint64_t batchIndex) try {
  Setter set(__func__, aippParmsSet);
  set.batch(batchIndex).onOff("paddingSwitch", paddingSwitch);
  if (set.ok() && paddingSwitch) {
    set.range("paddingSizeTop", paddingSizeTop, 0, 32);
    set.range("paddingSizeBottom", paddingSizeBottom, 0, 32);
    set.range("paddingSizeLeft", paddingSizeLeft, 0, 32);
    set.range("paddingSizeRight", paddingSizeRight, 0, 32);
  }
  if (!set.ok())
    return set.result();
  aipp::DynamicPicture &picture = set.picture(batchIndex);
  picture.padding = paddingSwitch;
  if (!paddingSwitch)
    return ACL_SUCCESS;
  picture.padTop = paddingSizeTop;
  picture.padBottom = paddingSizeBottom;
  picture.padLeft = paddingSizeLeft;
  picture.padRight = paddingSizeRight;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetAIPPDtcPixelMean(aclmdlAIPP *aippParmsSet, int16_t dtcPixelMeanChn0,
                                   int16_t dtcPixelMeanChn1, int16_t dtcPixelMeanChn2,
                                   int16_t dtcPixelMeanChn3, uint64_t batchIndex) try {
  Setter set(__func__, aippParmsSet);
  std::array<int16_t, 4> mean = {dtcPixelMeanChn0, dtcPixelMeanChn1, dtcPixelMeanChn2,
                                 dtcPixelMeanChn3};
  set.batch(batchIndex);
  for (size_t i = 0; i < mean.size(); ++i)
    set.range(("dtcPixelMeanChn" + std::to_string(i)).c_str(), mean[i], 0, 255);
  if (set.ok())
    set.picture(batchIndex).mean = mean;
  return set.result();
}
ACL_CATCH

aclError aclmdlSetAIPPDtcPixelMin(aclmdlAIPP *aippParmsSet, float dtcPixelMinChn0,
                                  float dtcPixelMinChn1, float dtcPixelMinChn2,
                                  float dtcPixelMinChn3, uint64_t batchIndex) try {
  Setter set(__func__, aippParmsSet);
  std::array<float, 4> min = {dtcPixelMinChn0, dtcPixelMinChn1, dtcPixelMinChn2, dtcPixelMinChn3};
  set.batch(batchIndex);
  for (size_t i = 0; i < min.size(); ++i)
    set.range(("dtcPixelMinChn" + std::to_string(i)).c_str(), min[i], 0, 255);
  for (size_t i = 0; set.ok() && i < min.size(); ++i)
    set.picture(batchIndex).min[i] = floatToHalf(min[i]);
  return set.result();
}
ACL_CATCH

aclError aclmdlSetAIPPPixelVarReci(aclmdlAIPP *aippParmsSet, float dtcPixelVarReciChn0,
                                   float dtcPixelVarReciChn1, float dtcPixelVarReciChn2,
                                   float dtcPixelVarReciChn3, uint64_t batchIndex) try {
  Setter set(__func__, aippParmsSet);
  std::array<float, 4> scale = {dtcPixelVarReciChn0, dtcPixelVarReciChn1, dtcPixelVarReciChn2,
                                dtcPixelVarReciChn3};
  set.batch(batchIndex);
  for (size_t i = 0; i < scale.size(); ++i)
    set.range(("dtcPixelVarReciChn" + std::to_string(i)).c_str(), scale[i], -kHalfMax, kHalfMax);
  for (size_t i = 0; set.ok() && i < scale.size(); ++i)
    set.picture(batchIndex).varReci[i] = floatToHalf(scale[i]);
  return set.result();
}
ACL_CATCH
