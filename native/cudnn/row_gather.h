// Host rows into pinned memory, in the type that the host array has: the device converts them. The
// twin of the CPU backend's feed, with the same checks and the same words.
#pragma once

#include "core/backend.h"

namespace node_cudnn::cudnn {

// As Backend::feed; `to` has room for count rows of the host's type.
void gatherRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
                void* to);

}  // namespace node_cudnn::cudnn
