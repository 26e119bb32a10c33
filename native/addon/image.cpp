#include "image.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "core/host_rows.h"
#include "core/image.h"
#include "elements.h"
#include "field.h"
#include "new_floats.h"

namespace node_cudnn {

namespace {

ImageSize sizeFromJs(const Field& height, const Field& width) {
  for (const Field* side : {&height, &width}) {
    const std::int64_t pixels = side->integer();
    if (pixels < 1 || pixels > 65535) throw side->mismatch("a whole number from 1 to 65535");
  }
  return {height.integer(), width.integer()};
}

// In place.
ImageBatch imagesFromJs(const Field& images, const Field& shape) {
  const std::vector<Field> axes = shape.elements();
  if (axes.size() != 4) throw shape.mismatch("[count,height,width,channels]");
  const std::vector<std::int64_t> sizes = shape.integers();
  if (std::ranges::any_of(sizes, [](std::int64_t size) { return size < 1; })) {
    throw Error(ErrorCode::Shape, shape.path(),
                "expected axes of 1 or more, got " + toString(sizes));
  }
  const Elements pixels = elementsFromJs(images);
  if (pixels.type == HostType::Int32) {
    throw images.mismatch("a Float32Array or a Uint8Array", ErrorCode::Data);
  }
  if (pixels.count != elementCount(sizes)) {
    throw Error(ErrorCode::Shape, images.path(),
                "expected " + std::to_string(elementCount(sizes)) + " elements of shape " +
                    toString(sizes) + ", got " + std::to_string(pixels.count));
  }
  return {pixels.data, pixels.type, sizes[0], {sizes[1], sizes[2]}, sizes[3]};
}

}  // namespace

Napi::Value resizeWithPadFromJs(const Napi::CallbackInfo& info, TaskQueue& queue) {
  const Napi::Env env = info.Env();
  const ImageSize target = sizeFromJs(Field(info[2], "resizeWithPad.targetHeight"),
                                      Field(info[3], "resizeWithPad.targetWidth"));
  const auto scale = static_cast<float>(Field(info[4], "resizeWithPad.scale").finite());
  ImageBatch images =
      imagesFromJs(Field(info[0], "resizeWithPad.images"), Field(info[1], "resizeWithPad.shape"));
  const auto bytes = static_cast<std::size_t>(
      elementCount({images.count, images.size.height, images.size.width, images.channels}) *
      static_cast<std::int64_t>(bytesOf(images.type)));
  const auto copy = std::make_shared<const StagedBytes>(Staging::takeOnce(bytes));
  copyBytes(copy->data(), images.data, bytes);
  images.data = copy->data();

  // The zeros around each image are those of a fresh array.
  Napi::Float32Array output =
      newFloats(env, elementCount({images.count, target.height, target.width, images.channels}),
                "resizeWithPad");
  const auto kept =
      std::make_shared<Napi::ObjectReference>(Napi::Persistent(output.As<Napi::Object>()));
  const std::span<float> pixels(output.Data(), output.ElementLength());
  auto task = std::make_unique<Task>(env, [images, copy, target, scale, pixels, kept] {
    resizeWithPad(images, target, scale, pixels);
    Outcome outcome;
    outcome.value = [kept](Napi::Env, const Float32Arrays&) { return kept->Value(); };
    return outcome;
  });
  const Napi::Value promise = task->promise();
  queue.push(std::move(task));
  return promise;
}

}  // namespace node_cudnn
