// The CPU backend behind a veil: runs are told of late, as by a device that works behind the host,
// and memory ends where the test says.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

namespace node_cudnn::test {

// Registers it when first called; its name.
const std::string& deferredBackend();

// What all deferred backends together may allocate from now on, in bytes.
void limitDeferredMemory(std::size_t bytes = std::numeric_limits<std::size_t>::max());

}  // namespace node_cudnn::test
