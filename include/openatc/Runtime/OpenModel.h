//===- OpenModel.h - Models whose shapes are known when they run ----------===//
#ifndef OPENATC_RUNTIME_OPENMODEL_H
#define OPENATC_RUNTIME_OPENMODEL_H

#include "openatc/Runtime/Executor.h"

#include <list>

namespace openatc::rt {

/// A model of open shapes on a device: compiles it for a set of input shapes at their first
/// use, through the compiler's library, and keeps the sets used last. Weights that do not
/// depend on the shapes are on the device once.
class OpenModel {
public:
  static constexpr size_t kMostPlans = 16;

  /// `model` has a source.
  OpenModel(std::shared_ptr<Device> device, om::Model model)
      : device(std::move(device)), contents(std::move(model)) {}

  const om::Model &model() const { return contents; }

  /// The model for these input shapes, one for each input. Threads that ask for the same
  /// shapes compile them once. Errors say which dimension does not fit, or what the compiler
  /// refuses.
  Outcome plan(const std::vector<host::Shape> &shapes, std::shared_ptr<LoadedModel> &result);

private:
  class Entry {
  public:
    std::vector<host::Shape> shapes;
    std::mutex compiling; ///< held while the model is made

    /// The model; null before it is made.
    std::shared_ptr<LoadedModel> model() {
      std::lock_guard guard(mutex);
      return loaded;
    }
    void set(std::shared_ptr<LoadedModel> model) {
      std::lock_guard guard(mutex);
      loaded = std::move(model);
    }

  private:
    std::mutex mutex;
    std::shared_ptr<LoadedModel> loaded;
  };
  Outcome check(const std::vector<host::Shape> &shapes) const;
  Outcome make(const std::vector<host::Shape> &shapes, std::shared_ptr<LoadedModel> &result);
  std::shared_ptr<Entry> entryOf(const std::vector<host::Shape> &shapes);
  void drop(const std::shared_ptr<Entry> &entry);
  /// The one used last of the models that are made, for its weights; null when there is none.
  std::shared_ptr<LoadedModel> latest();

  std::shared_ptr<Device> device;
  om::Model contents;
  std::mutex mutex;
  std::list<std::shared_ptr<Entry>> entries; ///< the one used last comes first
};

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_OPENMODEL_H
