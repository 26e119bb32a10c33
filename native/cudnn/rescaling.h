// What a rescaling op shares with the command that feeds its input.
#pragma once

#include "core/op.h"
#include "kernels/feed.h"

namespace node_cudnn::cudnn {

// Remembered under a rescaling op's output that the feed has already made.
struct RescaledByFeed {};

Rescaling rescalingOf(const Op& op);

}  // namespace node_cudnn::cudnn
