#include <iomanip>
#include <sstream>

#include "plan.h"
#include "plan_description.h"

namespace node_cudnn {

namespace {

std::string mebibytes(double bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << bytes / 1048576 << " MiB";
  return text.str();
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

void writeCommand(std::ostream& out, const CommandDescription& command) {
  out << std::left << std::setw(34) << command.name << ' ' << std::setw(11)
      << toString(command.work) << ' ' << std::setw(34) << command.output << ' ' << std::right
      << std::setw(11) << mebibytes(command.bytes());
  if (command.flops > 0) {
    out << std::setw(9) << std::fixed << std::setprecision(3) << command.flops / 1e9 << " GFLOP";
  }
  if (!command.nodes.empty()) out << "  " << joined(command.nodes, " + ");
  if (!command.detail.empty()) out << "  " << command.detail;
  out << '\n';
}

void writeTotals(std::ostream& out, const PlanDescription& plan) {
  double reordered = 0;
  int reorders = 0;
  int fused = 0;
  for (const CommandDescription& command : plan.commands) {
    fused += command.nodes.size() > 1 ? 1 : 0;
    if (command.work != Work::Reorder) continue;
    ++reorders;
    reordered += command.bytes();
  }
  out << plan.commands.size() << " commands, " << std::fixed << std::setprecision(3)
      << plan.flops / 1e9 << " GFLOP, " << mebibytes(plan.bytes) << " read and written; "
      << reorders << " reorders, " << mebibytes(reordered) << '\n';
  if (fused > 0) out << fused << " commands of several operations in one pass\n";
  out << "without matrix products " << mebibytes(plan.nonMatrixBytes) << ", at least "
      << mebibytes(plan.leastNonMatrixBytes) << '\n';
  if (plan.constants > 0) {
    out << "the first " << plan.constants << " run when weights have changed, and leave "
        << mebibytes(static_cast<double>(plan.constantBytes)) << '\n';
  }
  for (const std::string& split : plan.splits) out << "split " << split << '\n';
}

}  // namespace

std::string explainPlan(const Plan& plan, std::span<const WeightSpec> weights) {
  const PlanDescription description = describePlan(plan);
  std::ostringstream out;
  for (const CommandDescription& command : description.commands) writeCommand(out, command);
  writeTotals(out, description);
  double parameters = 0;
  for (const WeightSpec& weight : weights) {
    parameters += static_cast<double>(elementCount(weight.shape));
  }
  out << "arena " << mebibytes(static_cast<double>(description.arenaBytes)) << " ("
      << mebibytes(static_cast<double>(description.unsharedBytes)) << " without sharing), weights "
      << mebibytes(4 * parameters) << '\n';
  return out.str();
}

std::string Program::explain(Mode mode, std::int64_t batchSize) {
  return explainPlan(plan(mode, batchSize, false), spec_.weights);
}

PlanDescription Program::describe(Mode mode, std::int64_t batchSize) {
  return describePlan(plan(mode, batchSize, false));
}

}  // namespace node_cudnn
