#include "optimizer_state.h"

#include <utility>

#include "value_to_js.h"

namespace node_cudnn {

namespace {

// State is named "<weight>/<part>" and has as many elements as its weight.
std::int64_t stateElements(const Program& program, const std::string& name) {
  const std::string weight = name.substr(0, name.rfind('/'));
  for (std::size_t i = 0; i < program.weightCount(); ++i) {
    if (program.weight(i).name == weight) return elementCount(program.weight(i).shape);
  }
  throw Error(ErrorCode::Internal, "optimizer state '" + name + "'", "it has no weight");
}

}  // namespace

OptimizerState optimizerStateFromJs(const Field& field) {
  OptimizerState state;
  for (const Field& name : field["names"].elements()) state.names.push_back(name.text());
  const Field stepField = field["step"];
  const std::int64_t step = stepField.integer();
  if (step < 0) throw stepField.mismatch("a whole number from 0 on");
  state.step = static_cast<std::uint64_t>(step);
  const std::vector<Field> values = field["values"].elements();
  if (state.names.size() != values.size()) {
    throw Error(ErrorCode::Option, field.path(),
                "expected as many values as names (" + std::to_string(state.names.size()) +
                    "), got " + std::to_string(values.size()));
  }
  state.values = stageFloats(values);
  return state;
}

Outcome optimizerStateOutcome(Program& program) {
  std::vector<std::string> names = program.optimizerStateNames();
  Outcome outcome;
  for (std::size_t i = 0; i < names.size(); ++i) {
    outcome.arrays.push_back(program.readOptimizerState(i));
  }
  outcome.value = [names = std::move(names), step = program.step()](Napi::Env env,
                                                                    const Float32Arrays& made) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("names", textsToJs(env, names));
    object.Set("values", listToJs(env, made, 0, made.size()));
    object.Set("step", static_cast<double>(step));
    return object;
  };
  return outcome;
}

void writeOptimizerState(Program& program, const OptimizerState& state) {
  const std::vector<std::string> known = program.optimizerStateNames();
  if (state.names != known) {
    std::string expected;
    for (const std::string& name : known) expected += (expected.empty() ? "" : ", ") + name;
    throw Error(ErrorCode::Format, "optimizer state",
                "expected the tensors [" + expected + "], got " +
                    std::to_string(state.names.size()) +
                    " tensors of another optimizer or model; compile with the optimizer that the "
                    "state was saved from");
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    const std::int64_t expected = stateElements(program, known[i]);
    if (static_cast<std::int64_t>(state.values.arrays[i].size()) != expected) {
      throw Error(ErrorCode::Shape, "optimizer state '" + known[i] + "'",
                  "expected " + std::to_string(expected) + " values, got " +
                      std::to_string(state.values.arrays[i].size()));
    }
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    program.writeOptimizerState(i, state.values.arrays[i]);
  program.setStep(state.step);
}

}  // namespace node_cudnn
