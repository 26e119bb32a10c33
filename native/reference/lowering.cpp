#include "lowering.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/op.h"
#include "kernel.h"
#include "layout.h"

namespace node_cudnn::reference {

namespace {

// Runs one op on the addresses of its buffers.
class OpRun : public Kernel {
 public:
  OpRun(const OpKernel& kernel, std::shared_ptr<Rounding> rounding, Call call,
        std::vector<BufferId> inputs, std::vector<BufferId> outputs)
      : kernel_(kernel),
        rounding_(std::move(rounding)),
        call_(std::move(call)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)) {
    call_.rounding = rounding_.get();
  }

  void bind(const Addresses& addresses) override {
    locate(inputs_, addresses, call_.inputs);
    locate(outputs_, addresses, call_.outputs);
  }

  void run(const StepState& state) override {
    call_.state = state;
    kernel_.compute(call_);
    if (rounding_) round();
  }

 private:
  static void locate(const std::vector<BufferId>& ids, const Addresses& addresses,
                     std::vector<Operand>& operands) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      operands[i].data =
          ids[i] < 0 ? nullptr : addresses.buffers.at(static_cast<std::size_t>(ids[i]));
    }
  }

  void round() const {
    std::int64_t read = 0;
    for (const Operand& input : call_.inputs) read = std::max(read, input.count);
    for (const Operand& output : call_.outputs) rounding_->apply(output, read);
    if (kernel_.updates == nullptr) return;
    for (const std::size_t position : kernel_.updates(call_.op)) {
      const Operand updated = call_.input(position);
      rounding_->apply(updated, updated.count);
    }
  }

  const OpKernel& kernel_;
  std::shared_ptr<Rounding> rounding_;
  Call call_;
  std::vector<BufferId> inputs_;
  std::vector<BufferId> outputs_;
};

class Lowering {
 public:
  Lowering(const Graph& graph, const std::shared_ptr<Rounding>& rounding)
      : graph_(graph), rounding_(rounding) {
    schedule_.bufferOfTensor.assign(graph.tensors().size(), -1);
    opaqueShapes_.resize(graph.tensors().size());
  }

  Schedule run() {
    for (const Op& op : graph_.ops()) lower(op);
    return std::move(schedule_);
  }

 private:
  BufferId buffer(TensorId id) {
    if (id == kNoTensor) return -1;
    BufferId& known = schedule_.bufferOfTensor.at(static_cast<std::size_t>(id));
    if (known < 0) {
      const Tensor& tensor = graph_.tensor(id);
      known = static_cast<BufferId>(schedule_.buffers.size());
      Buffer made;
      made.name = tensor.name;
      made.layout = std::make_shared<PlainLayout>(shapeOf(id), tensor.type);
      made.tensor = id;
      made.slot = tensor.slot;
      schedule_.buffers.push_back(std::move(made));
    }
    return known;
  }

  const Shape& shapeOf(TensorId id) const {
    const Tensor& tensor = graph_.tensor(id);
    return tensor.type == ElementType::Opaque ? opaqueShapes_[static_cast<std::size_t>(id)]
                                              : tensor.shape;
  }

  std::vector<BufferId> bufferList(const std::vector<TensorId>& ids) {
    std::vector<BufferId> list;
    for (const TensorId id : ids) list.push_back(buffer(id));
    return list;
  }

  std::vector<Operand> operands(const std::vector<TensorId>& ids) const {
    std::vector<Operand> list;
    for (const TensorId id : ids) {
      Operand operand;
      if (id != kNoTensor) {
        operand.shape = shapeOf(id);
        operand.type = graph_.tensor(id).type;
        operand.count = elementCount(operand.shape);
      }
      list.push_back(std::move(operand));
    }
    return list;
  }

  void lower(const Op& op) {
    const OpKernel* kernel = findKernel(op.type());
    if (kernel == nullptr) {
      throw Error(ErrorCode::Unsupported, op.place(), "the reference backend has no such op");
    }
    for (const TensorId id : op.outputs) {
      if (id != kNoTensor && graph_.tensor(id).type == ElementType::Opaque) {
        opaqueShapes_[static_cast<std::size_t>(id)] = graph_.shape(op.outputs.front());
      }
    }
    std::vector<BufferId> inputs = bufferList(op.inputs);
    std::vector<BufferId> outputs = bufferList(op.outputs);
    schedule_.commands.push_back(command(op, *kernel, inputs, outputs));
    Call call{op, operands(op.inputs), operands(op.outputs), {}};
    schedule_.commands.back().kernel = std::make_unique<OpRun>(
        *kernel, rounding_, std::move(call), std::move(inputs), std::move(outputs));
  }

  Command command(const Op& op, const OpKernel& kernel, const std::vector<BufferId>& inputs,
                  const std::vector<BufferId>& outputs) const {
    Command made;
    made.name = op.name;
    made.work = kernel.work;
    made.phase = op.phase;
    made.detail = "reference";
    if (op.definition->flops) made.flops = op.definition->flops(graph_, op);
    const auto absent = [](BufferId id) { return id < 0; };
    made.reads = inputs;
    std::erase_if(made.reads, absent);
    made.writes = outputs;
    if (kernel.updates != nullptr) {
      for (const std::size_t position : kernel.updates(op)) {
        made.writes.push_back(inputs.at(position));
      }
    }
    std::erase_if(made.writes, absent);
    for (const std::size_t position : kernel.shares) {
      if (position < inputs.size() && inputs[position] >= 0 && outputs.at(0) >= 0) {
        made.mayShare.emplace_back(outputs[0], inputs[position]);
      }
    }
    return made;
  }

  const Graph& graph_;
  const std::shared_ptr<Rounding>& rounding_;
  Schedule schedule_;
  std::vector<Shape> opaqueShapes_;  // by tensor
};

}  // namespace

Schedule lowerGraph(const Graph& graph, const std::shared_ptr<Rounding>& rounding) {
  return Lowering(graph, rounding).run();
}

}  // namespace node_cudnn::reference
