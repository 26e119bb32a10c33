// Why a graph has no plan: what was said of its engines, each different reason once, the first two
// shown.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "status.h"

namespace node_cudnn::cudnn {

class Refusal {
 public:
  // False when it is known.
  bool add(std::string reason);
  // Throws Error(OutOfMemory) when that is what the library says.
  void add(const Refused& refused);
  void addWorkspace(std::size_t bytes);

  // Whether the library failed, and nothing was said of the graph.
  bool isFailure() const {
    return failures_ > 0 && failures_ == reasons_.size() && leastWorkspace_ == 0;
  }
  std::string text(std::size_t workspaceLimit) const;

 private:
  std::vector<std::string> reasons_;
  std::size_t leastWorkspace_ = 0;  // of those above the limit
  std::size_t failures_ = 0;        // of the reasons
};

}  // namespace node_cudnn::cudnn
