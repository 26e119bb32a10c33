// Plans on disk, one file each, keyed by graph, device, precision and cuDNN version. A file that
// is damaged, of another version or unreadable counts as absent; a folder that cannot be written
// (full disk, no permission) costs the cache and nothing else, and is said once.
#pragma once

#include <optional>
#include <string>

namespace node_cudnn::cudnn {

class PlanCache {
 public:
  // folder: made when first written to; empty: no cache.
  explicit PlanCache(std::string folder);

  std::optional<std::string> load(const std::string& key) const;
  // Atomic: a temporary file, then a rename.
  void store(const std::string& key, const std::string& value);

 private:
  std::string folder_;
  bool complained_ = false;
};

}  // namespace node_cudnn::cudnn
