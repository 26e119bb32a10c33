# Finds cuDNN, headers and libcudnn.so.9 of one installation: the first that fits of
#   NODE_CUDNN_CUDNN_PATH (nothing else then), the system's folders, the CUDA toolkit, the Python
#   packages nvidia-cudnn-cu*, the conda environment, what scripts/setup-cuda.sh fetched.
# Reads CUDNN_CUDA_MAJOR (of the toolkit: a cuDNN for another one does not fit), CUDNN_TOOLKIT_ROOT
# and CUDNN_FIND_VERSION (the least). Sets CUDNN_FOUND, CUDNN_VERSION, CUDNN_INCLUDE_DIR,
# CUDNN_LIBRARY, CUDNN_PLACE, CUDNN_REJECTED (a list: what was seen and why it does not fit) and
# defines CUDNN::cudnn.

set(CUDNN_REJECTED "")

# Folders that hold nvidia/cudnn: those on the module path of python3.
function(cudnn_python_roots out)
  set(${out} "" PARENT_SCOPE)
  find_program(CUDNN_PYTHON python3)
  mark_as_advanced(CUDNN_PYTHON)
  if(NOT CUDNN_PYTHON)
    return()
  endif()
  execute_process(
    COMMAND ${CUDNN_PYTHON} -c "import site, sys
folders = sys.path + [site.getusersitepackages()]
print(';'.join(dict.fromkeys(f + '/nvidia/cudnn' for f in folders if f)), end='')"
    OUTPUT_VARIABLE roots ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    set(${out} "${roots}" PARENT_SCOPE)
  endif()
endfunction()

# The CUDA version that this cuDNN loads libraries of; empty when it cannot be told.
function(cudnn_cuda_major library out)
  get_filename_component(folder "${library}" DIRECTORY)
  set(${out} "" PARENT_SCOPE)
  execute_process(
    COMMAND grep -aoEm1 "libcublasLt\\.so\\.[0-9]+" "${folder}/libcudnn_engines_precompiled.so.9"
    OUTPUT_VARIABLE name ERROR_QUIET)
  if(name MATCHES "libcublasLt\\.so\\.([0-9]+)")
    set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
  endif()
endfunction()

function(cudnn_version header out)
  set(version "")
  file(STRINGS "${header}" lines REGEX "#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) +[0-9]+")
  foreach(part MAJOR MINOR PATCHLEVEL)
    if(lines MATCHES "CUDNN_${part} +([0-9]+)")
      list(APPEND version ${CMAKE_MATCH_1})
    endif()
  endforeach()
  list(JOIN version "." version)
  set(${out} "${version}" PARENT_SCOPE)
endfunction()

# Sets cudnn_include and cudnn_library to what lies under `root`.
macro(cudnn_look root)
  foreach(folder include include/${CMAKE_LIBRARY_ARCHITECTURE})
    if(NOT cudnn_include AND EXISTS "${root}/${folder}/cudnn_version.h")
      set(cudnn_include "${root}/${folder}")
    endif()
  endforeach()
  foreach(folder lib/${CMAKE_LIBRARY_ARCHITECTURE} lib64 lib)
    if(NOT cudnn_library AND EXISTS "${root}/${folder}/libcudnn.so.9")
      set(cudnn_library "${root}/${folder}/libcudnn.so.9")
    endif()
  endforeach()
endmacro()

# Sets CUDNN_INCLUDE_DIR and the others when none fitted yet and the installation under `root` does.
macro(cudnn_try place root)
  set(cudnn_include "")
  set(cudnn_library "")
  if(NOT CUDNN_LIBRARY AND NOT "${root}" STREQUAL "")
    cudnn_look("${root}")
  endif()
  if(cudnn_library AND NOT cudnn_include)
    list(APPEND CUDNN_REJECTED "${cudnn_library}: its headers (cudnn_version.h) are missing")
  elseif(cudnn_include AND NOT cudnn_library)
    list(APPEND CUDNN_REJECTED "${cudnn_include}: there is no libcudnn.so.9 beside the headers")
  elseif(cudnn_include)
    cudnn_version("${cudnn_include}/cudnn_version.h" cudnn_found_version)
    cudnn_cuda_major("${cudnn_library}" cudnn_found_major)
    if(CUDNN_FIND_VERSION AND cudnn_found_version VERSION_LESS CUDNN_FIND_VERSION)
      list(APPEND CUDNN_REJECTED
        "${cudnn_library}: version ${cudnn_found_version}, needed ${CUDNN_FIND_VERSION} or newer")
    elseif(CUDNN_CUDA_MAJOR AND cudnn_found_major
           AND NOT cudnn_found_major EQUAL CUDNN_CUDA_MAJOR)
      list(APPEND CUDNN_REJECTED
        "${cudnn_library}: for CUDA ${cudnn_found_major}, the toolkit is CUDA ${CUDNN_CUDA_MAJOR}")
    else()
      set(CUDNN_PLACE "${place}")
      set(CUDNN_VERSION "${cudnn_found_version}")
      set(CUDNN_INCLUDE_DIR "${cudnn_include}")
      set(CUDNN_LIBRARY "${cudnn_library}")
    endif()
  endif()
endmacro()

foreach(variable CUDNN_PLACE CUDNN_VERSION CUDNN_INCLUDE_DIR CUDNN_LIBRARY)
  set(${variable} "")
endforeach()
if(NODE_CUDNN_CUDNN_PATH)
  # At run time it names folders of libraries, or folders that hold such; here too.
  string(REPLACE ":" ";" roots "${NODE_CUDNN_CUDNN_PATH}")
  foreach(root ${roots})
    cudnn_try("NODE_CUDNN_CUDNN_PATH" "${root}")
    cudnn_try("NODE_CUDNN_CUDNN_PATH" "${root}/cudnn")
    cudnn_try("NODE_CUDNN_CUDNN_PATH" "${root}/..")
  endforeach()
else()
  cudnn_try("system" /usr)
  cudnn_try("system" /usr/local)
  cudnn_try("CUDA toolkit" "${CUDNN_TOOLKIT_ROOT}")
  cudnn_python_roots(roots)
  foreach(root ${roots})
    cudnn_try("Python package" "${root}")
  endforeach()
  cudnn_try("conda" "$ENV{CONDA_PREFIX}")
  # The same folder as in scripts/setup-cuda.sh.
  if(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(cache "$ENV{XDG_CACHE_HOME}/node-cudnn")
  else()
    set(cache "$ENV{HOME}/.cache/node-cudnn")
  endif()
  file(GLOB roots "${cache}/cuda${CUDNN_CUDA_MAJOR}-*/nvidia/cudnn")
  list(SORT roots COMPARE NATURAL ORDER DESCENDING)
  foreach(root ${roots})
    cudnn_try("fetched by the set-up" "${root}")
  endforeach()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CUDNN
  REQUIRED_VARS CUDNN_LIBRARY CUDNN_INCLUDE_DIR VERSION_VAR CUDNN_VERSION)

if(CUDNN_FOUND AND NOT TARGET CUDNN::cudnn AND NOT CMAKE_SCRIPT_MODE_FILE)
  add_library(CUDNN::cudnn SHARED IMPORTED)
  set_target_properties(CUDNN::cudnn PROPERTIES
    IMPORTED_LOCATION "${CUDNN_LIBRARY}" IMPORTED_SONAME libcudnn.so.9
    INTERFACE_INCLUDE_DIRECTORIES "${CUDNN_INCLUDE_DIR}")
endif()
