// How explain() tells the launches of a command.
#pragma once

#include <string>

namespace node_cudnn::cudnn {

inline std::string launchCount(int launches) {
  return launches == 1 ? "1 launch" : std::to_string(launches) + " launches";
}

}  // namespace node_cudnn::cudnn
