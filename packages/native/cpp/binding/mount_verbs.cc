#include "../kernel/mount.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

Napi::Value bind_mount(const Napi::CallbackInfo& info) {
  const Options options(info);
  const kernel::BindMount mount{.source = options.text("source"),
                                .target = options.text("target"),
                                .read_only = options.optional_flag("readOnly").value_or(false),
                                .nosuid = options.optional_flag("nosuid").value_or(false),
                                .nodev = options.optional_flag("nodev").value_or(false),
                                .noexec = options.optional_flag("noexec").value_or(false)};
  return perform(info.Env(), [mount] { kernel::bind_mount(mount); });
}

Napi::Value mount_tmpfs(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [target = options.text("target"), size = options.text("size"),
                              mode = options.text("mode")] { kernel::mount_tmpfs(target, size, mode); });
}

Napi::Value unmount(const Napi::CallbackInfo& info) {
  const std::string target = Options(info).text("target");
  return perform(info.Env(), [target] { kernel::unmount(target); });
}

Napi::Value set_hidepid(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [target = options.text("target"), hidepid = options.text("hidepid")] {
    kernel::set_hidepid(target, hidepid);
  });
}

}  // namespace

void export_mounts(Napi::Env env, Napi::Object exports) {
  exports.Set("bindMount", Napi::Function::New(env, bind_mount));
  exports.Set("mountTmpfs", Napi::Function::New(env, mount_tmpfs));
  exports.Set("unmount", Napi::Function::New(env, unmount));
  exports.Set("setHidepid", Napi::Function::New(env, set_hidepid));
}

}  // namespace binding
