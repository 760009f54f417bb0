# Helpers that every room of the project uses to declare its library.

set(OPENATC_WARNINGS -Wall -Wextra -Werror -Wno-deprecated-declarations)
set(OPENATC_OPTIONS ${OPENATC_WARNINGS} -fvisibility-inlines-hidden)
if(OPENATC_SANITIZE STREQUAL "thread")
  # For the rooms without LLVM: its libraries are not instrumented.
  list(APPEND OPENATC_OPTIONS -fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(OPENATC_SANITIZE)
  list(APPEND OPENATC_OPTIONS -fsanitize=address,undefined -fno-sanitize-recover=all
       -fno-omit-frame-pointer -fno-sanitize=vptr)
  add_link_options(-fsanitize=address,undefined)
endif()

# LLVM's definitions and the two shared libraries, for rooms that use MLIR.
separate_arguments(OPENATC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_library(openatc_mlir INTERFACE)
target_compile_definitions(openatc_mlir INTERFACE ${OPENATC_LLVM_DEFINITIONS})
# Programs that are shipped contain the parts of both that they use: they start four times as fast and
# need no LLVM where they run. Everything else shares the libraries, which links faster.
file(GLOB archives ${LLVM_LIBRARY_DIR}/libMLIR*.a ${LLVM_LIBRARY_DIR}/libLLVM*.a)
list(JOIN archives "\n" archives)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/lib/llvm.ld CONTENT "GROUP(\n@archives@)\n" @ONLY)
find_library(OPENATC_ZLIB NAMES z REQUIRED)
find_library(OPENATC_ZSTD NAMES zstd libzstd.so.1 REQUIRED)
target_link_libraries(openatc_mlir INTERFACE
  "$<IF:$<BOOL:$<TARGET_PROPERTY:OPENATC_SHIPPED>>,${CMAKE_BINARY_DIR}/lib/llvm.ld;${OPENATC_ZLIB};${OPENATC_ZSTD},MLIR;LLVM>")

# openatc_ship(target): links a program or shared library that users get.
function(openatc_ship target)
  set_target_properties(${target} PROPERTIES OPENATC_SHIPPED ON)
  target_link_options(${target} PRIVATE -Wl,--gc-sections -Wl,--as-needed)
endfunction()

# openatc_add_library(Name SOURCES ... [LINK ...])
# A static library of a room that does not use MLIR or LLVM.
function(openatc_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_compile_options(${name} PRIVATE ${OPENATC_OPTIONS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# openatc_add_mlir_library(Name SOURCES ... [LINK ...] [DEPENDS ...])
# A static library of a room that uses MLIR; shares one precompiled header.
function(openatc_add_mlir_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  openatc_use_mlir(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# Compiler options, libraries and the precompiled header of a target that uses MLIR.
function(openatc_use_mlir name)
  target_compile_options(${name} PRIVATE ${OPENATC_OPTIONS} "SHELL:-Xclang -fno-pch-timestamp")
  target_link_libraries(${name} PUBLIC openatc_mlir)
  target_precompile_headers(${name} REUSE_FROM openatc_pch)
endfunction()

# Written only when it changes: everything that uses MLIR depends on it.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/pch/pch.cpp CONTENT "// Carrier of the precompiled header.\n")
add_library(openatc_pch OBJECT ${CMAKE_BINARY_DIR}/pch/pch.cpp)
target_compile_options(openatc_pch PRIVATE ${OPENATC_OPTIONS} "SHELL:-Xclang -fno-pch-timestamp")
target_link_libraries(openatc_pch PUBLIC openatc_mlir)
target_precompile_headers(openatc_pch PRIVATE
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/IR/Builders.h>
  <mlir/IR/BuiltinOps.h>
  <mlir/IR/PatternMatch.h>
  <mlir/IR/OpImplementation.h>
  <mlir/Interfaces/InferTypeOpInterface.h>
  <mlir/Interfaces/SideEffectInterfaces.h>
  <mlir/Bytecode/BytecodeOpInterface.h>
  <mlir/Pass/Pass.h>
  <mlir/Pass/PassManager.h>
  <mlir/Transforms/GreedyPatternRewriteDriver.h>)
