// Local response normalization across channels: cuDNN's calls of that name in float32, this
// backend's kernel for what they do not take.
#include "kernels/local_response_normalization.h"

#include <algorithm>
#include <memory>

#include "core/error.h"
#include "lowering.h"
#include "status.h"

namespace node_cudnn::cudnn {

namespace {

struct DestroyDescriptor {
  void operator()(cudnnLRNDescriptor_t window) const { cudnnDestroyLRNDescriptor(window); }
  void operator()(cudnnTensorDescriptor_t tensor) const { cudnnDestroyTensorDescriptor(tensor); }
};

constexpr float kOne = 1;
constexpr float kZero = 0;

// The descriptors of one op; they need no device.
class CrossChannel {
 public:
  CrossChannel(const Shape& x, unsigned window, double alpha, double beta, double bias) {
    cudnnLRNDescriptor_t made = nullptr;
    NODE_CUDNN_CUDNN(cudnnCreateLRNDescriptor(&made));
    window_.reset(made);
    NODE_CUDNN_CUDNN(cudnnSetLRNDescriptor(made, window, alpha, beta, bias));
    cudnnTensorDescriptor_t tensor = nullptr;
    NODE_CUDNN_CUDNN(cudnnCreateTensorDescriptor(&tensor));
    tensor_.reset(tensor);
    NODE_CUDNN_CUDNN(cudnnSetTensor4dDescriptor(tensor, CUDNN_TENSOR_NHWC, CUDNN_DATA_FLOAT,
                                                static_cast<int>(x[0]), static_cast<int>(x[3]),
                                                static_cast<int>(x[1]), static_cast<int>(x[2])));
  }

  void forward(cudnnHandle_t handle, const void* x, void* y) const {
    NODE_CUDNN_CUDNN(cudnnLRNCrossChannelForward(handle, window_.get(),
                                                 CUDNN_LRN_CROSS_CHANNEL_DIM1, &kOne, tensor_.get(),
                                                 x, &kZero, tensor_.get(), y));
  }
  void backward(cudnnHandle_t handle, const void* x, const void* y, const void* dy,
                void* dx) const {
    NODE_CUDNN_CUDNN(cudnnLRNCrossChannelBackward(
        handle, window_.get(), CUDNN_LRN_CROSS_CHANNEL_DIM1, &kOne, tensor_.get(), y, tensor_.get(),
        dy, tensor_.get(), x, &kZero, tensor_.get(), dx));
  }

 private:
  std::unique_ptr<cudnnLRNStruct, DestroyDescriptor> window_;
  std::unique_ptr<cudnnTensorStruct, DestroyDescriptor> tensor_;
};

// A call made while the step runs; a refusal then is no question of support.
template <typename Call>
void execute(const std::string& place, const Call& call) {
  try {
    call();
  } catch (const Refused& refused) {
    checkLaunch(place);  // the device's own error tells more
    throw Error(ErrorCode::Internal, place, refused.what());
  }
}

struct Parameters {
  std::int64_t radius;
  double alpha;  // not divided by the window's size
  double beta;
  double bias;

  explicit Parameters(const Op& op)
      : radius(op.attributes.integer("depthRadius")),
        alpha(op.attributes.number("alpha")),
        beta(op.attributes.number("beta")),
        bias(op.attributes.number("bias")) {}

  std::int64_t window() const { return 2 * radius + 1; }

  // cuDNN divides alpha by the window's size.
  std::shared_ptr<const CrossChannel> descriptors(const Shape& x) const {
    return std::make_shared<const CrossChannel>(x, static_cast<unsigned>(window()),
                                                alpha * static_cast<double>(window()), beta, bias);
  }

  // Why cuDNN does not take it, or nothing.
  std::string refusal(DataType type) const {
    if (type != DataType::Float32) return "cuDNN's documents name no bfloat16 for it";
    if (window() > CUDNN_LRN_MAX_N) {
      return "cuDNN's windows have at most " + std::to_string(CUDNN_LRN_MAX_N) +
             " channels, this one " + std::to_string(window());
    }
    if (beta < CUDNN_LRN_MIN_BETA) return "cuDNN's beta is at least 0.01";
    return bias < CUDNN_LRN_MIN_K ? "cuDNN's bias is at least 1e-5" : "";
  }

  NormalizedRows rows(const Shape& x, DataType type) const {
    NormalizedRows rows;
    rows.channels = x.back();
    rows.rows = elementCount(x) / rows.channels;
    rows.radius = static_cast<int>(reach(x));
    rows.alpha = static_cast<float>(alpha);
    rows.beta = static_cast<float>(beta);
    rows.bias = static_cast<float>(bias);
    rows.type = type;
    return rows;
  }

  // A window that reaches further than this holds the same channels.
  std::int64_t reach(const Shape& x) const { return std::min(radius, x.back() - 1); }
};

void lowerForward(Lowering& lowering, const Op& op) {
  const Parameters parameters(op);
  const Shape& shape = lowering.shape(op.inputs[0]);
  const DataType type = lowering.computeType();
  const BufferId x = lowering.as(op.inputs[0], type);
  const BufferId y = lowering.producePlain(op.outputs[0], type);
  Command command;
  command.work = Work::Primitive;
  command.reads = {x};
  command.writes = {y};
  const std::string refusal = parameters.refusal(type);
  if (refusal.empty()) {
    command.detail = "cross-channel normalization";
    return lowering.emitLaunch(std::move(command), {x, y},
                               [calls = parameters.descriptors(shape), place = op.place()](
                                   const Pointers& p, const Execution& e) {
                                 execute(place,
                                         [&] { calls->forward(e.handle, p.at(0), p.at(1)); });
                               });
  }
  command.detail = "normalized rows; split: " + refusal;
  lowering.emitLaunch(std::move(command), {x, y},
                      [rows = parameters.rows(shape, type)](const Pointers& p, const Execution& e) {
                        launchNormalizedRows(e.stream, rows, p.at(0), p.at(1));
                      });
}

void lowerBackward(Lowering& lowering, const Op& op) {
  const Parameters parameters(op);
  const Shape& shape = lowering.shape(op.inputs[0]);
  const DataType type = lowering.computeType();
  const std::string refusal = parameters.refusal(type);
  const BufferId x = lowering.as(op.inputs[0], type);
  const BufferId dy = lowering.as(op.inputs[2], type);
  Command command;
  command.work = Work::Primitive;
  command.reads = {x, dy};
  if (refusal.empty()) {
    const BufferId y = lowering.as(op.inputs[1], type);
    const BufferId dx = lowering.producePlain(op.outputs[0], type);
    command.reads.push_back(y);
    command.writes = {dx};
    command.detail = "cross-channel normalization backward";
    return lowering.emitLaunch(
        std::move(command), {x, y, dy, dx},
        [calls = parameters.descriptors(shape), place = op.place()](const Pointers& p,
                                                                    const Execution& e) {
          execute(place, [&] { calls->backward(e.handle, p.at(0), p.at(1), p.at(2), p.at(3)); });
        });
  }
  const BufferId dx = lowering.producePlain(op.outputs[0], type);
  command.writes = {dx};
  command.detail = "normalized rows backward; split: " + refusal;
  lowering.emitLaunch(std::move(command), {x, dy, dx},
                      [rows = parameters.rows(shape, type)](const Pointers& p, const Execution& e) {
                        launchNormalizedRowsBackward(e.stream, rows, p.at(0), p.at(1), p.at(2));
                      });
}

std::optional<std::string> unsupported(const Graph& graph, const Op& op) {
  const std::int64_t reach = Parameters(op).reach(graph.shape(op.inputs[0]));
  if (reach <= kMostRadius) return std::nullopt;
  return "depthRadius " + std::to_string(reach) + " is more than " + std::to_string(kMostRadius);
}

const RegisteredLowering forward{"localResponseNormalization", lowerForward, unsupported};
const RegisteredLowering backward{"localResponseNormalizationBackward", lowerBackward, unsupported};

}  // namespace

}  // namespace node_cudnn::cudnn
