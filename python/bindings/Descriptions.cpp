//===- Descriptions.cpp - acl: descriptions of tensors --------------------===//

#include "Namespaces.h"

namespace openatc::python {

namespace {

using Dims = std::vector<int64_t>;

aclTensorDesc *createTensorDesc(aclDataType type, const Dims &dims, aclFormat format) {
  return aclCreateTensorDesc(type, int(dims.size()), dims.data(), format);
}
aclError setTensorShape(aclTensorDesc *desc, const Dims &dims) {
  return aclSetTensorShape(desc, int(dims.size()), dims.data());
}
aclError setTensorOriginShape(aclTensorDesc *desc, const Dims &dims) {
  return aclSetTensorOriginShape(desc, int(dims.size()), dims.data());
}
aclError setTensorStorageShape(aclTensorDesc *desc, const Dims &dims) {
  return aclSetTensorStorageShape(desc, int(dims.size()), dims.data());
}

/// Pairs as the C functions take them.
struct Ranges {
  explicit Ranges(const std::vector<Dims> &pairs) {
    for (const Dims &pair : pairs) {
      if (pair.size() != 2)
        throw BadArgument();
      values.insert(values.end(), pair.begin(), pair.end());
    }
  }
  int64_t (*data())[2] { return reinterpret_cast<int64_t (*)[2]>(values.data()); }
  size_t size() const { return values.size() / 2; }
  Dims values;
};

aclError setTensorShapeRange(aclTensorDesc *desc, const std::vector<Dims> &pairs) {
  Ranges ranges(pairs);
  return aclSetTensorShapeRange(desc, ranges.size(), ranges.data());
}
aclError setTensorValueRange(aclTensorDesc *desc, const std::vector<Dims> &pairs) {
  Ranges ranges(pairs);
  return aclSetTensorValueRange(desc, ranges.size(), ranges.data());
}

nb::object getTensorDescDimRange(aclTensorDesc *desc, size_t index, size_t count) {
  if (count > ACL_MAX_DIM_CNT)
    throw BadArgument();
  Dims range(count);
  aclError status = aclGetTensorDescDimRange(desc, index, count, range.data());
  return nb::make_tuple(Value<Dims>::to(range), status);
}

} // namespace

void bindDescriptions(Scope &acl) {
  bind<createTensorDesc>(acl, "create_tensor_desc", "data_type, dims, format",
                         "Describes a tensor; 0 if an argument is out of range.");
  bind<aclDestroyTensorDesc>(acl, "destroy_tensor_desc", "desc", "Ends a description.");
  bind<aclGetTensorDescType>(acl, "get_tensor_desc_type", "desc", "Data type.");
  bind<aclGetTensorDescFormat>(acl, "get_tensor_desc_format", "desc", "Format.");
  bind<aclGetTensorDescSize>(acl, "get_tensor_desc_size", "desc", "Bytes of the tensor.");
  bind<aclGetTensorDescElementCount>(acl, "get_tensor_desc_element_count", "desc",
                                     "Number of elements.");
  bind<aclGetTensorDescNumDims>(acl, "get_tensor_desc_num_dims", "desc", "Number of dimensions.");
  bind<aclGetTensorDescDim>(acl, "get_tensor_desc_dim", "desc, index",
                            "One dimension; -1 if there is none of that index.");
  bind<aclGetTensorDescDimV2>(acl, "get_tensor_desc_dim_v2", "desc, index", "One dimension.");
  bind<getTensorDescDimRange>(acl, "get_tensor_desc_dim_range",
                              "desc, index, count -> tuple[list[int], int]",
                              "Least and largest extent of one dimension.");
  bind<aclGetTensorDescName>(acl, "get_tensor_desc_name", "desc", "Name of the tensor.");
  bind<aclSetTensorDescName>(acl, "set_tensor_desc_name", "desc, name", "Names the tensor.");
  bind<aclGetTensorDescByIndex>(acl, "get_tensor_desc_by_index", "desc, index",
                                "One description of those of create_and_get_op_desc.");
  bind<aclGetTensorDescAddress>(acl, "get_tensor_desc_address", "desc",
                                "Where the data of such a description lies.");
  bind<aclSetTensorFormat>(acl, "set_tensor_format", "desc, format", "Format on the device.");
  bind<aclSetTensorOriginFormat>(acl, "set_tensor_origin_format", "desc, format",
                                 "Format in the network.");
  bind<aclSetTensorStorageFormat>(acl, "set_tensor_storage_format", "desc, format",
                                  "Format on the device.");
  bind<setTensorShape>(acl, "set_tensor_shape", "desc, dims", "Shape on the device.");
  bind<setTensorOriginShape>(acl, "set_tensor_origin_shape", "desc, dims", "Shape in the network.");
  bind<setTensorStorageShape>(acl, "set_tensor_storage_shape", "desc, dims",
                              "Shape on the device.");
  bind<setTensorShapeRange>(acl, "set_tensor_shape_range", "desc, ranges",
                            "Least and largest extent of each dimension.");
  bind<setTensorValueRange>(acl, "set_tensor_value_range", "desc, ranges",
                            "Least and largest value of each element.");
  bind<aclSetTensorDynamicInput>(acl, "set_tensor_dynamic_input", "desc, name",
                                 "Group of inputs that the tensor is one of.");
  bind<aclSetTensorConst>(acl, "set_tensor_const", "desc, ptr, length",
                          "Makes the tensor a constant with this value.");
  bind<aclSetTensorPlaceMent>(acl, "set_tensor_place_ment", "desc, mem_type",
                              "Memory that the tensor lies in.");
  bind<aclTransTensorDescFormat>(acl, "trans_tensor_desc_format", "desc, format",
                                 "A description of the same tensor in another format.");
}

} // namespace openatc::python
