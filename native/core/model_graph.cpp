#include "model_graph.h"

#include <cmath>

#include "differentiator.h"
#include "error.h"
#include "losses.h"
#include "op.h"
#include "passes/passes.h"
#include "slot_table.h"
#include "update_graph.h"

namespace node_cudnn {

namespace {

class Builder {
 public:
  Builder(const ModelSpec& model, const TrainingSpec& training, Mode mode, std::int64_t batchSize,
          bool weighted, bool fuse, bool fold)
      : model_(model),
        training_(training),
        mode_(mode),
        batch_(batchSize),
        weighted_(weighted),
        fuse_(fuse),
        fold_(fold),
        slots_(model, training),
        losses_(predicts(mode) ? std::vector<ResolvedLoss>{} : resolveLosses(model, training)) {
    if (predicts(mode)) return;
    for (std::size_t i = 0; i < training.metrics.size(); ++i) {
      metrics_.push_back(resolveMetric(model, training, losses_, i));
    }
  }

  ModelGraph build() {
    addInputsAndWeights();
    addForward();
    if (predicts(mode_)) {
      for (const std::int32_t output : model_.outputs)
        result_.outputs.push_back(computed(values_[at(output)]));
      result_.graph.results = result_.outputs;
      joinOps();
      return std::move(result_);
    }
    result_.graph.results = judgedValues();
    joinOps();
    result_.graph.results.clear();
    addLosses();
    addMetrics();
    if (mode_ == Mode::Evaluate) {
      addPenalties(result_, model_, slots_, batch_, nullptr);
    } else {
      addBackward();
    }
    return std::move(result_);
  }

 private:
  static std::size_t at(std::int32_t index) { return static_cast<std::size_t>(index); }
  Graph& graph() { return result_.graph; }
  bool learns() const { return mode_ == Mode::Train || mode_ == Mode::Gradients; }
  // Whether layers do as in training.
  bool inTraining() const { return learns() || mode_ == Mode::PredictTraining; }

  void joinOps() {
    if (fold_ && fuse_ && !inTraining()) foldBatchNormalizations(graph());
    if (fuse_) fuseActivations(graph());
  }

  Shape withBatch(Shape shape) const {
    shape.insert(shape.begin(), batch_);
    return shape;
  }

  // An input that is an output too (behind a dropout, in inference) is copied: backends make
  // buffers for the tensors of ops.
  TensorId computed(TensorId value) {
    const Tensor& tensor = graph().tensor(value);
    if (tensor.role != Role::Input) return value;
    const std::vector<double> shape(tensor.shape.begin() + 1, tensor.shape.end());
    return graph().add("reshape", tensor.name + "/copy", {value}, {{"shape", shape}}).outputs[0];
  }

  // What losses and metrics read.
  std::vector<TensorId> judgedValues() const {
    std::vector<TensorId> tensors;
    for (const ResolvedLoss& loss : losses_) tensors.push_back(values_[at(loss.value)]);
    for (const ResolvedMetric& metric : metrics_) tensors.push_back(values_[at(metric.value)]);
    return tensors;
  }

  void addInputsAndWeights() {
    values_.assign(model_.inputs.size() + model_.ops.size(), kNoTensor);
    for (std::size_t i = 0; i < model_.inputs.size(); ++i) {
      const InputSpec& input = model_.inputs[i];
      values_[i] =
          graph().addTensor({input.name, withBatch(input.shape), ElementType::Float, Role::Input});
      result_.inputs.push_back(values_[i]);
    }
    for (std::size_t i = 0; i < model_.weights.size(); ++i) {
      const WeightSpec& weight = model_.weights[i];
      result_.weights.push_back(graph().addTensor({weight.name, weight.shape, ElementType::Float,
                                                   Role::Weight, static_cast<std::int32_t>(i)}));
    }
  }

  // Values that an output, a loss or a metric depends on; the rest of the model is left out.
  std::vector<bool> neededValues() const {
    std::vector<bool> needed(values_.size(), false);
    if (predicts(mode_)) {
      for (const std::int32_t output : model_.outputs) needed[at(output)] = true;
    }
    for (const ResolvedLoss& loss : losses_) needed[at(loss.value)] = true;
    for (const ResolvedMetric& metric : metrics_) needed[at(metric.value)] = true;
    for (std::size_t i = model_.ops.size(); i-- > 0;) {
      if (!needed[model_.inputs.size() + i]) continue;
      for (const std::int32_t input : model_.ops[i].inputs) needed[at(input)] = true;
    }
    return needed;
  }

  void addForward() {
    const std::vector<bool> needed = neededValues();
    for (std::size_t i = 0; i < model_.ops.size(); ++i) {
      const std::size_t value = model_.inputs.size() + i;
      if (needed[value]) values_[value] = addForwardOp(model_.ops[i], static_cast<double>(i));
    }
  }

  TensorId addForwardOp(const OpSpec& spec, double index) {
    std::vector<TensorId> inputs;
    for (const std::int32_t input : spec.inputs) inputs.push_back(values_.at(at(input)));
    if (spec.type == "dropout" && !inTraining()) return inputs.at(0);
    for (const std::int32_t weight : spec.weights) {
      inputs.push_back(weight < 0 ? kNoTensor : result_.weights.at(at(weight)));
    }
    Attributes attributes = spec.attributes;
    if (spec.type == "dropout") attributes.set("stream", attributes.number("stream", index));
    if (spec.type == "batchNormalization") {
      attributes.set("training", inTraining() && attributes.boolean("training", true));
    }
    const bool keepsState =
        spec.type == "batchNormalization" ? attributes.boolean("training") : learns();
    const Op& op = graph().add(spec.type, spec.name, inputs, attributes, Phase::Forward,
                               keepsState ? std::vector<int>{} : std::vector<int>{1, 2});
    return op.outputs[0];
  }

  void addTarget(const ResolvedLoss& loss, const std::string& output) {
    const Shape shape = graph().shape(values_[at(loss.value)]);
    const std::int64_t classes = loss.labels ? shape.back() : 0;
    const Shape positions(shape.begin(), shape.end() - 1);
    result_.targets.push_back(
        graph().addTensor({output + "/target", loss.labels ? positions : shape,
                           loss.labels ? ElementType::Integer : ElementType::Float, Role::Target}));
    result_.classes.push_back(classes);
    if (weighted_) {
      result_.sampleWeights.push_back(graph().addTensor(
          {output + "/sampleWeight", positions, ElementType::Float, Role::SampleWeight}));
    }
  }

  void addLosses() {
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const ResolvedLoss& loss = losses_[i];
      const std::string name = slots_.results[i];
      addTarget(loss, name);
      const TensorId prediction = values_[at(loss.value)];
      const Op& op = graph().add(
          loss.type, name,
          {prediction, result_.targets[i], weighted_ ? result_.sampleWeights[i] : kNoTensor,
           addAccumulator(result_, slots_, i)},
          {{"scale", loss.weight}}, Phase::Loss,
          learns() ? std::vector<int>{} : std::vector<int>{0});
      lossGradients_.push_back(op.outputs[0]);
    }
  }

  void addMetrics() {
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      const ResolvedMetric& metric = metrics_[i];
      const std::size_t target = metric.loss;
      const bool weighted = training_.metrics[i].weighted && weighted_;
      graph().add(metric.type, "metric/" + std::to_string(i),
                  {values_[at(metric.value)], result_.targets[target],
                   weighted ? result_.sampleWeights[target] : kNoTensor,
                   addAccumulator(result_, slots_, losses_.size() + i)},
                  metric.attributes, Phase::Loss, {0});
    }
  }

  void addBackward() {
    std::vector<TensorId> wanted;
    for (std::size_t i = 0; i < result_.weights.size(); ++i) {
      if (model_.weights[i].trainable) wanted.push_back(result_.weights[i]);
    }
    if (mode_ == Mode::Gradients) {
      wanted.insert(wanted.end(), result_.inputs.begin(), result_.inputs.end());
    }
    Differentiator differentiator(graph(), wanted);
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      differentiator.seed(values_[at(losses_[i].value)], lossGradients_[i]);
    }
    differentiator.run();
    moveReluBackwardBeforePooling(graph());
    std::vector<TensorId> gradients(result_.weights.size(), kNoTensor);
    for (std::size_t i = 0; i < result_.weights.size(); ++i) {
      if (model_.weights[i].trainable) gradients[i] = differentiator.gradientOf(result_.weights[i]);
    }
    addPenalties(result_, model_, slots_, batch_, &gradients);
    if (mode_ == Mode::Train) {
      addUpdates(result_, model_, training_, slots_, gradients);
    } else {
      keepGradients(differentiator, gradients);
    }
  }

  void keepGradients(const Differentiator& differentiator, const std::vector<TensorId>& gradients) {
    result_.weightGradients = gradients;
    for (const TensorId input : result_.inputs) {
      result_.inputGradients.push_back(differentiator.gradientOf(input));
    }
    for (const auto* list : {&result_.weightGradients, &result_.inputGradients}) {
      for (const TensorId id : *list) {
        if (id != kNoTensor) result_.graph.results.push_back(id);
      }
    }
  }

  const ModelSpec& model_;
  const TrainingSpec& training_;
  Mode mode_;
  std::int64_t batch_;
  bool weighted_;
  bool fuse_;
  bool fold_;
  SlotTable slots_;
  std::vector<ResolvedLoss> losses_;
  std::vector<ResolvedMetric> metrics_;
  ModelGraph result_;
  std::vector<TensorId> values_;
  std::vector<TensorId> lossGradients_;
};

}  // namespace

ModelGraph buildModelGraph(const ModelSpec& model, const TrainingSpec& training, Mode mode,
                           std::int64_t batchSize, bool weighted, bool fuse, bool fold) {
  return Builder(model, training, mode, batchSize, weighted, fuse, fold).build();
}

}  // namespace node_cudnn
