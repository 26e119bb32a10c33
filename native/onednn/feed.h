// Host rows into plain device buffers: gathered, converted and checked in one pass.
#pragma once

#include "core/backend.h"

namespace node_cudnn::onednn {

// As Backend::feed.
void feedRows(const HostRows& rows, std::int64_t count, ElementType type, std::int64_t classes,
              void* to);

}  // namespace node_cudnn::onednn
