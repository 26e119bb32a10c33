#include "image.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "batch_from_js.h"
#include "core/image.h"
#include "field.h"

namespace node_cudnn {

namespace {

// Float32Arrays and array buffers hold no more elements than this on a 64-bit machine.
constexpr std::int64_t kMostElements = std::int64_t{1} << 32;

ImageSize sizeFromJs(const Field& height, const Field& width) {
  for (const Field* side : {&height, &width}) {
    const std::int64_t pixels = side->integer();
    if (pixels < 1 || pixels > 65535) throw side->mismatch("a whole number from 1 to 65535");
  }
  return {height.integer(), width.integer()};
}

// The zeros around each image are those of a fresh array.
Napi::Float32Array makeOutput(Napi::Env env, const ImageBatch& images, const ImageSize& target) {
  const std::int64_t elements =
      elementCount({images.count, target.height, target.width, images.channels});
  const Error tooLarge(ErrorCode::OutOfMemory, "resizeWithPad",
                       std::to_string(elements) +
                           " elements of output do not fit in an array; "
                           "resize fewer images in one call");
  if (elements > kMostElements) throw tooLarge;
  try {
    return Napi::Float32Array::New(env, static_cast<std::size_t>(elements));
  } catch (const Napi::Error&) {
    throw tooLarge;
  }
}

ImageBatch imagesFromJs(const Field& images, const Field& shape) {
  const std::vector<Field> axes = shape.elements();
  if (axes.size() != 4) throw shape.mismatch("[count,height,width,channels]");
  const std::vector<std::int64_t> sizes = shape.integers();
  if (std::ranges::any_of(sizes, [](std::int64_t size) { return size < 1; })) {
    throw Error(ErrorCode::Shape, shape.path(),
                "expected axes of 1 or more, got " + toString(sizes));
  }
  const HostRows rows = wholeArrayFromJs(images);
  if (rows.type == HostType::Int32) {
    throw images.mismatch("a Float32Array or a Uint8Array", ErrorCode::Data);
  }
  if (rows.rowElements != elementCount(sizes)) {
    throw Error(ErrorCode::Shape, images.path(),
                "expected " + std::to_string(elementCount(sizes)) + " elements of shape " +
                    toString(sizes) + ", got " + std::to_string(rows.rowElements));
  }
  return {rows.data, rows.type, sizes[0], {sizes[1], sizes[2]}, sizes[3]};
}

}  // namespace

Napi::Value resizeWithPadFromJs(const Napi::CallbackInfo& info, TaskQueue& queue) {
  const Napi::Env env = info.Env();
  const ImageBatch images =
      imagesFromJs(Field(info[0], "resizeWithPad.images"), Field(info[1], "resizeWithPad.shape"));
  const ImageSize target = sizeFromJs(Field(info[2], "resizeWithPad.targetHeight"),
                                      Field(info[3], "resizeWithPad.targetWidth"));
  const auto scale = static_cast<float>(Field(info[4], "resizeWithPad.scale").number());

  Napi::Float32Array output = makeOutput(env, images, target);
  const auto kept =
      std::make_shared<Napi::ObjectReference>(Napi::Persistent(output.As<Napi::Object>()));
  const std::span<float> pixels(output.Data(), output.ElementLength());
  auto task = std::make_unique<Task>(env, [images, target, scale, pixels, kept] {
    resizeWithPad(images, target, scale, pixels);
    Outcome outcome;
    outcome.value = [kept](Napi::Env, const Float32Arrays&) { return kept->Value(); };
    return outcome;
  });
  task->pin(info[0].As<Napi::Object>());
  const Napi::Value promise = task->promise();
  queue.push(std::move(task));
  return promise;
}

}  // namespace node_cudnn
