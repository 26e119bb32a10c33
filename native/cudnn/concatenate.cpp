// Concatenation along an axis, and the slices that are its gradients: copies of rows.
#include "kernels/copy_rows.h"
#include "lowering.h"

namespace node_cudnn::cudnn {

namespace {

// A tensor as rows that begin at each position of the axes before `axis`.
struct Rows {
  std::int64_t count = 1;
  std::int64_t bytes = 0;  // of one

  Rows(const Shape& shape, std::int64_t axis, DataType type) {
    for (std::int64_t i = 0; i < axis; ++i) count *= shape[static_cast<std::size_t>(i)];
    bytes = elementCount(shape) / count * static_cast<std::int64_t>(bytesOf(type));
  }
};

void lowerConcatenate(Lowering& lowering, const Op& op) {
  const std::int64_t axis = op.attributes.integer("axis");
  const DataType type = lowering.computeType();
  Command command;
  std::vector<std::int64_t> widths;
  for (const TensorId input : op.inputs) {
    command.reads.push_back(lowering.as(input, type));
    widths.push_back(Rows(lowering.shape(input), axis, type).bytes);
  }
  std::vector<BufferId> buffers = command.reads;
  buffers.push_back(lowering.producePlain(op.outputs[0], type));
  command.writes = {buffers.back()};
  command.detail = "concatenate";
  const Rows to(lowering.shape(op.outputs[0]), axis, type);
  lowering.emitLaunch(
      std::move(command), std::move(buffers),
      [widths = std::move(widths), to](const Pointers& p, const Execution& e) {
        std::vector<RowCopy> copies;
        auto* target = p.as<std::byte>(widths.size());
        for (std::size_t i = 0; i < widths.size(); ++i) {
          copies.push_back({p.at(i), target, to.count, widths[i], widths[i], to.bytes});
          target += widths[i];
        }
        launchRowCopies(e.stream, copies);
      });
}

void lowerSlice(Lowering& lowering, const Op& op) {
  const std::int64_t axis = op.attributes.integer("axis");
  const Shape& shape = lowering.shape(op.inputs[0]);
  const DataType type = lowering.typeOf(op.inputs[0]);
  const Rows from(shape, axis, type);
  const Rows to(lowering.shape(op.outputs[0]), axis, type);
  const std::int64_t begin =
      from.bytes / shape[static_cast<std::size_t>(axis)] * op.attributes.integer("begin");
  const BufferId x = lowering.own(op.inputs[0]);
  const BufferId y = lowering.producePlain(op.outputs[0], type);
  Command command;
  command.reads = {x};
  command.writes = {y};
  command.detail = "slice";
  lowering.emitLaunch(std::move(command), {x, y},
                      [from, to, begin](const Pointers& p, const Execution& e) {
                        launchRowCopies(e.stream, {{p.as<std::byte>(0) + begin, p.at(1), to.count,
                                                    to.bytes, from.bytes, to.bytes}});
                      });
}

const RegisteredLowering concatenate{"concatenate", lowerConcatenate};
const RegisteredLowering slice{"slice", lowerSlice};

}  // namespace

}  // namespace node_cudnn::cudnn
