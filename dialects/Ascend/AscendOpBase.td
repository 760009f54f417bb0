//===- AscendOpBase.td - Base classes of the operators --------------------===//
#ifndef OPENATC_ASCEND_OP_BASE_TD
#define OPENATC_ASCEND_OP_BASE_TD

include "AscendAttrs.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Ascend_Op<string mnemonic, list<Trait> traits = []>
    : Op<Ascend_Dialect, mnemonic, traits>;

// An operator that HostOps implements under the same name. Its result types, and so
// its verifier, come from host::inferTypes.
class Ascend_HostOp<string mnemonic, list<Trait> traits = []>
    : Ascend_Op<mnemonic, !listconcat([Pure, InferTypeOpInterface], traits)> {
  let extraClassDeclaration = [{
    static ::llvm::LogicalResult
    inferReturnTypes(::mlir::MLIRContext *context, ::std::optional<::mlir::Location> location,
                     ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
                     ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
                     ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes);
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred, ::mlir::TypeRange actual) {
      return ::openatc::ascend::areCompatibleTypes(inferred, actual);
    }
  }];
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *context, ::std::optional<::mlir::Location> location,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange,
        ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes) {
      return ::openatc::ascend::inferHostOpTypes(
          getOperationName(), context, location, operands,
          ::openatc::ascend::inherentAttributes<$cppClass>(context, attributes, properties),
          inferredReturnTypes);
    }
  }];
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

// Integer, float, string and list attributes with a default.
class I64Default<string value> : DefaultValuedAttr<I64Attr, value>;
class F64Default<string value> : DefaultValuedAttr<F64Attr, value>;
class BoolDefault<string value> : DefaultValuedAttr<BoolAttr, value>;
class StrDefault<string value> : DefaultValuedStrAttr<StrAttr, value>;
def I64List : DefaultValuedAttr<DenseI64ArrayAttr, "{}">;

#endif // OPENATC_ASCEND_OP_BASE_TD
