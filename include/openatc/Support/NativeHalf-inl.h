//===- NativeHalf-inl.h - Targets with exact half conversions -------------===//
//
// For files that Highway compiles once for each target: sets OPENATC_NATIVE_HALF to 1
// where the target's own conversion instructions round to nearest even and keep
// subnormals; elsewhere the scalar code of Half.h is the definition. It is included
// again for each target, behind highway.h, and so has no include guard.
//
//===----------------------------------------------------------------------===//
#undef OPENATC_NATIVE_HALF
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL ||               \
    HWY_TARGET == HWY_NEON
#define OPENATC_NATIVE_HALF 1
#else
#define OPENATC_NATIVE_HALF 0
#endif
