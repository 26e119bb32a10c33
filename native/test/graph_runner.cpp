#include "graph_runner.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace node_cudnn::test {

namespace {

bool isPersistent(Role role) {
  return role == Role::Weight || role == Role::OptimizerState || role == Role::Accumulator;
}

template <typename T>
std::vector<T> convert(const Values& values) {
  return std::vector<T>(values.begin(), values.end());
}

}  // namespace

GraphRunner::GraphRunner(std::string_view backend, Graph graph)
    : graph_(std::move(graph)), backend_(makeBackend(backend)) {
  std::int32_t slots = 0;
  for (std::size_t i = 0; i < graph_.tensors().size(); ++i) {
    Tensor& tensor = graph_.tensor(static_cast<TensorId>(i));
    if (isPersistent(tensor.role)) tensor.slot = slots++;
  }
  schedule_ = backend_->lower(graph_, std::vector<LayoutPtr>(static_cast<std::size_t>(slots)));
  planMemory(schedule_, graph_.results);
  slots_.resize(static_cast<std::size_t>(slots));
  for (const Buffer& buffer : schedule_.buffers) {
    if (buffer.slot < 0) continue;
    auto& memory = slots_.at(static_cast<std::size_t>(buffer.slot));
    if (!memory) memory = backend_->allocate(buffer.layout->bytes(), buffer.name);
  }
  arena_ = backend_->allocate(schedule_.arenaBytes, "arena");
  Addresses addresses;
  for (std::size_t i = 0; i < schedule_.buffers.size(); ++i) {
    addresses.buffers.push_back(address(static_cast<BufferId>(i)));
  }
  for (Command& command : schedule_.commands) {
    addresses.scratch = static_cast<std::byte*>(arena_->data()) + command.scratchOffset;
    command.kernel->bind(addresses);
  }
}

BufferId GraphRunner::bufferOf(TensorId tensor) const {
  return schedule_.bufferOfTensor.at(static_cast<std::size_t>(tensor));
}

void* GraphRunner::address(BufferId id) const {
  const Buffer* buffer = &schedule_.buffers.at(static_cast<std::size_t>(id));
  while (buffer->aliasOf >= 0) {
    buffer = &schedule_.buffers.at(static_cast<std::size_t>(buffer->aliasOf));
  }
  if (buffer->slot >= 0) return slots_.at(static_cast<std::size_t>(buffer->slot))->data();
  return static_cast<std::byte*>(arena_->data()) + buffer->offset;
}

void GraphRunner::set(TensorId tensor, const Values& values) {
  if (static_cast<std::int64_t>(values.size()) != elementCount(graph_.shape(tensor))) {
    throw std::invalid_argument(graph_.tensor(tensor).name + ": wrong number of values");
  }
  if (graph_.tensor(tensor).slot >= 0) {
    write(tensor, values);
  } else {
    fed_[tensor] = values;
  }
}

void GraphRunner::write(TensorId tensor, const Values& values) {
  const BufferId id = bufferOf(tensor);
  if (id < 0) return;  // nothing reads it
  const ElementType type = graph_.tensor(tensor).type;
  void* to = address(id);
  if (type == ElementType::Integer) {
    const auto labels = convert<std::int32_t>(values);
    backend_->writeBytes(to, labels.data(), labels.size() * sizeof(std::int32_t));
  } else if (type == ElementType::Double || backend_->name() == "reference") {
    backend_->writeBytes(to, values.data(), values.size() * sizeof(double));
  } else {
    const Layout& layout = *schedule_.buffers[static_cast<std::size_t>(id)].layout;
    backend_->write(layout, to, convert<float>(values));
  }
}

// Where batches travel to a device: as rows, like those of a program.
bool GraphRunner::feeds(BufferId id) const {
  return backend_->name() == "cuda" && std::ranges::find(schedule_.fed, id) != schedule_.fed.end();
}

void GraphRunner::feed(TensorId tensor, const Values& values) {
  const BufferId id = bufferOf(tensor);
  const Shape& shape = graph_.shape(tensor);
  const std::int64_t rows = shape.empty() ? 1 : shape.front();
  const ElementType type = graph_.tensor(tensor).type;
  HostRows from;
  from.rows = rows;
  from.rowElements = elementCount(shape) / rows;
  from.name = graph_.tensor(tensor).name;
  const auto send = [&](const auto& converted, HostType hostType) {
    from.data = converted.data();
    from.type = hostType;
    backend_->feed(schedule_, id, from, rows, type, 0, address(id));
  };
  if (type == ElementType::Integer) return send(convert<std::int32_t>(values), HostType::Int32);
  send(convert<float>(values), HostType::Float32);
}

void GraphRunner::run(const StepState& state) {
  for (const auto& [tensor, values] : fed_) {
    if (bufferOf(tensor) >= 0 && feeds(bufferOf(tensor))) {
      feed(tensor, values);
    } else {
      write(tensor, values);
    }
  }
  backend_->run(schedule_, 0, schedule_.commands.size(), state);
}

std::string GraphRunner::commands() const {
  std::string text;
  for (const Command& command : schedule_.commands) {
    if (command.detail.empty()) continue;
    text.append(text.empty() ? "" : "; ").append(command.name).append(": ").append(command.detail);
  }
  return text;
}

Values GraphRunner::get(TensorId tensor) {
  const auto count = static_cast<std::size_t>(elementCount(graph_.shape(tensor)));
  const BufferId id = bufferOf(tensor);
  if (id < 0) return fed_.at(tensor);  // a gradient that is passed on as it was given
  Values values(count);
  if (graph_.tensor(tensor).type == ElementType::Double || backend_->name() == "reference") {
    backend_->readBytes(address(id), values.data(), count * sizeof(double));
    return values;
  }
  std::vector<float> floats(count);
  const Layout& layout = *schedule_.buffers[static_cast<std::size_t>(id)].layout;
  backend_->read(layout, address(id), floats);
  std::copy(floats.begin(), floats.end(), values.begin());
  return values;
}

}  // namespace node_cudnn::test
