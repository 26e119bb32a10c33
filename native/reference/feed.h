// Gathers rows of a host array into a plain tensor, checking every value.
#pragma once

#include <cstdint>

#include "core/backend.h"

namespace node_cudnn::reference {

// As Backend::feed.
void gatherRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
                void* to);

}  // namespace node_cudnn::reference
