//===- Models.cpp - acl.mdl -----------------------------------------------===//

#include "Namespaces.h"

namespace openatc::python {

namespace {

/// pyACL gives the dataset back beside the status.
nb::object addDatasetBuffer(aclmdlDataset *dataset, aclDataBuffer *buffer) {
  aclError status = aclmdlAddDatasetBuffer(dataset, buffer);
  return nb::make_tuple(Value<aclmdlDataset *>::to(dataset), status);
}

nb::object setDatasetTensorDesc(aclmdlDataset *dataset, aclTensorDesc *desc, size_t index) {
  aclError status = aclmdlSetDatasetTensorDesc(dataset, desc, index);
  return nb::make_tuple(Value<aclmdlDataset *>::to(dataset), status);
}

/// The shapes that the model was compiled for, as many as the caller has room for.
nb::object getInputDynamicDims(aclmdlDesc *desc, size_t index, size_t count) {
  if (count > ACL_MAX_SHAPE_COUNT)
    throw BadArgument();
  std::vector<aclmdlIODims> gears(count);
  aclError status = aclmdlGetInputDynamicDims(desc, index, gears.data(), count);
  return nb::make_tuple(Value<std::vector<aclmdlIODims>>::to(gears), status);
}

void bindLoading(Scope &mdl) {
  bind<aclmdlLoadFromFile>(mdl, "load_from_file", "path", "Loads an offline model.");
  bind<aclmdlLoadFromMem>(mdl, "load_from_mem", "ptr, size", "Loads an offline model from memory.");
  bind<aclmdlLoadFromFileWithMem>(mdl, "load_from_file_with_mem",
                                  "path, work_ptr, work_size, weight_ptr, weight_size",
                                  "Loads an offline model into memory of the caller.");
  bind<aclmdlLoadFromMemWithMem>(mdl, "load_from_mem_with_mem",
                                 "ptr, size, work_ptr, work_size, weight_ptr, weight_size",
                                 "Loads an offline model from memory into memory of the caller.");
  bind<aclmdlUnload>(mdl, "unload", "model_id", "Unloads a model.");
  bind<aclmdlQuerySize>(mdl, "query_size", "path", "Bytes of work and weight memory of a model.");
  bind<aclmdlQuerySizeFromMem>(mdl, "query_size_from_mem", "ptr, size",
                               "Bytes of work and weight memory of a model in memory.");
}

void bindModelDescriptions(Scope &mdl) {
  bind<aclmdlCreateDesc>(mdl, "create_desc", "", "Makes an empty description.");
  bind<aclmdlDestroyDesc>(mdl, "destroy_desc", "desc", "Ends a description.");
  bind<aclmdlGetDesc>(mdl, "get_desc", "desc, model_id", "Describes a loaded model.");
  bind<aclmdlGetDescFromFile>(mdl, "get_desc_from_file", "desc, path", "Describes a model file.");
  bind<aclmdlGetDescFromMem>(mdl, "get_desc_from_mem", "desc, ptr, size",
                             "Describes a model in memory.");
  bind<aclmdlGetNumInputs>(mdl, "get_num_inputs", "desc", "Number of inputs.");
  bind<aclmdlGetNumOutputs>(mdl, "get_num_outputs", "desc", "Number of outputs.");
  bind<aclmdlGetInputSizeByIndex>(mdl, "get_input_size_by_index", "desc, index",
                                  "Bytes of an input; the largest if it may vary.");
  bind<aclmdlGetOutputSizeByIndex>(mdl, "get_output_size_by_index", "desc, index",
                                   "Bytes of an output; the largest if it may vary.");
  bind<aclmdlGetInputDims>(mdl, "get_input_dims", "desc, index", "Name and shape of an input.");
  bind<aclmdlGetInputDimsV2>(mdl, "get_input_dims_v2", "desc, index",
                             "Name and shape of an input as its buffer holds it.");
  bind<aclmdlGetOutputDims>(mdl, "get_output_dims", "desc, index", "Name and shape of an output.");
  bind<aclmdlGetCurOutputDims>(mdl, "get_cur_output_dims", "desc, index",
                               "Name and shape of an output for the shape chosen last.");
  bind<aclmdlGetInputNameByIndex>(mdl, "get_input_name_by_index", "desc, index",
                                  "Name of an input.");
  bind<aclmdlGetOutputNameByIndex>(mdl, "get_output_name_by_index", "desc, index",
                                   "Name of an output.");
  bind<aclmdlGetTensorRealName>(mdl, "get_tensor_real_name", "desc, name",
                                "Whole name of a tensor whose name was shortened.");
  bind<aclmdlGetInputFormat>(mdl, "get_input_format", "desc, index", "Format of an input.");
  bind<aclmdlGetOutputFormat>(mdl, "get_output_format", "desc, index", "Format of an output.");
  bind<aclmdlGetInputDataType>(mdl, "get_input_data_type", "desc, index", "Data type of an input.");
  bind<aclmdlGetOutputDataType>(mdl, "get_output_data_type", "desc, index",
                                "Data type of an output.");
  bind<aclmdlGetInputIndexByName>(mdl, "get_input_index_by_name", "desc, name",
                                  "Index of the input of a name.");
  bind<aclmdlGetOutputIndexByName>(mdl, "get_output_index_by_name", "desc, name",
                                   "Index of the output of a name.");
}

void bindGears(Scope &mdl) {
  bind<aclmdlGetDynamicBatch>(mdl, "get_dynamic_batch", "desc", "Batch sizes to choose from.");
  bind<aclmdlGetDynamicHW>(mdl, "get_dynamic_hw", "desc, index", "Image sizes to choose from.");
  bind<aclmdlGetInputDynamicGearCount>(mdl, "get_input_dynamic_gear_count", "desc, index",
                                       "Number of shapes to choose from.");
  bind<getInputDynamicDims>(mdl, "get_input_dynamic_dims",
                            "desc, index, gear_count -> tuple[list[dict], int]",
                            "Shapes to choose from: all dimensions of all inputs in a row.");
  bind<aclmdlSetDynamicBatchSize>(mdl, "set_dynamic_batch_size",
                                  "model_id, dataset, index, batch_size", "Chooses a batch size.");
  bind<aclmdlSetDynamicHWSize>(mdl, "set_dynamic_hw_size",
                               "model_id, dataset, index, height, width", "Chooses an image size.");
  bind<aclmdlSetInputDynamicDims>(mdl, "set_input_dynamic_dims", "model_id, dataset, index, dims",
                                  "Chooses a shape: all dimensions of all inputs in a row.");
}

void bindDatasets(Scope &mdl) {
  bind<aclmdlCreateDataset>(mdl, "create_dataset", "", "Makes an empty list of data buffers.");
  bind<aclmdlDestroyDataset>(mdl, "destroy_dataset", "dataset",
                             "Ends a dataset, not its data buffers.");
  bind<addDatasetBuffer>(mdl, "add_dataset_buffer", "dataset, buffer -> tuple[int, int]",
                         "Appends a data buffer; gives the dataset back.");
  bind<aclmdlGetDatasetNumBuffers>(mdl, "get_dataset_num_buffers", "dataset",
                                   "Number of data buffers.");
  bind<aclmdlGetDatasetBuffer>(mdl, "get_dataset_buffer", "dataset, index",
                               "One data buffer; 0 if there is none of that index.");
  bind<setDatasetTensorDesc>(mdl, "set_dataset_tensor_desc",
                             "dataset, desc, index -> tuple[int, int]",
                             "Gives an input its shape; gives the dataset back.");
  bind<aclmdlGetDatasetTensorDesc>(mdl, "get_dataset_tensor_desc", "dataset, index",
                                   "Description of an element; 0 if it has none.");
}

void bindExecution(Scope &mdl) {
  bind<aclmdlExecute>(mdl, "execute", "model_id, input, output", "Runs a model.");
  bind<aclmdlExecuteAsync>(mdl, "execute_async", "model_id, input, output, stream",
                           "Runs a model in a stream.");
}

} // namespace

void bindModels(Scope &mdl) {
  bindLoading(mdl);
  bindModelDescriptions(mdl);
  bindGears(mdl);
  bindAipp(mdl);
  bindModelConfig(mdl);
  bindDatasets(mdl);
  bindExecution(mdl);
}

} // namespace openatc::python
