/*===- RunStatistics.h - What the simulator measured of a run ------------===*\
|* A function of libascendcl beside AscendCL, for tools and other languages. *|
\*===----------------------------------------------------------------------===*/
#ifndef OPENATC_ASCENDCL_RUNSTATISTICS_H
#define OPENATC_ASCENDCL_RUNSTATISTICS_H

#ifdef __cplusplus
extern "C" {
#endif

/* The JSON document of `om run --stats` for the calling thread's last aclmdlExecute: predicted
   latency and the time of each kernel. NULL before the first one and once its model is unloaded.
   The text stays valid until the thread's next call of this function. */
__attribute__((visibility("default"))) const char *openatcRunStatistics(void);

#ifdef __cplusplus
}
#endif

#endif /* OPENATC_ASCENDCL_RUNSTATISTICS_H */
