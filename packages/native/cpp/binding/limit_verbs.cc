#include <sys/resource.h>

#include "../kernel/process_limits.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

/// null is none.
uint64_t limit_of(const Options& options, const char* name) {
  return options.is_null(name) ? RLIM_INFINITY : static_cast<uint64_t>(options.integer(name));
}

Napi::Value to_limit(Napi::Env env, uint64_t value) {
  if (value == RLIM_INFINITY) return env.Null();
  return Napi::Number::New(env, static_cast<double>(value));
}

Napi::Value read_process_limits(const Napi::CallbackInfo& info) {
  const auto pid = static_cast<pid_t>(Options(info).number("pid"));
  return answer(
      info.Env(), [pid] { return kernel::read_process_limits(pid); },
      [](Napi::Env env, const auto& limits) -> Napi::Value {
        if (!limits) return env.Null();
        Napi::Object result = Napi::Object::New(env);
        for (const auto& [name, limit] : *limits) {
          Napi::Object one = Napi::Object::New(env);
          one.Set("soft", to_limit(env, limit.soft));
          one.Set("hard", to_limit(env, limit.hard));
          result.Set(name, one);
        }
        return result;
      });
}

Napi::Value set_process_limit(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(),
                 [pid = static_cast<pid_t>(options.number("pid")),
                  start_time = static_cast<uint64_t>(options.integer("startTime")),
                  resource = options.text("resource"),
                  limit = kernel::ProcessLimit{limit_of(options, "soft"), limit_of(options, "hard")}] {
                   kernel::set_process_limit(pid, start_time, resource, limit);
                 });
}

Napi::Value may_raise_limits(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(), [] { return kernel::may_raise_limits(); },
      [](Napi::Env env, bool may) -> Napi::Value { return Napi::Boolean::New(env, may); });
}

}  // namespace

void export_limits(Napi::Env env, Napi::Object exports) {
  exports.Set("readProcessLimits", Napi::Function::New(env, read_process_limits));
  exports.Set("setProcessLimit", Napi::Function::New(env, set_process_limit));
  exports.Set("mayRaiseLimits", Napi::Function::New(env, may_raise_limits));
}

}  // namespace binding
