#include "engine_search.h"

#include <algorithm>
#include <utility>

#include "status.h"

namespace node_cudnn::cudnn {
namespace {

struct NoteText {
  std::int64_t note;
  const char* text;
};

constexpr NoteText kNumericalTexts[] = {
    {CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS, "rounds operands"},
    {CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION, "rounds sums"},
    {CUDNN_NUMERICAL_NOTE_FFT, "fft"},
    {CUDNN_NUMERICAL_NOTE_WINOGRAD, "winograd"},
    {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC, "not deterministic"},
};

constexpr NoteText kBehaviorTexts[] = {
    {CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION, "compiled at run time"},
    {CUDNN_BEHAVIOR_NOTE_CUBLASLT_DEPENDENCY, kCublasLt},
};

bool contains(const std::vector<std::int64_t>& notes, std::int64_t note) {
  return std::find(notes.begin(), notes.end(), note) != notes.end();
}

std::string noEngine(const std::string& reason) {
  return reason.empty() ? "cuDNN has no engine for it" : reason;
}

}  // namespace

bool Engine::usesTensorCores() const {
  return has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE) || has(CUDNN_BEHAVIOR_NOTE_CUBLASLT_DEPENDENCY);
}

bool Engine::has(cudnnBackendNumericalNote_t note) const { return contains(numericalNotes, note); }

bool Engine::has(cudnnBackendBehaviorNote_t note) const { return contains(behaviorNotes, note); }

std::string Engine::text(bool products) const {
  std::string text = "engine " + std::to_string(index);
  if (products && has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE)) text.append(", ").append(kTensorCores);
  for (const NoteText& note : kNumericalTexts) {
    if (contains(numericalNotes, note.note)) text.append(", ").append(note.text);
  }
  for (const NoteText& note : kBehaviorTexts) {
    if (contains(behaviorNotes, note.note)) text.append(", ").append(note.text);
  }
  return text;
}

Engine engineOf(const Descriptor& config) {
  const Descriptor descriptor(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  cudnnBackendDescriptor_t raw = descriptor.get();
  std::int64_t got = 0;
  NODE_CUDNN_CUDNN(cudnnBackendGetAttribute(config.get(), CUDNN_ATTR_ENGINECFG_ENGINE,
                                            CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &got, &raw));
  Engine engine;
  engine.index = descriptor.integer(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
  engine.numericalNotes =
      descriptor.integers(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE);
  engine.behaviorNotes =
      descriptor.integers(CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE, CUDNN_TYPE_BEHAVIOR_NOTE);
  return engine;
}

std::vector<Candidate> searchEngines(const Descriptor& graph, const Descriptor& device,
                                     cudnnBackendHeurMode_t mode) {
  Descriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
  heuristics.setDescriptor(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
  heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
  heuristics.setDescriptor(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, device);
  // Otherwise its words on an earlier graph would be told as those on this one.
  static_cast<void>(lastReason());
  heuristics.finalize();

  std::int64_t count = 0;
  NODE_CUDNN_CUDNN(cudnnBackendGetAttribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                            CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr));
  std::vector<Candidate> candidates(static_cast<std::size_t>(count));
  std::vector<cudnnBackendDescriptor_t> raw;
  for (Candidate& candidate : candidates) {
    candidate.config = Descriptor(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
    raw.push_back(candidate.config.get());
  }
  std::int64_t got = 0;
  NODE_CUDNN_CUDNN(cudnnBackendGetAttribute(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                            CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &got,
                                            raw.data()));
  candidates.resize(static_cast<std::size_t>(got));
  if (candidates.empty()) throw Refused(CUDNN_STATUS_NOT_SUPPORTED, noEngine(lastReason()));
  for (Candidate& candidate : candidates) candidate.engine = engineOf(candidate.config);
  return candidates;
}

}  // namespace node_cudnn::cudnn
