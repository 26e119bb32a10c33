#include <iomanip>
#include <sstream>

#include "op.h"
#include "plan.h"

namespace node_cudnn {

namespace {

std::string mebibytes(double bytes) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << bytes / 1048576 << " MiB";
  return text.str();
}

// "[64,55,55,96] nChw16c"
std::string describe(const Plan& plan, BufferId id) {
  const Buffer& buffer = plan.schedule().buffers.at(static_cast<std::size_t>(id));
  return toString(plan.model().graph.shape(buffer.tensor)) + " " + buffer.layout->text();
}

double bytesMoved(const Schedule& schedule, const Command& command) {
  double bytes = 0;
  for (const auto* list : {&command.reads, &command.writes}) {
    for (const BufferId id : *list) {
      bytes +=
          static_cast<double>(schedule.buffers.at(static_cast<std::size_t>(id)).layout->bytes());
    }
  }
  return bytes;
}

void writeCommand(std::ostream& out, const Plan& plan, const Command& command) {
  out << std::left << std::setw(34) << command.name << ' ' << std::setw(11)
      << toString(command.work) << ' ';
  if (!command.writes.empty()) out << std::setw(34) << describe(plan, command.writes[0]) << ' ';
  out << std::right << std::setw(11) << mebibytes(bytesMoved(plan.schedule(), command));
  if (command.flops > 0) {
    out << std::setw(9) << std::fixed << std::setprecision(3) << command.flops / 1e9 << " GFLOP";
  }
  if (!command.detail.empty()) out << "  " << command.detail;
  out << '\n';
}

}  // namespace

std::string explainPlan(const Plan& plan, std::span<const WeightSpec> weights) {
  const Schedule& schedule = plan.schedule();
  std::ostringstream out;
  double flops = 0;
  double moved = 0;
  double reordered = 0;
  int reorders = 0;
  for (const Command& command : schedule.commands) {
    writeCommand(out, plan, command);
    flops += command.flops;
    moved += bytesMoved(schedule, command);
    if (command.work == Work::Reorder) {
      ++reorders;
      reordered += bytesMoved(schedule, command);
    }
  }
  double parameters = 0;
  for (const WeightSpec& weight : weights) {
    parameters += static_cast<double>(elementCount(weight.shape));
  }
  double unshared = 0;
  for (const Command& command : schedule.commands) {
    unshared += static_cast<double>(command.scratchBytes);
  }
  for (const Buffer& buffer : schedule.buffers) {
    if (buffer.slot < 0 && buffer.aliasOf < 0) {
      unshared += static_cast<double>(buffer.layout->bytes());
    }
  }
  out << schedule.commands.size() << " commands, " << std::fixed << std::setprecision(3)
      << flops / 1e9 << " GFLOP, " << mebibytes(moved) << " read and written; " << reorders
      << " reorders, " << mebibytes(reordered) << '\n'
      << "arena " << mebibytes(static_cast<double>(schedule.arenaBytes)) << " ("
      << mebibytes(unshared) << " without sharing), weights " << mebibytes(4 * parameters) << '\n';
  return out.str();
}

std::string Program::explain(Mode mode, std::int64_t batchSize) {
  return explainPlan(plan(mode, batchSize, false), spec_.weights);
}

}  // namespace node_cudnn
