#include "batch_from_js.h"

#include <utility>

#include "core/host_rows.h"
#include "elements.h"

namespace node_cudnn {

namespace {

// rowElements 0: as many as make `rows` rows of the array.
HostRows rowsFromJs(const Field& field, std::int64_t rowElements, std::int64_t rows) {
  const Elements elements = elementsFromJs(field);
  HostRows host;
  host.data = elements.data;
  host.type = elements.type;
  host.name = field.path();
  if (rowElements == 0) rowElements = rows <= 0 ? 0 : elements.count / rows;
  const std::int64_t whole = rowElements == 0 ? 0 : elements.count / rowElements;
  if (rows < 0) rows = whole;
  if (whole <= 0 || whole != rows || elements.count % rowElements != 0) {
    throw Error(ErrorCode::Data, field.path(),
                "expected " + (rows > 0 ? std::to_string(rows) + " whole rows" : "whole rows") +
                    (rowElements > 0 ? " of " + std::to_string(rowElements) + " elements" : "") +
                    ", got " + std::to_string(elements.count) + " elements");
  }
  host.rows = rows;
  host.rowElements = rowElements;
  return host;
}

std::vector<std::int32_t> indicesFromJs(const Field& field, std::int64_t size) {
  const Elements elements = elementsOf(field, HostType::Int32, "an Int32Array");
  if (elements.count < size) {
    throw Error(ErrorCode::Data, field.path(),
                "expected at least " + std::to_string(size) + " rows (size), got " +
                    std::to_string(elements.count));
  }
  const auto* first = static_cast<const std::int32_t*>(elements.data);
  return std::vector<std::int32_t>(first, first + size);
}

void requireRowsThere(const HostBatch& host, std::int64_t first, std::int64_t rows,
                      const std::string& path) {
  const auto refuse = [&](std::int64_t row) {
    throw Error(ErrorCode::Data, path,
                "row " + std::to_string(row) + " is outside the " + std::to_string(rows) +
                    " rows of the inputs");
  };
  if (host.indices.empty()) {
    if (first < 0) refuse(first);
    if (first > rows - host.batch.size) refuse(first + host.batch.size - 1);
    return;
  }
  for (const std::int32_t row : host.indices) {
    if (row < 0 || row >= rows) refuse(row);
  }
}

// argument: what the caller of fit() knows the arrays as, for errors of their values.
void addRows(std::vector<HostRows>& to, const std::vector<Field>& arrays, std::int64_t rows,
             const std::string& argument) {
  for (const Field& array : arrays) {
    const std::string place = "[" + std::to_string(to.size()) + "]";
    to.push_back(rowsFromJs(array, 0, rows));
    to.back().name = arrays.size() == 1 ? argument : argument + place;
  }
}

std::vector<Field> elementsOrNone(const Field& field) {
  return field.isAbsent() ? std::vector<Field>{} : field.elements();
}

// Puts the batch's rows of each array into memory of their own, one array after another.
void stage(HostBatch& host, std::int64_t first, Staging& staging) {
  Batch& batch = host.batch;
  const auto bytesOfRow = [](const HostRows& rows) {
    return static_cast<std::size_t>(rows.rowElements) * bytesOf(rows.type);
  };
  // Arrays of bytes must not misplace the numbers behind them.
  const auto room = [&](const HostRows& rows) {
    return (bytesOfRow(rows) * static_cast<std::size_t>(batch.size) + 63) / 64 * 64;
  };
  const std::vector<std::vector<HostRows>*> lists{&batch.inputs, &batch.targets,
                                                  &batch.sampleWeights};
  std::size_t total = 0;
  for (const auto* list : lists) {
    for (const HostRows& rows : *list) total += room(rows);
  }
  host.memory = staging.take(total);
  std::byte* to = host.memory.data();
  for (auto* list : lists) {
    for (HostRows& rows : *list) {
      const RowsToCopy from{rows.data, bytesOfRow(rows), first, batch.size, host.indices};
      copyRows(to, from);
      rows.data = to;
      rows.rows = batch.size;
      rows.sourceIndices = host.indices.empty() ? nullptr : host.indices.data();
      rows.sourceFirst = first;
      to += room(rows);
    }
  }
}

}  // namespace

std::unique_ptr<HostBatch> batchFromJs(const Field& field,
                                       const std::vector<InputSpec>& modelInputs,
                                       Staging& staging) {
  // Reading a property may run JavaScript, which may transfer a buffer: that comes first.
  const Field size = field["size"];
  const std::vector<Field> inputs = field["inputs"].elements();
  const std::vector<Field> targets = elementsOrNone(field["targets"]);
  const std::vector<Field> sampleWeights = elementsOrNone(field["sampleWeights"]);
  const Field indices = field["indices"];
  const Field first = field["first"];
  auto host = std::make_unique<HostBatch>();
  Batch& batch = host->batch;
  batch.size = size.integer();
  if (batch.size < 1 || batch.size > kLongestAxis) {
    throw size.mismatch("a size from 1 on", ErrorCode::Data);
  }
  if (inputs.size() != modelInputs.size()) {
    throw Error(ErrorCode::Data, field.path() + ".inputs",
                "expected " + std::to_string(modelInputs.size()) + " arrays, got " +
                    std::to_string(inputs.size()));
  }
  std::int64_t rows = -1;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    batch.inputs.push_back(rowsFromJs(inputs[i], elementCount(modelInputs[i].shape), rows));
    batch.inputs.back().name = "input '" + modelInputs[i].name + "'";
    rows = batch.inputs.back().rows;
  }
  addRows(batch.targets, targets, rows, "y");
  addRows(batch.sampleWeights, sampleWeights, rows, "sampleWeight");
  if (!indices.isAbsent()) host->indices = indicesFromJs(indices, batch.size);
  const std::int64_t firstRow = first.isAbsent() ? 0 : first.integer();
  requireRowsThere(*host, firstRow, rows, field.path());
  stage(*host, firstRow, staging);
  return host;
}

}  // namespace node_cudnn
