#include "store.h"

#include <string>
#include <utility>
#include <vector>

#include "elements.h"
#include "error_to_js.h"
#include "spec_from_js.h"

namespace node_cudnn {

namespace {

constexpr napi_type_tag kStoreTag{0x6e6f64652d637564ULL, 0x6e6e2d73746f7265ULL};

std::vector<std::int64_t> idsFromJs(const Field& field) {
  std::vector<std::int64_t> ids;
  for (const Field& id : field.elements()) ids.push_back(weightIdFromJs(id));
  return ids;
}

struct WeightToWrite {
  std::int64_t id;
  std::string name;
  Shape shape;
};

WeightToWrite weightToWriteFromJs(const Field& field, const Field& array) {
  const Field shape = field["shape"];
  WeightToWrite weight{weightIdFromJs(field["id"]), field["name"].text(), shape.integers()};
  if (weight.shape.size() > kMostAxes) {
    throw shape.mismatch("at most " + std::to_string(kMostAxes) + " axes");
  }
  const Elements values = elementsOf(array, HostType::Float32, "a Float32Array");
  if (values.count == elementCount(weight.shape)) return weight;
  throw Error(ErrorCode::Shape, "weight '" + weight.name + "'",
              "expected " + std::to_string(elementCount(weight.shape)) + " values of shape " +
                  toString(weight.shape) + ", got " + std::to_string(values.count));
}

Outcome readWeights(Store& store, const std::vector<std::int64_t>& ids) {
  Outcome outcome;
  std::vector<bool> present;
  store.settle();
  for (const std::int64_t id : ids) {
    const SlotPtr slot = store.find(id);
    present.push_back(slot != nullptr && slot->hasValues);
    if (present.back()) outcome.arrays.push_back(store.read(*slot));
  }
  outcome.value = [present = std::move(present)](Napi::Env env, const Float32Arrays& made) {
    Napi::Array list = Napi::Array::New(env, present.size());
    std::size_t next = 0;
    for (std::uint32_t i = 0; i < present.size(); ++i) {
      list.Set(i, present[i] ? made.at(next++) : env.Null());
    }
    return list;
  };
  return outcome;
}

}  // namespace

Napi::Function StoreObject::define(Napi::Env env) {
  return DefineClass(env, "Store",
                     {
                         InstanceMethod<&StoreObject::read>("read"),
                         InstanceMethod<&StoreObject::write>("write"),
                         InstanceMethod<&StoreObject::release>("release"),
                         InstanceAccessor<&StoreObject::bytes>("bytes"),
                     });
}

StoreObject::StoreObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<StoreObject>(info) {
  throwingJs(info.Env(), [&] {
    const std::string backend = Field(info[0], "backend").text();
    const Field options(info[1], "options");
    thread_ = std::make_shared<StoreThread>(
        info.Env(), backend, options.isAbsent() ? Attributes{} : attributesFromJs(options));
  });
  info.This().As<Napi::Object>().TypeTag(&kStoreTag);
}

std::shared_ptr<StoreThread> StoreObject::threadOf(const Field& field) {
  const Napi::Value value = field.value();
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kStoreTag)) {
    throw field.mismatch("a Store");
  }
  return Unwrap(value.As<Napi::Object>())->thread_;
}

Napi::Value StoreObject::read(const Napi::CallbackInfo& info) {
  return rejectingJs(info.Env(), [&] {
    std::vector<std::int64_t> ids = idsFromJs(Field(info[0], "ids"));
    return thread_->enqueue(info.This().As<Napi::Object>(),
                            [store = thread_->store().get(), ids = std::move(ids)] {
                              return readWeights(*store, ids);
                            });
  });
}

Napi::Value StoreObject::write(const Napi::CallbackInfo& info) {
  return rejectingJs(info.Env(), [&] {
    std::vector<WeightToWrite> weights;
    std::vector<Field> arrays;
    for (const Field& field : Field(info[0], "weights").elements()) {
      arrays.push_back(field["values"]);
      weights.push_back(weightToWriteFromJs(field, arrays.back()));
    }
    const auto values = std::make_shared<const StagedFloats>(stageFloats(arrays));
    return thread_->enqueue(info.This().As<Napi::Object>(),
                            [store = thread_->store().get(), weights = std::move(weights), values] {
                              store->settle();
                              std::vector<SlotPtr> slots;
                              for (const auto& [id, name, shape] : weights) {
                                slots.push_back(store->weight(id, name, shape));
                              }
                              for (std::size_t i = 0; i < slots.size(); ++i)
                                store->write(*slots[i], values->arrays[i]);
                              return Outcome{};
                            });
  });
}

Napi::Value StoreObject::release(const Napi::CallbackInfo& info) {
  return throwingJs(info.Env(), [&] {
    thread_->release(idsFromJs(Field(info[0], "ids")));
    return info.Env().Undefined();
  });
}

Napi::Value StoreObject::bytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(thread_->bytes()));
}

}  // namespace node_cudnn
