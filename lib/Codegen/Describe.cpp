//===- Describe.cpp - Names and descriptions that IR carries along --------===//
#include "Describe.h"

#include "Ascend/HostBridge.h"
#include "openatc/Codegen/Tasks.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace openatc::codegen {

std::vector<std::string> nodeNames(Location loc) {
  llvm::SetVector<StringRef> names;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      names.insert(name.getName());
    return WalkResult::advance();
  });
  std::vector<std::string> result;
  for (StringRef name : names)
    result.push_back(name.str());
  return result;
}

std::string tensorName(Operation *op, unsigned index, const std::vector<std::string> &nodes) {
  if (auto names = op->getAttrOfType<ArrayAttr>("ascend.tensors"))
    if (index < names.size())
      return cast<StringAttr>(names[index]).str();
  std::string name = nodes.empty() ? op->getName().stripDialect().str() : nodes.back();
  return index == 0 ? name : name + ":" + std::to_string(index);
}

om::AippInfo readAipp(DictionaryAttr attr) {
  auto text = [&](StringRef name) {
    auto value = attr.getAs<StringAttr>(name);
    return value ? value.str() : std::string();
  };
  auto number = [&](StringRef name) {
    auto value = attr.getAs<IntegerAttr>(name);
    return value ? value.getInt() : 0;
  };
  auto shape = [&](StringRef name) {
    auto value = attr.getAs<DenseI64ArrayAttr>(name);
    return value ? host::Shape(value.asArrayRef()) : host::Shape();
  };
  om::AippInfo info;
  info.mode = text("mode");
  info.sourceFormat = text("source_format");
  info.sourceWidth = number("source_width");
  info.sourceHeight = number("source_height");
  info.reportedShape = shape("reported_shape");
  info.originDType = DType(number("origin_dtype"));
  info.originShape = shape("origin_shape");
  info.originFormat = text("origin_format");
  if (auto partner = attr.getAs<IntegerAttr>("partner"))
    info.partner = uint32_t(partner.getInt());
  info.settings = ascend::toHostAttributes(attr.getAs<DictionaryAttr>("settings"));
  return info;
}

std::vector<om::DebugEntry> debugMap(const std::vector<std::pair<uint32_t, Location>> &entries,
                                     const std::vector<std::string> &nodes) {
  std::vector<om::DebugEntry> map;
  for (const auto &[pc, loc] : entries) {
    std::vector<std::string> names = nodeNames(loc);
    uint32_t node = 0;
    if (!names.empty())
      if (auto at = llvm::find(nodes, names.back()); at != nodes.end())
        node = at - nodes.begin();
    if (map.empty() || map.back().node != node)
      map.push_back({pc, node});
  }
  return map;
}

} // namespace openatc::codegen
