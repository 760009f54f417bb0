//===- Vpc.cpp - Crop, resize, paste and conversion -----------------------===//

#include "Channel.h"
#include "Transform.h"

#include "acl/acl_rt.h"

using namespace openatc::dvpp;

namespace {

/// The scaler shrinks at most to 1/32 and enlarges at most 16 times, each direction by itself.
constexpr uint32_t kMostShrinking = 32, kMostEnlarging = 16;
/// Pasted rows begin at multiples of 16 pixels.
constexpr uint32_t kPasteUnit = 16;

/// One picture's way: an area of a source to an area of a destination.
struct Job {
  Picture from, to;
  RoiFields crop, paste;
  Interpolation interpolation = Interpolation::Bilinear;

  void run(const uint8_t *source, uint8_t *destination) const {
    Planes planes = load(from, source, crop);
    // Scaled in the source's own sampling, unless the families differ: chroma of one is not a
    // picture in the other.
    if (from.info->rgb != to.info->rgb)
      planes = convert(planes, *to.info);
    planes = resize(planes, paste.width(), paste.height(), interpolation);
    store(convert(planes, *to.info), to, destination, paste);
  }
};

RoiFields whole(const Picture &picture) {
  return {0, picture.fields.width - 1, 0, picture.fields.height - 1};
}

/// What one call names; `resizeConfig`, areas and `mayScale` differ by function.
struct Request {
  const char *function;
  acldvppPicDesc *input, *output;
  acldvppRoiConfig *crop, *paste;
  bool hasCrop, hasPaste, mayScale;
};

aclError readArea(const char *function, const char *what, acldvppRoiConfig *config,
                  const Picture &picture, RoiFields &area) {
  std::shared_ptr<RoiConfig> found = config ? registry<RoiConfig>().find(config) : nullptr;
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::string(what) + " is NULL or does not exist");
  {
    std::lock_guard guard(found->mutex);
    area = found->fields;
  }
  if (auto wrong = checkArea(what, area, picture))
    return fail(ACL_ERROR_INVALID_PARAM, function, *wrong);
  return ACL_SUCCESS;
}

aclError checkScale(const char *function, const char *direction, uint32_t from, uint32_t to) {
  if (uint64_t(to) * kMostShrinking >= from && to <= uint64_t(from) * kMostEnlarging)
    return ACL_SUCCESS;
  return fail(ACL_ERROR_INVALID_PARAM, function,
              std::string("the ") + direction + " goes from " + std::to_string(from) + " to " +
                  std::to_string(to) + " pixels; the factor must be 1/32 to 16");
}

aclError prepare(const Request &request, acldvppResizeConfig *resizeConfig, Job &job) {
  auto picture = [&](const char *what, acldvppPicDesc *desc, Picture &out) -> aclError {
    std::shared_ptr<PicDesc> found = desc ? registry<PicDesc>().find(desc) : nullptr;
    if (!found)
      return fail(ACL_ERROR_INVALID_PARAM, request.function,
                  std::string("the ") + what + " picture is NULL or does not exist");
    if (auto wrong = checkPicture(what, found->get(), out))
      return fail(ACL_ERROR_INVALID_PARAM, request.function, *wrong);
    return ACL_SUCCESS;
  };
  if (aclError code = picture("input", request.input, job.from); code != ACL_SUCCESS)
    return code;
  if (aclError code = picture("output", request.output, job.to); code != ACL_SUCCESS)
    return code;
  job.crop = whole(job.from);
  job.paste = whole(job.to);
  if (request.hasCrop)
    if (aclError code =
            readArea(request.function, "the crop area", request.crop, job.from, job.crop);
        code != ACL_SUCCESS)
      return code;
  if (request.hasPaste) {
    if (aclError code =
            readArea(request.function, "the paste area", request.paste, job.to, job.paste);
        code != ACL_SUCCESS)
      return code;
    if (job.paste.left % kPasteUnit)
      return fail(ACL_ERROR_INVALID_PARAM, request.function,
                  "the paste area begins at column " + std::to_string(job.paste.left) +
                      "; it must be a multiple of 16");
  }
  if (!request.mayScale &&
      (job.crop.width() != job.paste.width() || job.crop.height() != job.paste.height()))
    return fail(ACL_ERROR_INVALID_PARAM, request.function,
                "the output has another size than the input");
  if (aclError code = checkScale(request.function, "width", job.crop.width(), job.paste.width());
      code != ACL_SUCCESS)
    return code;
  if (aclError code = checkScale(request.function, "height", job.crop.height(), job.paste.height());
      code != ACL_SUCCESS)
    return code;
  if (resizeConfig) {
    std::shared_ptr<ResizeConfig> config = registry<ResizeConfig>().find(resizeConfig);
    if (!config)
      return fail(ACL_ERROR_INVALID_PARAM, request.function,
                  "the resize configuration does not exist");
    if (config->interpolation == 2)
      job.interpolation = Interpolation::Nearest;
  }
  return ACL_SUCCESS;
}

/// Queues the jobs of one call.
aclError enqueue(const char *function, std::vector<Job> jobs, aclrtStream stream) {
  return enqueueWork(function, stream, [jobs = std::move(jobs), function](std::string &text) {
    for (const Job &job : jobs) {
      uint64_t in = job.from.bytes(), out = job.to.bytes();
      auto *source =
          static_cast<const uint8_t *>(openatcDeviceView(function, job.from.fields.data, in));
      auto *destination =
          static_cast<uint8_t *>(openatcDeviceView(function, job.to.fields.data, out));
      if (!source || !destination) {
        text = "the memory of a picture was freed before the work ran";
        return ACL_ERROR_INVALID_PARAM;
      }
      job.run(source, destination);
    }
    return ACL_SUCCESS;
  });
}

aclError one(acldvppChannelDesc *channel, const Request &request, acldvppResizeConfig *config,
             aclrtStream stream) {
  if (aclError code = requireChannel(request.function, channel); code != ACL_SUCCESS)
    return code;
  Job job;
  if (aclError code = prepare(request, config, job); code != ACL_SUCCESS)
    return code;
  return enqueue(request.function, {job}, stream);
}

aclError batch(const char *function, acldvppChannelDesc *channel, acldvppBatchPicDesc *sources,
               const uint32_t *roiNums, uint32_t size, acldvppBatchPicDesc *destinations,
               acldvppRoiConfig **crops, acldvppRoiConfig **pastes, bool mayScale,
               acldvppResizeConfig *config, aclrtStream stream) {
  if (aclError code = requireChannel(function, channel); code != ACL_SUCCESS)
    return code;
  std::shared_ptr<BatchPicDesc> from = registry<BatchPicDesc>().find(sources);
  std::shared_ptr<BatchPicDesc> to = registry<BatchPicDesc>().find(destinations);
  if (!from || !to || !roiNums || !crops)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "a batch of pictures, the numbers of areas or the areas are NULL or do not exist");
  if (size != from->pictures.size())
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "there are " + std::to_string(size) + " numbers of areas for " +
                    std::to_string(from->pictures.size()) + " pictures");
  uint64_t areas = 0;
  for (uint32_t i = 0; i < size; ++i)
    areas += roiNums[i];
  if (areas != to->pictures.size())
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "there are " + std::to_string(areas) + " areas for " +
                    std::to_string(to->pictures.size()) + " output pictures");
  std::vector<Job> jobs;
  for (uint32_t i = 0; i < size; ++i)
    for (uint32_t j = 0; j < roiNums[i]; ++j) {
      size_t area = jobs.size();
      Request request{function,
                      from->pictures[i],
                      to->pictures[area],
                      crops[area],
                      pastes ? pastes[area] : nullptr,
                      true,
                      pastes != nullptr,
                      mayScale};
      Job job;
      if (aclError code = prepare(request, config, job); code != ACL_SUCCESS)
        return code;
      jobs.push_back(job);
    }
  return enqueue(function, std::move(jobs), stream);
}

} // namespace

aclError acldvppVpcResizeAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                               acldvppPicDesc *outputDesc, acldvppResizeConfig *resizeConfig,
                               aclrtStream stream) {
  DVPP_REQUIRE_POINTER(resizeConfig);
  return one(channelDesc, {__func__, inputDesc, outputDesc, nullptr, nullptr, false, false, true},
             resizeConfig, stream);
}

aclError acldvppVpcCropAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                             acldvppPicDesc *outputDesc, acldvppRoiConfig *cropArea,
                             aclrtStream stream) {
  return one(channelDesc, {__func__, inputDesc, outputDesc, cropArea, nullptr, true, false, true},
             nullptr, stream);
}

aclError acldvppVpcCropResizeAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                                   acldvppPicDesc *outputDesc, acldvppRoiConfig *cropArea,
                                   acldvppResizeConfig *resizeConfig, aclrtStream stream) {
  DVPP_REQUIRE_POINTER(resizeConfig);
  return one(channelDesc, {__func__, inputDesc, outputDesc, cropArea, nullptr, true, false, true},
             resizeConfig, stream);
}

aclError acldvppVpcCropAndPasteAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                                     acldvppPicDesc *outputDesc, acldvppRoiConfig *cropArea,
                                     acldvppRoiConfig *pasteArea, aclrtStream stream) {
  return one(channelDesc, {__func__, inputDesc, outputDesc, cropArea, pasteArea, true, true, true},
             nullptr, stream);
}

aclError acldvppVpcCropResizePasteAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                                        acldvppPicDesc *outputDesc, acldvppRoiConfig *cropArea,
                                        acldvppRoiConfig *pasteArea,
                                        acldvppResizeConfig *resizeConfig, aclrtStream stream) {
  DVPP_REQUIRE_POINTER(resizeConfig);
  return one(channelDesc, {__func__, inputDesc, outputDesc, cropArea, pasteArea, true, true, true},
             resizeConfig, stream);
}

aclError acldvppVpcConvertColorAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                                     acldvppPicDesc *outputDesc, aclrtStream stream) {
  return one(channelDesc, {__func__, inputDesc, outputDesc, nullptr, nullptr, false, false, false},
             nullptr, stream);
}

aclError acldvppVpcBatchCropAsync(acldvppChannelDesc *channelDesc,
                                  acldvppBatchPicDesc *srcBatchPicDescs, uint32_t *roiNums,
                                  uint32_t size, acldvppBatchPicDesc *dstBatchPicDescs,
                                  acldvppRoiConfig *cropAreas[], aclrtStream stream) {
  return batch(__func__, channelDesc, srcBatchPicDescs, roiNums, size, dstBatchPicDescs, cropAreas,
               nullptr, true, nullptr, stream);
}

aclError acldvppVpcBatchCropResizeAsync(acldvppChannelDesc *channelDesc,
                                        acldvppBatchPicDesc *srcBatchPicDescs, uint32_t *roiNums,
                                        uint32_t size, acldvppBatchPicDesc *dstBatchPicDescs,
                                        acldvppRoiConfig *cropAreas[],
                                        acldvppResizeConfig *resizeConfig, aclrtStream stream) {
  DVPP_REQUIRE_POINTER(resizeConfig);
  return batch(__func__, channelDesc, srcBatchPicDescs, roiNums, size, dstBatchPicDescs, cropAreas,
               nullptr, true, resizeConfig, stream);
}

aclError acldvppVpcBatchCropAndPasteAsync(acldvppChannelDesc *channelDesc,
                                          acldvppBatchPicDesc *srcBatchPicDescs, uint32_t *roiNums,
                                          uint32_t size, acldvppBatchPicDesc *dstBatchPicDescs,
                                          acldvppRoiConfig *cropAreas[],
                                          acldvppRoiConfig *pasteAreas[], aclrtStream stream) {
  DVPP_REQUIRE_POINTER(pasteAreas);
  return batch(__func__, channelDesc, srcBatchPicDescs, roiNums, size, dstBatchPicDescs, cropAreas,
               pasteAreas, true, nullptr, stream);
}

aclError acldvppVpcBatchCropResizePasteAsync(
    acldvppChannelDesc *channelDesc, acldvppBatchPicDesc *srcBatchPicDescs, uint32_t *roiNums,
    uint32_t size, acldvppBatchPicDesc *dstBatchPicDescs, acldvppRoiConfig *cropAreas[],
    acldvppRoiConfig *pasteAreas[], acldvppResizeConfig *resizeConfig, aclrtStream stream) {
  DVPP_REQUIRE_POINTER(pasteAreas);
  DVPP_REQUIRE_POINTER(resizeConfig);
  return batch(__func__, channelDesc, srcBatchPicDescs, roiNums, size, dstBatchPicDescs, cropAreas,
               pasteAreas, true, resizeConfig, stream);
}
