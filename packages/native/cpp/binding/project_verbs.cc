#include "../kernel/project_quota.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

/// A limit: null and 0 are none.
uint64_t limit_of(const Options& options, const char* name) {
  return options.is_null(name) ? 0 : static_cast<uint64_t>(options.integer(name));
}

Napi::Value to_limit(Napi::Env env, uint64_t value) {
  if (value == 0) return env.Null();
  return Napi::Number::New(env, static_cast<double>(value));
}

Napi::Value read_project(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(), [path = Options(info).text("path")] { return kernel::read_project(path); },
      [](Napi::Env env, const kernel::Project& project) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        result.Set("project", Napi::Number::New(env, project.id));
        result.Set("inherits", Napi::Boolean::New(env, project.inherits));
        return result;
      });
}

Napi::Value set_project(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [path = options.text("path"), project = options.number("project")] {
    kernel::set_project(path, project);
  });
}

Napi::Value read_project_quota(const Napi::CallbackInfo& info) {
  const Options options(info);
  return answer(
      info.Env(),
      [path = options.text("path"), project = options.number("project")] {
        return kernel::read_project_quota(path, project);
      },
      [](Napi::Env env, const kernel::ProjectQuota& quota) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        result.Set("usedBytes", Napi::Number::New(env, static_cast<double>(quota.used_bytes)));
        result.Set("usedInodes", Napi::Number::New(env, static_cast<double>(quota.used_inodes)));
        result.Set("bytes", to_limit(env, quota.bytes));
        result.Set("inodes", to_limit(env, quota.inodes));
        return result;
      });
}

Napi::Value set_project_quota(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [path = options.text("path"), project = options.number("project"),
                              bytes = limit_of(options, "bytes"), inodes = limit_of(options, "inodes")] {
    kernel::set_project_quota(path, project, bytes, inodes);
  });
}

}  // namespace

void export_projects(Napi::Env env, Napi::Object exports) {
  exports.Set("readProject", Napi::Function::New(env, read_project));
  exports.Set("setProject", Napi::Function::New(env, set_project));
  exports.Set("readProjectQuota", Napi::Function::New(env, read_project_quota));
  exports.Set("setProjectQuota", Napi::Function::New(env, set_project_quota));
}

}  // namespace binding
