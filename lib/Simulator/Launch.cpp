//===- Launch.cpp - Programs, devices and launches ------------------------===//

#include "Core.h"
#include "Hazards.h"
#include "Timing.h"

#include "openatc/Simulator/Device.h"
#include "openatc/Support/ThreadPool.h"

#include <cstring>

namespace openatc::sim {

struct Program::Impl {
  std::string name;
  Code code;
};

Program::Program() : impl(std::make_unique<Impl>()) {}
Program::~Program() = default;
const std::string &Program::name() const { return impl->name; }

Expected<std::shared_ptr<const Program>> Program::create(std::string name,
                                                         std::span<const uint8_t> code) {
  Expected<isa::DecodedProgram> decoded = isa::decodeProgram(code);
  if (!decoded)
    return Status::error("kernel '" + name + "': " + decoded.message());
  std::shared_ptr<Program> program(new Program);
  program->impl->name = std::move(name);
  program->impl->code = Code(std::move(*decoded));
  return std::shared_ptr<const Program>(program);
}

struct Device::Impl {
  Impl(const SocDescription &soc, unsigned threads, std::unique_ptr<DeviceMemory> memory)
      : soc(soc), memory(std::move(memory)), cache(soc, this->memory->total()),
        timing(this->soc, cache), pool(threads), cores(pool.size()), trackers(pool.size()) {}

  SocDescription soc;
  std::unique_ptr<DeviceMemory> memory;
  CacheModel cache;
  LaunchTiming timing;
  ThreadPool pool;
  std::vector<std::unique_ptr<Core>> cores;             ///< one per worker, made when first needed
  std::vector<std::unique_ptr<HazardTracker>> trackers; ///< likewise
  std::vector<BlockLog> logs;                           ///< kept for their capacity
};

namespace {

/// Logs of launches with more blocks than this are not kept.
constexpr size_t kKeptLogs = 64;
constexpr uint32_t kMaxBlocks = 65535;

} // namespace

Device::Device() = default;
Device::~Device() = default;

Expected<std::unique_ptr<Device>> Device::create(const SocDescription &soc, unsigned threads,
                                                 uint64_t memoryBytes) {
  // Descriptions may be made by hand: apply the parser's checks.
  if (Expected<SocDescription> checked = parseSoc(printSoc(soc)); !checked)
    return checked.status();
  Expected<std::unique_ptr<DeviceMemory>> memory = DeviceMemory::create(memoryBytes);
  if (!memory)
    return memory.status();
  std::unique_ptr<Device> device(new Device);
  device->impl = std::make_unique<Impl>(soc, threads, std::move(*memory));
  return device;
}

const SocDescription &Device::soc() const { return impl->soc; }
Expected<uint64_t> Device::allocate(uint64_t bytes) { return impl->memory->allocate(bytes); }
Expected<uint64_t> Device::allocateFile(int fd, uint64_t offset, uint64_t fileBytes,
                                        uint64_t bytes) {
  return impl->memory->allocateFile(fd, offset, fileBytes, bytes);
}
Status Device::free(uint64_t address) { return impl->memory->free(address); }
uint64_t Device::bytesFrom(uint64_t address) const { return impl->memory->bytesFrom(address); }
uint64_t Device::bytesFree() const { return impl->memory->available(); }
uint64_t Device::bytesTotal() const { return impl->memory->total(); }
void Device::resetCaches() { impl->cache.reset(); }

uint8_t *Device::data(uint64_t address, uint64_t bytes) {
  return impl->memory->view(address, bytes);
}

Status Device::write(uint64_t address, const void *host, uint64_t bytes) {
  uint8_t *to = impl->memory->view(address, bytes);
  if (!to)
    return Status::error("device range [" + std::to_string(address) + ", +" +
                         std::to_string(bytes) + ") is not allocated");
  if (bytes)
    std::memcpy(to, host, bytes);
  return Status::success();
}

Status Device::read(uint64_t address, void *host, uint64_t bytes) const {
  const uint8_t *from = impl->memory->view(address, bytes);
  if (!from)
    return Status::error("device range [" + std::to_string(address) + ", +" +
                         std::to_string(bytes) + ") is not allocated");
  if (bytes)
    std::memcpy(host, from, bytes);
  return Status::success();
}

Expected<LaunchResult> Device::launch(const Program &program, uint32_t blockDim,
                                      std::span<const uint64_t> args,
                                      const LaunchOptions &options) {
  const Code &code = program.impl->code;
  const std::string kernel = "kernel '" + program.name() + "'";
  if (blockDim == 0 || blockDim > kMaxBlocks)
    return Status::error(kernel + ": a launch of " + std::to_string(blockDim) +
                         " blocks is not in 1.." + std::to_string(kMaxBlocks));
  Impl &d = *impl;
  if (d.logs.size() < blockDim)
    d.logs.resize(blockDim);
  std::vector<std::string> traps(blockDim);
  std::vector<GmFootprint> footprints(options.hazards ? blockDim : 0);

  d.pool.parallelFor(blockDim, [&](size_t block, unsigned worker) {
    std::unique_ptr<Core> &core = d.cores[worker];
    if (!core)
      core = std::make_unique<Core>(d.soc, *d.memory);
    HazardTracker *hazards = nullptr;
    if (options.hazards) {
      std::unique_ptr<HazardTracker> &tracker = d.trackers[worker];
      if (!tracker)
        tracker = std::make_unique<HazardTracker>(d.soc);
      hazards = tracker.get();
      hazards->start(code.program);
    }
    BlockLog &log = d.logs[block];
    log.clear();
    if (!core->run(code, uint32_t(block), blockDim, args, log, hazards))
      traps[block] = core->trapText();
    if (hazards)
      footprints[block] = hazards->takeFootprint();
  });
  // The lowest block speaks, whatever the order in which threads got there.
  for (const std::string &trap : traps)
    if (!trap.empty())
      return Status::error(kernel + ", " + trap);
  if (options.hazards)
    if (Status status = checkBlocks(code.program, footprints); !status.ok())
      return Status::error(kernel + ": " + status.message());

  LaunchResult result;
  result.stats.name = program.name();
  result.stats.blocks = blockDim;
  for (uint32_t b = 0; b < blockDim; ++b)
    result.stats.instructions += d.logs[b].instructions;
  if (options.timing)
    d.timing.run(std::span(d.logs.data(), blockDim), options.trace ? &result.trace : nullptr,
                 result.stats);
  if (d.logs.size() > kKeptLogs)
    d.logs.resize(kKeptLogs);
  return result;
}

} // namespace openatc::sim
