# cmake -P cmake/probe.cmake: what the search finds, one `name=value` a line, without a build.
cmake_minimum_required(VERSION 3.18...3.25)
set(CMAKE_LIBRARY_ARCHITECTURE x86_64-linux-gnu)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
include(${CMAKE_CURRENT_LIST_DIR}/cuda_search.cmake)
if(NOT NODE_CUDNN_NVCC)
  set(NODE_CUDNN_NVCC "")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E echo
  "nvcc=${NODE_CUDNN_NVCC}\ncuda=${CUDNN_CUDA_MAJOR}\ncudnn=${CUDNN_LIBRARY}\nproblem=${NODE_CUDNN_CUDA_PROBLEM}")
