# Decides whether the CUDA plugin is built: sets NODE_CUDNN_BUILD_CUDA, and enables the language.
include(${CMAKE_CURRENT_LIST_DIR}/cuda_search.cmake)

# Those of NODE_CUDNN_CUDA_ARCHITECTURES that this nvcc knows, as CMake wants them: machine code for
# each, and PTX for the last.
function(node_cudnn_architectures out)
  execute_process(COMMAND ${NODE_CUDNN_NVCC} --list-gpu-code
    OUTPUT_VARIABLE known ERROR_QUIET)
  set(all "")
  foreach(architecture ${NODE_CUDNN_CUDA_ARCHITECTURES})
    if(known MATCHES "sm_${architecture}([^0-9a-z]|$)")
      list(APPEND all ${architecture})
    endif()
  endforeach()
  list(POP_BACK all last)
  list(TRANSFORM all APPEND "-real")
  set(${out} ${all} ${last} PARENT_SCOPE)
endfunction()

macro(node_cudnn_enable_cuda)
  include(CheckLanguage)
  set(CMAKE_CUDA_COMPILER ${NODE_CUDNN_NVCC})
  node_cudnn_architectures(CMAKE_CUDA_ARCHITECTURES)
  check_language(CUDA)
  if(NOT CMAKE_CUDA_COMPILER)
    set(NODE_CUDNN_CUDA_PROBLEM "${NODE_CUDNN_NVCC} cannot compile with \
${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION}. Name a compiler that it takes in CUDAHOSTCXX")
  else()
    enable_language(CUDA)
    find_package(CUDAToolkit QUIET)
    if(NOT TARGET CUDA::cudart)
      set(NODE_CUDNN_CUDA_PROBLEM "libcudart was not found beside ${NODE_CUDNN_NVCC}. \
Install the development files of the CUDA runtime")
    endif()
  endif()
endmacro()

# The folders of the libraries that this build was made with, one a line, for
# scripts/cuda-environment.sh.
function(node_cudnn_write_folders)
  get_filename_component(cudnn_folder "${CUDNN_LIBRARY}" DIRECTORY)
  set(folders "${cudnn_folder}")
  # Where Python packages put what cuDNN loads.
  foreach(name cu${CUDNN_CUDA_MAJOR} cublas cuda_nvrtc)
    get_filename_component(folder "${cudnn_folder}/../../${name}/lib" ABSOLUTE)
    if(IS_DIRECTORY "${folder}")
      list(APPEND folders "${folder}")
    endif()
  endforeach()
  list(APPEND folders "${CUDAToolkit_LIBRARY_DIR}")
  list(JOIN folders "\n" lines)
  file(WRITE "${CMAKE_BINARY_DIR}/cuda-folders.txt" "${lines}\n")
endfunction()

set(NODE_CUDNN_BUILD_CUDA OFF)
if(NOT NODE_CUDNN_CUDA_PROBLEM)
  node_cudnn_enable_cuda()
endif()
if(NOT NODE_CUDNN_CUDA_PROBLEM)
  set(NODE_CUDNN_BUILD_CUDA ON)
  node_cudnn_write_folders()
elseif(NODE_CUDNN_CUDA STREQUAL "ON")
  message(FATAL_ERROR "NODE_CUDNN_CUDA=ON: ${NODE_CUDNN_CUDA_PROBLEM}")
endif()
