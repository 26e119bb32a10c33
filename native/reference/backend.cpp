// The reference backend: plain loops in double precision, written to be read and to be right.
#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/host_backend.h"
#include "feed.h"
#include "kernel.h"
#include "layout.h"
#include "lowering.h"
#include "memory.h"
#include "rounding.h"

namespace node_cudnn::reference {

namespace {

// The layout's elements, checked against the host's.
const PlainLayout& plainLayout(const Layout& layout, std::size_t hostElements) {
  const auto& own = dynamic_cast<const PlainLayout&>(layout);
  if (static_cast<std::size_t>(own.elements()) != hostElements) {
    throw Error(ErrorCode::Internal, "reference backend",
                "a tensor of shape " + toString(own.shape()) + " met " +
                    std::to_string(hostElements) + " host values");
  }
  return own;
}

class ReferenceBackend final : public HostBackend {
 public:
  std::string_view name() const override { return "reference"; }

  std::optional<std::string> unsupported(const Graph&, const Op& op) const override {
    if (findKernel(op.type()) != nullptr) return std::nullopt;
    return "the reference backend has no op '" + std::string(op.type()) + "'";
  }

  Schedule lower(const Graph& graph, std::span<const LayoutPtr>) override {
    return lowerGraph(graph, rounding_);
  }

  std::unique_ptr<Memory> allocate(std::size_t bytes, std::string_view purpose) override {
    return allocateHost(bytes, purpose);
  }

  LayoutPtr plain(const Shape& shape, ElementType type) const override {
    return std::make_shared<PlainLayout>(shape, type);
  }

  void write(const Layout& layout, void* to, std::span<const float> values) override {
    const PlainLayout& own = plainLayout(layout, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (own.type() == ElementType::Integer) {
        static_cast<std::int32_t*>(to)[i] = static_cast<std::int32_t>(values[i]);
      } else {
        static_cast<double*>(to)[i] = values[i];
      }
    }
  }

  void read(const Layout& layout, const void* from, std::span<float> values) override {
    const PlainLayout& own = plainLayout(layout, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = own.type() == ElementType::Integer
                      ? static_cast<float>(static_cast<const std::int32_t*>(from)[i])
                      : static_cast<float>(static_cast<const double*>(from)[i]);
    }
  }

  void writeBytes(void* to, const void* from, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }

  void readBytes(const void* from, void* to, std::size_t bytes) override {
    std::memcpy(to, from, bytes);
  }

  void feed(const Schedule&, BufferId, const HostRows& rows, std::int64_t count, ElementType type,
            std::int64_t classes, void* to) override {
    gatherRows(rows, count, type, classes, to);
  }

  void compute(Schedule& schedule, std::size_t begin, std::size_t end,
               const StepState& state) override {
    for (std::size_t i = begin; i < end; ++i) schedule.commands.at(i).kernel->run(state);
  }

 private:
  std::shared_ptr<Rounding> rounding_ = Rounding::fromEnvironment();
};

std::unique_ptr<Backend> make(const Attributes& options) {
  requireNoOptions("reference", options);
  return std::make_unique<ReferenceBackend>();
}

const RegisteredBackend registered{"reference", make};

}  // namespace

}  // namespace node_cudnn::reference
