//===- Aipp.cpp - acl.mdl: image pre-processing with parameters of the run ===//

#include "Namespaces.h"

namespace openatc::python {

void bindAipp(Scope &mdl) {
  bind<aclmdlCreateAIPP>(mdl, "create_aipp", "batch_size", "Makes a set of parameters.");
  bind<aclmdlDestroyAIPP>(mdl, "destroy_aipp", "aipp", "Ends a set of parameters.");
  bind<aclmdlGetAippDataSize>(mdl, "get_aipp_data_size", "batch_size",
                              "Bytes of the input that parameters take.");
  bind<aclmdlSetAIPPInputFormat>(mdl, "set_aipp_input_format", "aipp, format",
                                 "Format of the images.");
  bind<aclmdlSetAIPPCscParams>(mdl, "set_aipp_csc_params",
                               "aipp, csc_switch, r0c0, r0c1, r0c2, r1c0, r1c1, r1c2, r2c0, r2c1, "
                               "r2c2, output_bias_0, output_bias_1, output_bias_2, input_bias_0, "
                               "input_bias_1, input_bias_2",
                               "Conversion of colours.");
  bind<aclmdlSetAIPPRbuvSwapSwitch>(mdl, "set_aipp_rbuv_swap_switch", "aipp, rbuv_swap",
                                    "1 exchanges red and blue, or U and V.");
  bind<aclmdlSetAIPPAxSwapSwitch>(mdl, "set_aipp_ax_swap_switch", "aipp, ax_swap",
                                  "1 moves the fourth channel from the front to the end.");
  bind<aclmdlSetAIPPSrcImageSize>(mdl, "set_aipp_src_image_size", "aipp, width, height",
                                  "Size of the images.");
  bind<aclmdlSetAIPPScfParams>(mdl, "set_aipp_scf_params",
                               "aipp, scf_switch, input_width, input_height, output_width, "
                               "output_height, batch_index",
                               "Scaling of one image.");
  bind<aclmdlSetAIPPCropParams>(mdl, "set_aipp_crop_params",
                                "aipp, crop_switch, left, top, width, height, batch_index",
                                "Crop of one image.");
  bind<aclmdlSetAIPPPaddingParams>(mdl, "set_aipp_padding_params",
                                   "aipp, padding_switch, top, bottom, left, right, batch_index",
                                   "Padding of one image.");
  bind<aclmdlSetAIPPDtcPixelMean>(mdl, "set_aipp_dtc_pixel_mean",
                                  "aipp, mean_0, mean_1, mean_2, mean_3, batch_index",
                                  "What is subtracted first.");
  bind<aclmdlSetAIPPDtcPixelMin>(mdl, "set_aipp_dtc_pixel_min",
                                 "aipp, min_0, min_1, min_2, min_3, batch_index",
                                 "What is subtracted then.");
  bind<aclmdlSetAIPPPixelVarReci>(mdl, "set_aipp_pixel_var_reci",
                                  "aipp, var_0, var_1, var_2, var_3, batch_index",
                                  "What pixels are multiplied with.");
  bind<aclmdlSetInputAIPP>(mdl, "set_input_aipp", "model_id, dataset, index, aipp",
                           "Writes parameters into the input that takes them.");
  bind<aclmdlSetAIPPByInputIndex>(mdl, "set_aipp_by_input_index", "model_id, dataset, index, aipp",
                                  "Gives parameters to an input of the network.");
  bind<aclmdlGetAippType>(mdl, "get_aipp_type", "model_id, index",
                          "AIPP of an input, and the index of its parameter input.");
  bind<aclmdlGetFirstAippInfo>(mdl, "get_first_aipp_info", "model_id, index",
                               "The static AIPP of an input.");
}

} // namespace openatc::python
