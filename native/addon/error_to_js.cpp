#include "error_to_js.h"

#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "addon_data.h"
#include "core/error.h"

namespace node_cudnn {

namespace {

// As lib/errors cuts them: names that came in may be as long as a file.
constexpr std::size_t kLongestMessage = 2000;
constexpr std::size_t kLongestPlace = 300;

// The text, its end cut off beyond so many bytes, between two characters.
std::string cut(const std::string& text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t end = longest - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

Napi::Object makeError(Napi::Env env, ErrorCode code, const std::string& place,
                       const std::string& text) {
  const std::string message = cut(text, kLongestMessage);
  const auto codeText = Napi::String::New(env, std::string(toString(code)));
  const auto placeText = Napi::String::New(env, cut(place, kLongestPlace));
  const Napi::FunctionReference& errorClass = env.GetInstanceData<AddonData>()->errorClass;
  if (errorClass.IsEmpty()) {
    Napi::Object error = Napi::Error::New(env, message).Value();
    error.Set("code", codeText);
    error.Set("place", placeText);
    return error;
  }
  Napi::Object options = Napi::Object::New(env);
  options.Set("code", codeText);
  options.Set("place", placeText);
  return errorClass.New({Napi::String::New(env, message), options});
}

// A stack is the error's name and message, then a line "    at ..." for each call.
void graftStack(Napi::Object error, const Napi::Value& caller) {
  const Napi::Value stack = caller.As<Napi::Object>().Get("stack");
  if (!stack.IsString()) return;
  const std::string text = stack.As<Napi::String>().Utf8Value();
  const std::size_t frames = text.find("\n    at ");
  if (frames == std::string::npos) return;
  const std::string name = error.Get("name").ToString().Utf8Value();
  const std::string message = error.Get("message").ToString().Utf8Value();
  error.Set("stack", name + ": " + message + text.substr(frames));
}

}  // namespace

Napi::Value errorToJs(Napi::Env env, const std::exception_ptr& error, Napi::Value caller) {
  Napi::Object object;
  try {
    std::rethrow_exception(error);
  } catch (const Napi::Error& jsError) {
    return jsError.Value();
  } catch (const Error& nativeError) {
    object = makeError(env, nativeError.code(), nativeError.place(), nativeError.what());
  } catch (const std::bad_alloc&) {
    object = makeError(env, ErrorCode::OutOfMemory, "",
                       "out of memory; use a smaller batch or a smaller model");
  } catch (const std::system_error& systemError) {
    // A thread that cannot be had.
    object = makeError(env, ErrorCode::OutOfMemory, "",
                       std::string("the system refused a thread or memory: ") + systemError.what());
  } catch (const std::length_error&) {
    object = makeError(env, ErrorCode::OutOfMemory, "",
                       "out of memory; use a smaller batch or a smaller model");
  } catch (const std::exception& other) {
    object = makeError(env, ErrorCode::Internal, "", other.what());
  }
  if (!caller.IsEmpty()) graftStack(object, caller);
  return object;
}

}  // namespace node_cudnn
