#include "batch_from_js.h"

#include <limits>

namespace node_cudnn {

namespace {

struct Elements {
  const void* data = nullptr;
  HostType type = HostType::Float32;
  std::int64_t count = 0;
};

Elements elementsFromJs(const Field& field) {
  if (!field.value().IsTypedArray()) {
    throw field.mismatch("a Float32Array, an Int32Array or a Uint8Array", ErrorCode::Data);
  }
  napi_typedarray_type type{};
  std::size_t length = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(field.value().Env(), field.value(), &type, &length, &data, nullptr,
                               nullptr) != napi_ok) {
    throw Error(ErrorCode::Data, field.path(), "the typed array could not be read");
  }
  const auto count = static_cast<std::int64_t>(length);
  switch (type) {
    case napi_float32_array:
      return {data, HostType::Float32, count};
    case napi_int32_array:
      return {data, HostType::Int32, count};
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return {data, HostType::Uint8, count};
    default:
      throw field.mismatch("a Float32Array, an Int32Array or a Uint8Array", ErrorCode::Data);
  }
}

// rowElements 0: as many as make `rows` rows of the array.
HostRows rowsFromJs(const Field& field, std::int64_t rowElements, std::int64_t rows) {
  const Elements elements = elementsFromJs(field);
  HostRows host;
  host.data = elements.data;
  host.type = elements.type;
  host.name = field.path();
  if (rowElements == 0) rowElements = rows == 0 ? 0 : elements.count / rows;
  if (rows < 0) rows = rowElements == 0 ? 0 : elements.count / rowElements;
  if (rowElements <= 0 || rows <= 0 || rows * rowElements != elements.count) {
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
  if (!field.value().IsTypedArray()) throw field.mismatch("an Int32Array", ErrorCode::Data);
  const Elements elements = elementsFromJs(field);
  if (elements.type != HostType::Int32) throw field.mismatch("an Int32Array", ErrorCode::Data);
  if (elements.count < size) {
    throw Error(ErrorCode::Data, field.path(),
                "expected at least " + std::to_string(size) + " rows (size), got " +
                    std::to_string(elements.count));
  }
  const auto* first = static_cast<const std::int32_t*>(elements.data);
  return std::vector<std::int32_t>(first, first + size);
}

void requireRows(const HostBatch& host, std::int64_t first, std::int64_t rows,
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
void readRows(HostBatch& host, std::vector<HostRows>& to, const Field& field, std::int64_t rows,
              const std::string& argument) {
  if (field.isAbsent()) return;
  const std::vector<Field> elements = field.elements();
  for (const Field& element : elements) {
    const std::string place = "[" + std::to_string(to.size()) + "]";
    to.push_back(rowsFromJs(element, 0, rows));
    to.back().name = elements.size() == 1 ? argument : argument + place;
    host.arrays.push_back(element.value().As<Napi::Object>());
  }
}

}  // namespace

std::unique_ptr<HostBatch> batchFromJs(const Field& field,
                                       const std::vector<InputSpec>& modelInputs) {
  auto host = std::make_unique<HostBatch>();
  Batch& batch = host->batch;
  batch.size = field["size"].integer();
  if (batch.size < 1 || batch.size > std::numeric_limits<std::int32_t>::max()) {
    throw field["size"].mismatch("a size from 1 on", ErrorCode::Data);
  }
  const std::vector<Field> inputs = field["inputs"].elements();
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
    host->arrays.push_back(inputs[i].value().As<Napi::Object>());
  }
  readRows(*host, batch.targets, field["targets"], rows, "y");
  readRows(*host, batch.sampleWeights, field["sampleWeights"], rows, "sampleWeight");

  const Field indices = field["indices"];
  const Field first = field["first"];
  if (!indices.isAbsent()) host->indices = indicesFromJs(indices, batch.size);
  const std::int64_t firstRow = first.isAbsent() ? 0 : first.integer();
  requireRows(*host, firstRow, rows, field.path());
  for (auto* list : {&batch.inputs, &batch.targets, &batch.sampleWeights}) {
    for (HostRows& array : *list) {
      array.indices = host->indices.empty() ? nullptr : host->indices.data();
      array.first = firstRow;
    }
  }
  return host;
}

HostRows wholeArrayFromJs(const Field& field) {
  const Elements elements = elementsFromJs(field);
  HostRows host;
  host.data = elements.data;
  host.type = elements.type;
  host.rows = 1;
  host.rowElements = elements.count;
  host.name = field.path();
  return host;
}

std::span<const float> floatsFromJs(const Field& field) {
  if (!field.value().IsTypedArray()) throw field.mismatch("a Float32Array", ErrorCode::Data);
  const Elements elements = elementsFromJs(field);
  if (elements.type != HostType::Float32) throw field.mismatch("a Float32Array", ErrorCode::Data);
  return {static_cast<const float*>(elements.data), static_cast<std::size_t>(elements.count)};
}

}  // namespace node_cudnn
