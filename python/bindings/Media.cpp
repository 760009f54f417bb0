//===- Media.cpp - acl.media ----------------------------------------------===//

#define ENABLE_DVPP_INTERFACE

#include "Namespaces.h"

#include "acl/ops/acl_dvpp.h"

namespace openatc::python {

namespace {

using Counts = std::vector<uint32_t>;
using Areas = std::vector<acldvppRoiConfig *>;

/// pyACL gives the batch of results back beside the status.
nb::object withBatch(acldvppBatchPicDesc *batch, aclError status) {
  return nb::make_tuple(Value<acldvppBatchPicDesc *>::to(batch), status);
}

/// There is one area for each result.
void requireAreas(const Counts &counts, const Areas &areas) {
  size_t sum = 0;
  for (uint32_t count : counts)
    sum += count;
  if (areas.size() < sum)
    throw BadArgument();
}

nb::object vpcBatchCropAsync(acldvppChannelDesc *channel, acldvppBatchPicDesc *sources,
                             Counts counts, acldvppBatchPicDesc *results, Areas crops,
                             aclrtStream stream) {
  requireAreas(counts, crops);
  return withBatch(results, acldvppVpcBatchCropAsync(channel, sources, counts.data(),
                                                     uint32_t(counts.size()), results, crops.data(),
                                                     stream));
}

nb::object vpcBatchCropResizeAsync(acldvppChannelDesc *channel, acldvppBatchPicDesc *sources,
                                   Counts counts, acldvppBatchPicDesc *results, Areas crops,
                                   acldvppResizeConfig *config, aclrtStream stream) {
  requireAreas(counts, crops);
  return withBatch(results, acldvppVpcBatchCropResizeAsync(channel, sources, counts.data(),
                                                           uint32_t(counts.size()), results,
                                                           crops.data(), config, stream));
}

nb::object vpcBatchCropAndPasteAsync(acldvppChannelDesc *channel, acldvppBatchPicDesc *sources,
                                     Counts counts, acldvppBatchPicDesc *results, Areas crops,
                                     Areas pastes, aclrtStream stream) {
  requireAreas(counts, crops);
  requireAreas(counts, pastes);
  return withBatch(results, acldvppVpcBatchCropAndPasteAsync(channel, sources, counts.data(),
                                                             uint32_t(counts.size()), results,
                                                             crops.data(), pastes.data(), stream));
}

nb::object vpcBatchCropResizePasteAsync(acldvppChannelDesc *channel, acldvppBatchPicDesc *sources,
                                        Counts counts, acldvppBatchPicDesc *results, Areas crops,
                                        Areas pastes, acldvppResizeConfig *config,
                                        aclrtStream stream) {
  requireAreas(counts, crops);
  requireAreas(counts, pastes);
  return withBatch(results, acldvppVpcBatchCropResizePasteAsync(
                                channel, sources, counts.data(), uint32_t(counts.size()), results,
                                crops.data(), pastes.data(), config, stream));
}

void bindPictures(Scope &media) {
  bind<acldvppCreatePicDesc>(media, "dvpp_create_pic_desc", "", "Makes a picture description.");
  bind<acldvppDestroyPicDesc>(media, "dvpp_destroy_pic_desc", "desc", "Ends one.");
  bind<acldvppSetPicDescData>(media, "dvpp_set_pic_desc_data", "desc, ptr", "Where pixels lie.");
  bind<acldvppSetPicDescSize>(media, "dvpp_set_pic_desc_size", "desc, size", "Bytes of pixels.");
  bind<acldvppSetPicDescFormat>(media, "dvpp_set_pic_desc_format", "desc, format", "Pixel format.");
  bind<acldvppSetPicDescWidth>(media, "dvpp_set_pic_desc_width", "desc, width", "Width.");
  bind<acldvppSetPicDescHeight>(media, "dvpp_set_pic_desc_height", "desc, height", "Height.");
  bind<acldvppSetPicDescWidthStride>(media, "dvpp_set_pic_desc_width_stride", "desc, stride",
                                     "Bytes from row to row.");
  bind<acldvppSetPicDescHeightStride>(media, "dvpp_set_pic_desc_height_stride", "desc, stride",
                                      "Rows from plane to plane.");
  bind<acldvppSetPicDescRetCode>(media, "dvpp_set_pic_desc_ret_code", "desc, code",
                                 "Outcome of the picture.");
  bind<acldvppGetPicDescData>(media, "dvpp_get_pic_desc_data", "desc", "Where pixels lie.");
  bind<acldvppGetPicDescSize>(media, "dvpp_get_pic_desc_size", "desc", "Bytes of pixels.");
  bind<acldvppGetPicDescFormat>(media, "dvpp_get_pic_desc_format", "desc", "Pixel format.");
  bind<acldvppGetPicDescWidth>(media, "dvpp_get_pic_desc_width", "desc", "Width.");
  bind<acldvppGetPicDescHeight>(media, "dvpp_get_pic_desc_height", "desc", "Height.");
  bind<acldvppGetPicDescWidthStride>(media, "dvpp_get_pic_desc_width_stride", "desc",
                                     "Bytes from row to row.");
  bind<acldvppGetPicDescHeightStride>(media, "dvpp_get_pic_desc_height_stride", "desc",
                                      "Rows from plane to plane.");
  bind<acldvppGetPicDescRetCode>(media, "dvpp_get_pic_desc_ret_code", "desc",
                                 "Outcome of the picture.");
  bind<acldvppCreateBatchPicDesc>(media, "dvpp_create_batch_pic_desc", "count",
                                  "Makes descriptions of several pictures.");
  bind<acldvppGetPicDesc>(media, "dvpp_get_pic_desc", "batch, index", "One of them.");
  bind<acldvppDestroyBatchPicDesc>(media, "dvpp_destroy_batch_pic_desc", "batch", "Ends them.");
}

void bindConfigurations(Scope &media) {
  bind<acldvppCreateRoiConfig>(media, "dvpp_create_roi_config", "left, right, top, bottom",
                               "Makes an area.");
  bind<acldvppDestroyRoiConfig>(media, "dvpp_destroy_roi_config", "area", "Ends an area.");
  bind<acldvppSetRoiConfig>(media, "dvpp_set_roi_config", "area, left, right, top, bottom",
                            "Moves an area.");
  bind<acldvppSetRoiConfigLeft>(media, "dvpp_set_roi_config_left", "area, left", "Left column.");
  bind<acldvppSetRoiConfigRight>(media, "dvpp_set_roi_config_right", "area, right",
                                 "Right column.");
  bind<acldvppSetRoiConfigTop>(media, "dvpp_set_roi_config_top", "area, top", "Top row.");
  bind<acldvppSetRoiConfigBottom>(media, "dvpp_set_roi_config_bottom", "area, bottom",
                                  "Bottom row.");
  bind<acldvppCreateResizeConfig>(media, "dvpp_create_resize_config", "",
                                  "Makes options of a resize.");
  bind<acldvppDestroyResizeConfig>(media, "dvpp_destroy_resize_config", "config", "Ends them.");
  bind<acldvppSetResizeConfigInterpolation>(media, "dvpp_set_resize_config_interpolation",
                                            "config, interpolation", "Kind of interpolation.");
  bind<acldvppGetResizeConfigInterpolation>(media, "dvpp_get_resize_config_interpolation", "config",
                                            "Kind of interpolation.");
  bind<acldvppCreateJpegeConfig>(media, "dvpp_create_jpege_config", "",
                                 "Makes options of JPEG encoding.");
  bind<acldvppDestroyJpegeConfig>(media, "dvpp_destroy_jpege_config", "config", "Ends them.");
  bind<acldvppSetJpegeConfigLevel>(media, "dvpp_set_jpege_config_level", "config, level",
                                   "Quality of JPEG encoding.");
  bind<acldvppGetJpegeConfigLevel>(media, "dvpp_get_jpege_config_level", "config",
                                   "Quality of JPEG encoding.");
}

} // namespace

void bindMedia(Scope &media) {
  bind<acldvppMalloc>(media, "dvpp_malloc", "size", "Allocates device memory for pictures.");
  bind<acldvppFree>(media, "dvpp_free", "ptr", "Frees it.");
  bind<acldvppCreateChannelDesc>(media, "dvpp_create_channel_desc", "",
                                 "Makes a channel description.");
  bind<acldvppDestroyChannelDesc>(media, "dvpp_destroy_channel_desc", "channel", "Ends one.");
  bind<acldvppGetChannelDescChannelId>(media, "dvpp_get_channel_desc_channel_id", "channel",
                                       "Number of a channel.");
  bind<acldvppSetChannelDescMode>(media, "dvpp_set_channel_desc_mode", "channel, mode",
                                  "What the channel is for.");
  bind<acldvppCreateChannel>(media, "dvpp_create_channel", "channel", "Opens a channel.");
  bind<acldvppDestroyChannel>(media, "dvpp_destroy_channel", "channel", "Closes a channel.");
  bindPictures(media);
  bindConfigurations(media);
  bind<acldvppJpegGetImageInfo>(media, "dvpp_jpeg_get_image_info", "ptr, size",
                                "Width, height and components of a JPEG file in host memory.");
  bind<acldvppJpegGetImageInfoV2>(media, "dvpp_jpeg_get_image_info_v2", "ptr, size",
                                  "Width, height, components and format of a JPEG file.");
  bind<acldvppJpegPredictDecSize>(media, "dvpp_jpeg_predict_dec_size", "ptr, size, format",
                                  "Bytes that a decoded JPEG file takes.");
  bind<acldvppJpegPredictEncSize>(media, "dvpp_jpeg_predict_enc_size", "desc, config",
                                  "Bytes that an encoded picture may take.");
  bind<acldvppJpegDecodeAsync>(media, "dvpp_jpeg_decode_async", "channel, ptr, size, desc, stream",
                               "Decodes a JPEG file.");
  bind<addresses<acldvppJpegEncodeAsync>>(media, "dvpp_jpeg_encode_async",
                                          "channel, desc, ptr, size_ptr, config, stream",
                                          "Encodes a JPEG file; its size goes to size_ptr.");
  bind<acldvppVpcResizeAsync>(media, "dvpp_vpc_resize_async",
                              "channel, input, output, config, stream", "Resizes a picture.");
  bind<acldvppVpcCropAsync>(media, "dvpp_vpc_crop_async", "channel, input, output, area, stream",
                            "Crops a picture.");
  bind<acldvppVpcCropResizeAsync>(media, "dvpp_vpc_crop_resize_async",
                                  "channel, input, output, area, config, stream",
                                  "Crops and resizes a picture.");
  bind<acldvppVpcCropAndPasteAsync>(media, "dvpp_vpc_crop_and_paste_async",
                                    "channel, input, output, crop, paste, stream",
                                    "Crops, resizes and pastes a picture.");
  bind<acldvppVpcCropResizePasteAsync>(media, "dvpp_vpc_crop_resize_paste_async",
                                       "channel, input, output, crop, paste, config, stream",
                                       "Crops, resizes and pastes a picture.");
  bind<acldvppVpcConvertColorAsync>(media, "dvpp_vpc_convert_color_async",
                                    "channel, input, output, stream", "Converts a pixel format.");
  bind<vpcBatchCropAsync>(media, "dvpp_vpc_batch_crop_async",
                          "channel, inputs, counts, outputs, areas, stream -> tuple[int, int]",
                          "Crops several pictures; gives the batch of results back.");
  bind<vpcBatchCropResizeAsync>(
      media, "dvpp_vpc_batch_crop_resize_async",
      "channel, inputs, counts, outputs, areas, config, stream -> tuple[int, int]",
      "Crops and resizes several pictures; gives the batch of results back.");
  bind<vpcBatchCropAndPasteAsync>(
      media, "dvpp_vpc_batch_crop_and_paste_async",
      "channel, inputs, counts, outputs, crops, pastes, stream -> tuple[int, int]",
      "Crops and pastes several pictures; gives the batch of results back.");
  bind<vpcBatchCropResizePasteAsync>(
      media, "dvpp_vpc_batch_crop_resize_paste_async",
      "channel, inputs, counts, outputs, crops, pastes, config, stream -> tuple[int, int]",
      "Crops, resizes and pastes several pictures; gives the batch of results back.");
}

} // namespace openatc::python
