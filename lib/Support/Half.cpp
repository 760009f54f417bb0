//===- Half.cpp - Bulk conversions between halves and floats --------------===//

#include "openatc/Support/Half.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "Half.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "openatc/Support/NativeHalf-inl.h"

HWY_BEFORE_NAMESPACE();
namespace openatc::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void toFloat(const uint16_t *src, float *dst, size_t count) {
  size_t i = 0;
#if OPENATC_NATIVE_HALF
  const hn::ScalableTag<float> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> dh;
  const size_t lanes = hn::Lanes(d);
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::PromoteTo(d, hn::LoadU(dh, reinterpret_cast<const hwy::float16_t *>(src + i))),
               d, dst + i);
#endif
  for (; i < count; ++i)
    dst[i] = halfToFloat(src[i]);
}

void toHalf(const float *src, uint16_t *dst, size_t count) {
  size_t i = 0;
#if OPENATC_NATIVE_HALF
  const hn::ScalableTag<float> d;
  const hn::Rebind<hwy::float16_t, decltype(d)> dh;
  const size_t lanes = hn::Lanes(d);
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::DemoteTo(dh, hn::LoadU(d, src + i)), dh,
               reinterpret_cast<hwy::float16_t *>(dst + i));
#endif
  for (; i < count; ++i)
    dst[i] = floatToHalf(src[i]);
}

} // namespace openatc::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace openatc {
HWY_EXPORT(toFloat);
HWY_EXPORT(toHalf);

void halfToFloat(const uint16_t *src, float *dst, size_t count) {
  HWY_DYNAMIC_DISPATCH(toFloat)(src, dst, count);
}

void floatToHalf(const float *src, uint16_t *dst, size_t count) {
  HWY_DYNAMIC_DISPATCH(toHalf)(src, dst, count);
}

} // namespace openatc
#endif // HWY_ONCE
