//===- ErrorTitles.cpp - Titles of error codes ----------------------------===//
//
// The titles that CANN prints before its codes. Scripts look for the codes; people who
// know the vendor's messages recognise the titles.
//
//===----------------------------------------------------------------------===//
#include "openatc/Compiler/Messages.h"

#include <algorithm>
#include <utility>

namespace openatc::compiler {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

/// Codes in ascending order with titles other than Invalid_Argument.
constexpr Entry titles[] = {
    {"E10002", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10009", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10011", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10012", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10016", "Invalid_Argument_Operator_Name"},
    {"E10018", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10019", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10031", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10032", "File_Operation_Error_Parse"},
    {"E10035", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10036", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10037", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10038", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10039", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10040", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10041", "Invalid_Argument_Model"},
    {"E10045", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10046", "Invalid_Argument_Tensor_Dynamic_Shape"},
    {"E10049", "Invalid_Argument_Tensor_Input_Shape"},
    {"E10050", "Invalid_Argument_Tensor_Input_Shape_Range"},
    {"E10055", "Not_Supported"},
    {"E10062", "Invalid_Argument_API_Call_Sequence"},
    {"E10063", "Environment_Error"},
    {"E10401", "Invalid_Argument_Operator_Input_Count"},
    {"E10402", "Invalid_Argument_Operator_Input_Buffer"},
    {"E10403", "Invalid_Argument_Operator_Output_Count"},
    {"E10404", "Invalid_Argument_Operator_Output_Buffer"},
    {"E10410", "File_Operation_Error_File_Not_Exist"},
    {"E10501", "Not_Supported_Operator"},
    {"E13000", "File_Operation_Error_Invalid_Path"},
    {"E13001", "File_Operation_Error_Open"},
    {"E13002", "Directory_Operation_Error_Name_Too_Long"},
    {"E13003", "File_Operation_Error_Read"},
    {"E13004", "File_Operation_Error_Write"},
    {"E13005", "File_Operation_Error_Parse"},
    {"E13006", "File_Operation_Error_Parse"},
    {"E13009", "Invalid_Argument_Operator_Name"},
    {"E13010", "Not_Supported_Operator"},
    {"E13015", "File_Operation_Error_Invalid_File_Size"},
    {"E13018", "File_Operation_Error_Parse"},
    {"E13023", "Invalid_Argument_OM_Model_Size"},
    {"E13024", "Config_Error_Invalid_Environment_Variable"},
    {"E13026", "File_Operation_Error_Invalid_Path"},
    {"E14001", "Invalid_Argument_Operator_Compilation_Parameter"},
    {"E14002", "Invalid_Argument_Tensor_Attribute"},
    {"E16001", "Invalid_Argument_ONNX_Model_Data"},
    {"E16002", "Invalid_Argument_ONNX_Model_Data"},
    {"E16004", "Invalid_Argument_ONNX_Model_Data"},
    {"E16005", "Invalid_Argument_ONNX_Model_Data"},
    {"E19999", "Inner_Error"},
};
static_assert(std::ranges::is_sorted(titles, {}, &Entry::first));

} // namespace

std::string_view titleOf(std::string_view code) {
  const Entry *entry = std::ranges::lower_bound(titles, code, {}, &Entry::first);
  if (entry != std::end(titles) && entry->first == code)
    return entry->second;
  // What is left of the vendor's table has one title; kernel and engine codes have none.
  bool general = code.starts_with("E10") || code.starts_with("E11") || code.starts_with("E13");
  return general ? "Invalid_Argument" : "";
}

} // namespace openatc::compiler
