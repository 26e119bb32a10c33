// What a program's calls resolve to.
#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "core/plan_description.h"
#include "core/program.h"
#include "task.h"

namespace node_cudnn {

// The arrays [first, first + count).
Napi::Array listToJs(Napi::Env env, const Float32Arrays& arrays, std::size_t first,
                     std::size_t count);
Napi::Array textsToJs(Napi::Env env, const std::vector<std::string>& texts);
Napi::Array resultsToJs(Napi::Env env, const std::vector<Result>& results);
Napi::Array profilesToJs(Napi::Env env, const std::vector<CommandProfile>& profiles);
Napi::Object planToJs(Napi::Env env, const PlanDescription& plan);

}  // namespace node_cudnn
