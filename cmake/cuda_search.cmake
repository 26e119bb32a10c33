# Options of the CUDA plugin, and the search for nvcc and cuDNN. Sets NODE_CUDNN_NVCC,
# NODE_CUDNN_NVCC_VERSION, what FindCUDNN.cmake sets, and NODE_CUDNN_CUDA_PROBLEM: why the plugin
# cannot be built, with what to do about it; empty when it can.

set(NODE_CUDNN_CUDA_PROBLEM "")
set(NODE_CUDNN_LEAST_CUDA 12.0)  # the first that compiles C++20
set(NODE_CUDNN_LEAST_CUDNN 9.19) # 9.14 ended the process while it planned on a device

# An environment variable is the default of the option of the same name.
function(node_cudnn_option name default text)
  if(DEFINED ENV{${name}} AND NOT "$ENV{${name}}" STREQUAL "")
    set(default "$ENV{${name}}")
  endif()
  set(${name} "${default}" CACHE STRING "${text}")
endfunction()

node_cudnn_option(NODE_CUDNN_CUDA AUTO "Build the CUDA plugin: AUTO (where it can be), ON or OFF")
node_cudnn_option(NODE_CUDNN_CUDNN_PATH "" "Folders of cuDNN, with include/ and lib/, joined by colons")
node_cudnn_option(NODE_CUDNN_CUDA_ARCHITECTURES "80;86;89;90;100;120"
  "Architectures to compile the kernels for; the last also as PTX, for newer devices")
string(REPLACE "," ";" NODE_CUDNN_CUDA_ARCHITECTURES "${NODE_CUDNN_CUDA_ARCHITECTURES}")
if(NOT NODE_CUDNN_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "NODE_CUDNN_CUDA=${NODE_CUDNN_CUDA}: expected AUTO, ON or OFF")
endif()
if(NOT NODE_CUDNN_CUDA_ARCHITECTURES MATCHES "^[0-9]+[af]?(;[0-9]+[af]?)*$")
  message(FATAL_ERROR "NODE_CUDNN_CUDA_ARCHITECTURES=${NODE_CUDNN_CUDA_ARCHITECTURES}: \
expected numbers joined by commas")
endif()

# The newest nvcc, unless one is named or on PATH. Sets NODE_CUDNN_NVCC.
function(node_cudnn_find_nvcc)
  file(GLOB toolkits /usr/local/cuda-[0-9]*)
  list(SORT toolkits COMPARE NATURAL ORDER DESCENDING)
  find_program(NODE_CUDNN_NVCC NAMES $ENV{CUDACXX} nvcc
    HINTS ENV CUDA_HOME ENV CUDA_PATH
    PATHS /usr/local/cuda/bin ${toolkits} PATH_SUFFIXES bin NO_CMAKE_SYSTEM_PATH)
  mark_as_advanced(NODE_CUDNN_NVCC)
endfunction()

# In NODE_CUDNN_CUDA_PROBLEM: what is wrong with this nvcc; empty when nothing is.
function(node_cudnn_check_nvcc)
  set(problem "")
  if(NOT NODE_CUDNN_NVCC)
    set(problem "nvcc was not found. Install the CUDA toolkit \
(https://developer.nvidia.com/cuda-downloads), or name nvcc in CUDACXX")
  else()
    execute_process(COMMAND ${NODE_CUDNN_NVCC} --version OUTPUT_VARIABLE text ERROR_QUIET)
    if(text MATCHES "release [0-9.]+, V(([0-9]+)[0-9.]+)")
      set(version ${CMAKE_MATCH_1})
      set(NODE_CUDNN_NVCC_VERSION ${version} PARENT_SCOPE)
      set(CUDNN_CUDA_MAJOR ${CMAKE_MATCH_2} PARENT_SCOPE)
      if(version VERSION_LESS NODE_CUDNN_LEAST_CUDA)
        set(problem "${NODE_CUDNN_NVCC} is of CUDA ${version}, needed \
${NODE_CUDNN_LEAST_CUDA} or newer. Name a newer one in CUDACXX")
      endif()
    else()
      set(problem "${NODE_CUDNN_NVCC} does not tell its version. Name a working nvcc in CUDACXX")
    endif()
  endif()
  set(NODE_CUDNN_CUDA_PROBLEM "${problem}" PARENT_SCOPE)
endfunction()

macro(node_cudnn_find_cudnn)
  execute_process(COMMAND ${NODE_CUDNN_NVCC} -v --dryrun none.cu ERROR_VARIABLE text OUTPUT_QUIET)
  if(text MATCHES "#\\$ TOP=([^\n]+)")
    get_filename_component(CUDNN_TOOLKIT_ROOT "${CMAKE_MATCH_1}" ABSOLUTE)
  endif()
  find_package(CUDNN ${NODE_CUDNN_LEAST_CUDNN} QUIET)
  if(NOT CUDNN_FOUND)
    string(CONCAT NODE_CUDNN_CUDA_PROBLEM
      "cuDNN ${NODE_CUDNN_LEAST_CUDNN} or newer was not found. Fetch it with "
      "`bash scripts/setup-cuda.sh`, or install it: `python3 -m pip install "
      "nvidia-cudnn-cu${CUDNN_CUDA_MAJOR}` or, with NVIDIA's package repository, `apt-get install "
      "libcudnn9-dev-cuda-${CUDNN_CUDA_MAJOR}`. NODE_CUDNN_CUDNN_PATH names the folder of another")
    foreach(reason ${CUDNN_REJECTED})
      string(APPEND NODE_CUDNN_CUDA_PROBLEM "\n    does not fit: ${reason}")
    endforeach()
  endif()
endmacro()

if(NODE_CUDNN_CUDA STREQUAL "OFF")
  set(NODE_CUDNN_CUDA_PROBLEM "switched off by NODE_CUDNN_CUDA=OFF")
else()
  node_cudnn_find_nvcc()
  node_cudnn_check_nvcc()
  if(NOT NODE_CUDNN_CUDA_PROBLEM)
    node_cudnn_find_cudnn()
  endif()
endif()
