#include "elements.h"

namespace node_cudnn {

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

Elements elementsOf(const Field& field, HostType type, const char* expected) {
  if (!field.value().IsTypedArray()) throw field.mismatch(expected, ErrorCode::Data);
  const Elements elements = elementsFromJs(field);
  if (elements.type != type) throw field.mismatch(expected, ErrorCode::Data);
  return elements;
}

StagedFloats stageFloats(const std::vector<Field>& fields) {
  std::vector<Elements> sources;
  std::size_t total = 0;
  for (const Field& field : fields) {
    sources.push_back(elementsOf(field, HostType::Float32, "a Float32Array"));
    total += static_cast<std::size_t>(sources.back().count);
  }
  StagedFloats staged{Staging::takeOnce(total * sizeof(float)), {}};
  auto* to = reinterpret_cast<float*>(staged.memory.data());
  for (const Elements& source : sources) {
    const auto count = static_cast<std::size_t>(source.count);
    copyBytes(reinterpret_cast<std::byte*>(to), source.data, count * sizeof(float));
    staged.arrays.emplace_back(to, count);
    to += count;
  }
  return staged;
}

}  // namespace node_cudnn
