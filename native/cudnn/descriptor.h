// A cuDNN backend descriptor that is destroyed with its owner.
#pragma once

#include <cudnn.h>
#include <cudnn_graph.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace node_cudnn::cudnn {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(cudnnBackendDescriptorType_t type);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  cudnnBackendDescriptor_t get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ != nullptr; }

  // Each throws Refused (status.h) naming the attribute and what cuDNN says of it.
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
           const void* values);
  void setInteger(cudnnBackendAttributeName_t name, std::int64_t value);
  void setIntegers(cudnnBackendAttributeName_t name, std::span<const std::int64_t> values);
  void setDescriptor(cudnnBackendAttributeName_t name, const Descriptor& value);
  void setDescriptors(cudnnBackendAttributeName_t name, std::span<const Descriptor> values);
  void setText(cudnnBackendAttributeName_t name, const std::string& text);
  void finalize();

  std::int64_t integer(cudnnBackendAttributeName_t name) const;
  std::vector<std::int64_t> integers(cudnnBackendAttributeName_t name,
                                     cudnnBackendAttributeType_t type = CUDNN_TYPE_INT64) const;
  std::string text(cudnnBackendAttributeName_t name) const;

 private:
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

}  // namespace node_cudnn::cudnn
