//===- DescriptionCalls.cpp - Descriptions of models and tensors ----------===//

#include "World.h"

#include <cstring>

namespace openatc::stress {

namespace {

void describeModel(Caller &c) {
  c.keep(ModelDescs, aclmdlCreateDesc());
  if (c.chance(80))
    STRESS_CHECK(c, aclmdlGetDesc, c.handle<aclmdlDesc>(ModelDescs), c.model());
  else
    STRESS_CHECK(c, aclmdlGetDescFromMem, c.handle<aclmdlDesc>(ModelDescs), goodModel().data(),
                 c.below(uint32_t(goodModel().size()) + 1));
  if (c.chance(20))
    STRESS_CHECK(c, aclmdlDestroyDesc, c.handle<aclmdlDesc>(ModelDescs));
}

void askModel(Caller &c) {
  auto *desc = c.handle<aclmdlDesc>(ModelDescs);
  aclmdlIODims dims;
  aclmdlIODimsRange range;
  aclmdlBatch batch;
  aclmdlHW hw;
  size_t index = c.below(3), found = 0;
  (void)aclmdlGetNumInputs(desc);
  (void)aclmdlGetOutputSizeByIndex(desc, index);
  STRESS_CHECK(c, aclmdlGetInputDims, desc, index, c.chance(95) ? &dims : nullptr);
  STRESS_CHECK(c, aclmdlGetCurOutputDims, desc, index, &dims);
  STRESS_CHECK(c, aclmdlGetInputDimsRange, desc, index, &range);
  STRESS_CHECK(c, aclmdlGetInputIndexByName, desc, c.chance(50) ? "x" : "absent", &found);
  STRESS_CHECK(c, aclmdlGetDynamicBatch, desc, &batch);
  STRESS_CHECK(c, aclmdlGetDynamicHW, desc, size_t(-1), &hw);
  (void)aclmdlGetInputFormat(desc, index);
  (void)aclmdlGetOutputDataType(desc, index);
}

/// Names live as long as their description, so these belong to the thread alone.
void readNames(Caller &c) {
  aclmdlDesc *desc = aclmdlCreateDesc();
  STRESS_CHECK(c, aclmdlGetDesc, desc, c.model());
  for (const char *name :
       {aclmdlGetInputNameByIndex(desc, c.below(2)), aclmdlGetOutputNameByIndex(desc, c.below(2)),
        aclmdlGetTensorRealName(desc, "x"),
        aclmdlGetOpAttr(desc, "Add_0", "_datadump_original_op_names")})
    if (name && std::strlen(name) > 200)
      std::abort();
  STRESS_CHECK(c, aclmdlDestroyDesc, desc);
}

void describeTensor(Caller &c) {
  int64_t dims[4] = {int64_t(c.below(5)) - 2, c.below(100), int64_t(c.random()) << 20, 3};
  c.keep(TensorDescs,
         aclCreateTensorDesc(static_cast<aclDataType>(int(c.below(45)) - 1), int(c.below(7)) - 2,
                             c.chance(95) ? dims : nullptr, static_cast<aclFormat>(c.below(4))));
}

void changeTensor(Caller &c) {
  int64_t dims[4] = {1, 2, 3, 4}, ranges[2][2] = {{1, 2}, {3, 4}}, dim = 0, out[2];
  uint8_t data[16] = {};
  auto desc = [&] { return c.handle<aclTensorDesc>(TensorDescs); };
  STRESS_CHECK(c, aclSetTensorShape, desc(), int(c.below(6)) - 1, dims);
  STRESS_CHECK(c, aclSetTensorShapeRange, desc(), c.below(3), ranges);
  STRESS_CHECK(c, aclGetTensorDescDimRange, desc(), c.below(3), 2, out);
  STRESS_CHECK(c, aclGetTensorDescDimV2, desc(), c.below(5), &dim);
  STRESS_CHECK(c, aclSetTensorConst, desc(), data, c.below(17));
  STRESS_CHECK(c, aclSetTensorPlaceMent, desc(), static_cast<aclMemType>(c.below(4)));
  aclSetTensorDescName(desc(), "name");
  (void)aclGetTensorDescSize(desc());
  (void)aclGetTensorDescByIndex(desc(), c.below(2));
  aclTensorDesc *made = nullptr;
  STRESS_CHECK(c, aclTransTensorDescFormat, desc(), static_cast<aclFormat>(c.below(5)), &made);
  c.keep(TensorDescs, made);
  if (c.chance(30))
    aclDestroyTensorDesc(desc());
}

} // namespace

const std::vector<Call> &descriptionCalls() {
  static const std::vector<Call> calls = {describeModel, askModel, readNames, describeTensor,
                                          changeTensor};
  return calls;
}

} // namespace openatc::stress
