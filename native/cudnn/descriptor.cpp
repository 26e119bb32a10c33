#include "descriptor.h"

#include <utility>

#include "status.h"

namespace node_cudnn::cudnn {
namespace {

// The number is the one that cudnn_graph.h gives the attribute.
std::string callText(const char* verb, cudnnBackendAttributeName_t name) {
  return std::string(verb) + " attribute " + std::to_string(static_cast<int>(name));
}

std::int64_t count(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                   cudnnBackendAttributeType_t type) {
  std::int64_t count = 0;
  const cudnnStatus_t status = cudnnBackendGetAttribute(descriptor, name, type, 0, &count, nullptr);
  if (status != CUDNN_STATUS_SUCCESS) checkCudnn(status, callText("count", name).c_str());
  return count;
}

template <typename T>
std::vector<T> values(cudnnBackendDescriptor_t descriptor, cudnnBackendAttributeName_t name,
                      cudnnBackendAttributeType_t type) {
  std::vector<T> found(static_cast<std::size_t>(count(descriptor, name, type)));
  std::int64_t got = 0;
  const cudnnStatus_t status = cudnnBackendGetAttribute(
      descriptor, name, type, static_cast<std::int64_t>(found.size()), &got, found.data());
  if (status != CUDNN_STATUS_SUCCESS) checkCudnn(status, callText("get", name).c_str());
  if (got < static_cast<std::int64_t>(found.size())) found.resize(static_cast<std::size_t>(got));
  return found;
}

}  // namespace

Descriptor::Descriptor(cudnnBackendDescriptorType_t type) {
  NODE_CUDNN_CUDNN(cudnnBackendCreateDescriptor(type, &descriptor_));
}

Descriptor::~Descriptor() {
  if (descriptor_ != nullptr) cudnnBackendDestroyDescriptor(descriptor_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, nullptr)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void Descriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                     std::int64_t count, const void* values) {
  const cudnnStatus_t status = cudnnBackendSetAttribute(descriptor_, name, type, count, values);
  if (status != CUDNN_STATUS_SUCCESS) checkCudnn(status, callText("set", name).c_str());
}

void Descriptor::setInteger(cudnnBackendAttributeName_t name, std::int64_t value) {
  set(name, CUDNN_TYPE_INT64, 1, &value);
}

void Descriptor::setIntegers(cudnnBackendAttributeName_t name,
                             std::span<const std::int64_t> values) {
  set(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.data());
}

void Descriptor::setDescriptor(cudnnBackendAttributeName_t name, const Descriptor& value) {
  const cudnnBackendDescriptor_t raw = value.get();
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &raw);
}

void Descriptor::setDescriptors(cudnnBackendAttributeName_t name,
                                std::span<const Descriptor> values) {
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const Descriptor& value : values) raw.push_back(value.get());
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(raw.size()), raw.data());
}

void Descriptor::setText(cudnnBackendAttributeName_t name, const std::string& text) {
  set(name, CUDNN_TYPE_CHAR, static_cast<std::int64_t>(text.size()), text.data());
}

void Descriptor::finalize() { NODE_CUDNN_CUDNN(cudnnBackendFinalize(descriptor_)); }

std::int64_t Descriptor::integer(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0;
  std::int64_t got = 0;
  const cudnnStatus_t status =
      cudnnBackendGetAttribute(descriptor_, name, CUDNN_TYPE_INT64, 1, &got, &value);
  if (status != CUDNN_STATUS_SUCCESS) checkCudnn(status, callText("get", name).c_str());
  return value;
}

std::vector<std::int64_t> Descriptor::integers(cudnnBackendAttributeName_t name,
                                               cudnnBackendAttributeType_t type) const {
  if (type == CUDNN_TYPE_INT64) return values<std::int64_t>(descriptor_, name, type);
  // The other types are C enums.
  const std::vector<std::int32_t> found = values<std::int32_t>(descriptor_, name, type);
  return {found.begin(), found.end()};
}

std::string Descriptor::text(cudnnBackendAttributeName_t name) const {
  const std::vector<char> found = values<char>(descriptor_, name, CUDNN_TYPE_CHAR);
  std::string text(found.begin(), found.end());
  while (!text.empty() && text.back() == '\0') text.pop_back();
  return text;
}

}  // namespace node_cudnn::cudnn
