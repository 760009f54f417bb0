//===- Registry.h - Handles that are safe to look up ----------------------===//
#ifndef OPENATC_LIB_ASCENDCL_REGISTRY_H
#define OPENATC_LIB_ASCENDCL_REGISTRY_H

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace openatc::acl {

/// Next handle value of the process. Handles look like pointers but are numbers that no
/// memory can have and that are never given out twice, so a stale, foreign or invented
/// handle is simply not found, and nothing is ever dereferenced. Every library that has
/// registries defines it, with numbers that no other library gives out.
uintptr_t nextHandle();

/// Objects of one kind by handle. Lookups share ownership, so an object that another
/// thread destroys meanwhile stays alive for the call.
template <typename T> class Registry {
public:
  template <typename Handle = void> Handle *add(std::shared_ptr<T> object) {
    uintptr_t handle = nextHandle();
    std::lock_guard guard(mutex);
    objects.emplace(handle, std::move(object));
    return reinterpret_cast<Handle *>(handle);
  }

  std::shared_ptr<T> find(const void *handle) const {
    std::lock_guard guard(mutex);
    auto at = objects.find(reinterpret_cast<uintptr_t>(handle));
    return at == objects.end() ? nullptr : at->second;
  }

  /// Puts `object` in the place of another; false when there is none.
  bool replace(const void *handle, std::shared_ptr<T> object) {
    std::lock_guard guard(mutex);
    auto at = objects.find(reinterpret_cast<uintptr_t>(handle));
    if (at == objects.end())
      return false;
    at->second.swap(object); // the old one goes after the lock
    return true;
  }

  /// Removes and returns it; null when there is none.
  std::shared_ptr<T> remove(const void *handle) {
    std::lock_guard guard(mutex);
    auto at = objects.find(reinterpret_cast<uintptr_t>(handle));
    if (at == objects.end())
      return nullptr;
    std::shared_ptr<T> object = std::move(at->second);
    objects.erase(at);
    return object;
  }

  /// Removes all; destruction happens in the caller, without the lock.
  std::vector<std::shared_ptr<T>> removeAll() {
    std::vector<std::shared_ptr<T>> out;
    std::lock_guard guard(mutex);
    for (auto &[handle, object] : objects)
      out.push_back(std::move(object));
    objects.clear();
    return out;
  }

  /// Objects for which `wanted` is true, with their handles.
  template <typename Predicate>
  std::vector<std::pair<void *, std::shared_ptr<T>>> select(Predicate wanted) const {
    std::vector<std::pair<void *, std::shared_ptr<T>>> out;
    std::lock_guard guard(mutex);
    for (const auto &[handle, object] : objects)
      if (wanted(*object))
        out.emplace_back(reinterpret_cast<void *>(handle), object);
    return out;
  }

private:
  mutable std::mutex mutex;
  std::map<uintptr_t, std::shared_ptr<T>> objects;
};

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_REGISTRY_H
