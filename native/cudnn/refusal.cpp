#include "refusal.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace node_cudnn::cudnn {
namespace {

constexpr std::size_t kShown = 2;

bool isFailureOfLibrary(cudnnStatus_t status) {
  const int category = CUDNN_STATUS_CATEGORY(static_cast<int>(status));
  return category == CUDNN_STATUS_CATEGORY(CUDNN_STATUS_NOT_INITIALIZED) ||
         category == CUDNN_STATUS_EXECUTION_FAILED;
}

}  // namespace

bool Refusal::add(std::string reason) {
  if (std::find(reasons_.begin(), reasons_.end(), reason) != reasons_.end()) return false;
  reasons_.push_back(std::move(reason));
  return true;
}

void Refusal::add(const Refused& refused) {
  if (refused.status() == CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED) {
    throw Error(ErrorCode::OutOfMemory, "cuDNN",
                std::string(refused.what()) + "; free memory of the host");
  }
  if (add(std::string(refused.what())) && isFailureOfLibrary(refused.status())) ++failures_;
}

void Refusal::addWorkspace(std::size_t bytes) {
  leastWorkspace_ = leastWorkspace_ == 0 ? bytes : std::min(leastWorkspace_, bytes);
}

std::string Refusal::text(std::size_t workspaceLimit) const {
  std::vector<std::string> shown = reasons_;
  if (leastWorkspace_ > 0) {
    shown.insert(shown.begin(),
                 "the engine of the smallest workspace needs " + std::to_string(leastWorkspace_) +
                     " bytes, option 'workspaceLimit' allows " + std::to_string(workspaceLimit));
  }
  if (shown.empty()) return "cuDNN has no engine for it";
  std::string text = shown.front();
  for (std::size_t i = 1; i < std::min(shown.size(), kShown); ++i) text += "; " + shown[i];
  return text;
}

}  // namespace node_cudnn::cudnn
