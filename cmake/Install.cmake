# The install tree: what the build files and scripts of AscendCL applications expect to find under
# DDK_PATH, ASCEND_HOME_PATH or ASCEND_TOOLKIT_HOME.
#
#   bin/                    atc, om and the other commands
#   include/acl/            headers; runtime/include and acllib/include lead there
#   lib64/                  the libraries; other releases' folders (runtime/lib64/stub, devlib, ...) hold links to them
#   lib/cmake, lib64/pkgconfig  for find_package(OpenATC) and pkg-config ascendcl
#   set_env.sh              the environment, relative to where it lies
#
# The tree may be moved: all links, run paths and scripts are relative.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(OPENATC_LIBDIR lib64)
set(OPENATC_ARCH_DIR ${CMAKE_SYSTEM_PROCESSOR}-linux)

# Names under which applications link what libascendcl.so holds: older releases have the single operators
# in libraries of their own, newer ones split runtime and models.
set(OPENATC_ASCENDCL_ALIASES acl_op_compiler acl_cblas acl_rt acl_mdl msprofiler)

# Folders that build files name for libraries and headers, release by release.
set(OPENATC_LIBRARY_FOLDERS
    lib64/stub runtime/lib64 runtime/lib64/stub acllib/lib64 acllib/lib64/stub devlib
    devlib/linux/${CMAKE_SYSTEM_PROCESSOR} ${OPENATC_ARCH_DIR}/lib64 ${OPENATC_ARCH_DIR}/devlib
    fwkacllib/lib64 compiler/lib64 compiler/lib64/stub atc/lib64)
set(OPENATC_HEADER_FOLDERS runtime acllib ${OPENATC_ARCH_DIR} fwkacllib compiler)
set(OPENATC_COMMAND_FOLDERS atc compiler)

# openatc_install_link(FOLDER NAME TARGET): FOLDER/NAME leads to TARGET, a path of the install tree.
function(openatc_install_link folder name target)
  cmake_path(RELATIVE_PATH target BASE_DIRECTORY ${folder} OUTPUT_VARIABLE relative)
  install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}\")
    file(MAKE_DIRECTORY \"\${folder}\")
    file(CREATE_LINK \"${relative}\" \"\${folder}/${name}\" SYMBOLIC)")
endfunction()

# openatc_install_library(TARGET [ALIAS...]): a shared library of applications, with its links.
function(openatc_install_library target)
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")
  install(TARGETS ${target} EXPORT OpenATCTargets LIBRARY DESTINATION ${OPENATC_LIBDIR})
  foreach(alias ${ARGN})
    openatc_install_link(${OPENATC_LIBDIR} lib${alias}.so ${OPENATC_LIBDIR}/lib${target}.so)
  endforeach()
  foreach(folder ${OPENATC_LIBRARY_FOLDERS})
    foreach(name ${target} ${ARGN})
      openatc_install_link(${folder} lib${name}.so ${OPENATC_LIBDIR}/lib${name}.so)
    endforeach()
  endforeach()
endfunction()

openatc_install_library(ascendcl ${OPENATC_ASCENDCL_ALIASES})
foreach(library acl_dvpp)
  if(TARGET ${library})
    openatc_install_library(${library})
  endif()
endforeach()

# Commands find the libraries beside them, and LLVM where the build found it.
foreach(command atc om msame)
  if(TARGET ${command})
    set_target_properties(${command} PROPERTIES
      INSTALL_RPATH "$ORIGIN/../${OPENATC_LIBDIR}" INSTALL_RPATH_USE_LINK_PATH ON)
    install(TARGETS ${command} RUNTIME DESTINATION bin)
  endif()
endforeach()
if(TARGET openatc_compiler)
  set_target_properties(openatc_compiler PROPERTIES INSTALL_RPATH "$ORIGIN"
                        INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS openatc_compiler LIBRARY DESTINATION ${OPENATC_LIBDIR})
endif()
foreach(folder ${OPENATC_COMMAND_FOLDERS})
  openatc_install_link(${folder}/bin atc bin/atc)
endforeach()

install(DIRECTORY include/acl DESTINATION include)
foreach(folder ${OPENATC_HEADER_FOLDERS})
  openatc_install_link(${folder} include include)
endforeach()

install(FILES cmake/set_env.sh DESTINATION .)
configure_file(cmake/ascendcl.pc.in ${CMAKE_BINARY_DIR}/ascendcl.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/ascendcl.pc DESTINATION ${OPENATC_LIBDIR}/pkgconfig)

# Not below lib64: find_package looks there on some distributions only.
set(OPENATC_PACKAGE_DIR lib/cmake/OpenATC)
install(EXPORT OpenATCTargets NAMESPACE OpenATC:: DESTINATION ${OPENATC_PACKAGE_DIR})
configure_package_config_file(cmake/OpenATCConfig.cmake.in ${CMAKE_BINARY_DIR}/OpenATCConfig.cmake
                              INSTALL_DESTINATION ${OPENATC_PACKAGE_DIR}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/OpenATCConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/OpenATCConfig.cmake ${CMAKE_BINARY_DIR}/OpenATCConfigVersion.cmake
        DESTINATION ${OPENATC_PACKAGE_DIR})
