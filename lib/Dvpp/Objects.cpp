//===- Objects.cpp - Memory, channels, areas and configurations -----------===//

#include "Objects.h"

#include "acl/acl_rt.h"

using namespace openatc::dvpp;

uintptr_t openatc::acl::nextHandle() {
  static std::atomic<uintptr_t> next = uintptr_t(0x0AC2) << 48;
  return next += 16;
}

namespace {

aclError setRoi(const char *function, acldvppRoiConfig *config, uint32_t RoiFields::*field,
                uint32_t value) {
  std::shared_ptr<RoiConfig> found = config ? registry<RoiConfig>().find(config) : nullptr;
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the area is NULL or does not exist");
  std::lock_guard guard(found->mutex);
  found->fields.*field = value;
  return ACL_SUCCESS;
}

} // namespace

aclError acldvppMalloc(void **devPtr, size_t size) {
  return aclrtMalloc(devPtr, size, ACL_MEM_MALLOC_HUGE_FIRST);
}

aclError acldvppFree(void *devPtr) { return aclrtFree(devPtr); }

acldvppChannelDesc *acldvppCreateChannelDesc(void) {
  static std::atomic<uint64_t> next = 0;
  auto channel = std::make_shared<ChannelDesc>();
  channel->id = next++;
  return registry<ChannelDesc>().add<acldvppChannelDesc>(std::move(channel));
}

aclError acldvppDestroyChannelDesc(acldvppChannelDesc *channelDesc) {
  return destroy<ChannelDesc>(__func__, channelDesc);
}

uint64_t acldvppGetChannelDescChannelId(const acldvppChannelDesc *channelDesc) {
  std::shared_ptr<ChannelDesc> channel = registry<ChannelDesc>().find(channelDesc);
  if (channel)
    return channel->id;
  fail(ACL_ERROR_INVALID_PARAM, __func__, "the channel description is NULL or does not exist");
  return 0;
}

aclError acldvppSetChannelDescMode(acldvppChannelDesc *channelDesc, uint32_t mode) {
  DVPP_FIND(ChannelDesc, channel, channelDesc);
  constexpr uint32_t kAll = DVPP_CHNMODE_VPC | DVPP_CHNMODE_JPEGD | DVPP_CHNMODE_JPEGE;
  DVPP_REQUIRE(mode && !(mode & ~kAll), ACL_ERROR_INVALID_PARAM,
               "the mode is a sum of 1 (VPC), 2 (JPEGD) and 4 (JPEGE), not " +
                   std::to_string(mode));
  channel->mode = mode;
  return ACL_SUCCESS;
}

aclError acldvppCreateChannel(acldvppChannelDesc *channelDesc) {
  DVPP_FIND(ChannelDesc, channel, channelDesc);
  int32_t device = 0;
  if (aclError code = openatcRequireContext(__func__, &device); code != ACL_SUCCESS)
    return code;
  DVPP_REQUIRE(!channel->open.exchange(true), ACL_ERROR_INVALID_PARAM,
               "the channel is created already");
  return ACL_SUCCESS;
}

aclError acldvppDestroyChannel(acldvppChannelDesc *channelDesc) {
  DVPP_FIND(ChannelDesc, channel, channelDesc);
  DVPP_REQUIRE(channel->open.exchange(false), ACL_ERROR_INVALID_PARAM,
               "the channel was not created");
  return ACL_SUCCESS;
}

acldvppRoiConfig *acldvppCreateRoiConfig(uint32_t left, uint32_t right, uint32_t top,
                                         uint32_t bottom) {
  auto area = std::make_shared<RoiConfig>();
  area->fields = {left, right, top, bottom};
  return registry<RoiConfig>().add<acldvppRoiConfig>(std::move(area));
}

aclError acldvppDestroyRoiConfig(acldvppRoiConfig *roiConfig) {
  return destroy<RoiConfig>(__func__, roiConfig);
}

aclError acldvppSetRoiConfigLeft(acldvppRoiConfig *config, uint32_t left) {
  return setRoi(__func__, config, &RoiFields::left, left);
}

aclError acldvppSetRoiConfigRight(acldvppRoiConfig *config, uint32_t right) {
  return setRoi(__func__, config, &RoiFields::right, right);
}

aclError acldvppSetRoiConfigTop(acldvppRoiConfig *config, uint32_t top) {
  return setRoi(__func__, config, &RoiFields::top, top);
}

aclError acldvppSetRoiConfigBottom(acldvppRoiConfig *config, uint32_t bottom) {
  return setRoi(__func__, config, &RoiFields::bottom, bottom);
}

aclError acldvppSetRoiConfig(acldvppRoiConfig *config, uint32_t left, uint32_t right, uint32_t top,
                             uint32_t bottom) {
  DVPP_FIND(RoiConfig, area, config);
  std::lock_guard guard(area->mutex);
  area->fields = {left, right, top, bottom};
  return ACL_SUCCESS;
}

acldvppResizeConfig *acldvppCreateResizeConfig(void) {
  return registry<ResizeConfig>().add<acldvppResizeConfig>(std::make_shared<ResizeConfig>());
}

aclError acldvppDestroyResizeConfig(acldvppResizeConfig *resizeConfig) {
  return destroy<ResizeConfig>(__func__, resizeConfig);
}

aclError acldvppSetResizeConfigInterpolation(acldvppResizeConfig *resizeConfig,
                                             uint32_t interpolation) {
  DVPP_FIND(ResizeConfig, config, resizeConfig);
  DVPP_REQUIRE(interpolation <= 2, ACL_ERROR_INVALID_PARAM,
               "the interpolation is 0 (default), 1 (bilinear) or 2 (nearest neighbour), not " +
                   std::to_string(interpolation));
  config->interpolation = interpolation;
  return ACL_SUCCESS;
}

uint32_t acldvppGetResizeConfigInterpolation(const acldvppResizeConfig *resizeConfig) {
  std::shared_ptr<ResizeConfig> config = registry<ResizeConfig>().find(resizeConfig);
  if (config)
    return config->interpolation;
  fail(ACL_ERROR_INVALID_PARAM, __func__, "the resize configuration does not exist");
  return 0;
}

acldvppJpegeConfig *acldvppCreateJpegeConfig(void) {
  return registry<JpegeConfig>().add<acldvppJpegeConfig>(std::make_shared<JpegeConfig>());
}

aclError acldvppDestroyJpegeConfig(acldvppJpegeConfig *jpegeConfig) {
  return destroy<JpegeConfig>(__func__, jpegeConfig);
}

aclError acldvppSetJpegeConfigLevel(acldvppJpegeConfig *jpegeConfig, uint32_t level) {
  DVPP_FIND(JpegeConfig, config, jpegeConfig);
  DVPP_REQUIRE(level <= 100, ACL_ERROR_INVALID_PARAM,
               "the level is 0 to 100, not " + std::to_string(level));
  config->level = level;
  return ACL_SUCCESS;
}

uint32_t acldvppGetJpegeConfigLevel(const acldvppJpegeConfig *jpegeConfig) {
  std::shared_ptr<JpegeConfig> config = registry<JpegeConfig>().find(jpegeConfig);
  if (config)
    return config->level;
  fail(ACL_ERROR_INVALID_PARAM, __func__, "the encoding configuration does not exist");
  return 0;
}
