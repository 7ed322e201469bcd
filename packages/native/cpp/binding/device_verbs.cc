#include "../kernel/device_program.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

Napi::Value has_device_programs(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(), [] { return kernel::has_device_programs(); },
      [](Napi::Env env, bool has) -> Napi::Value { return Napi::Boolean::New(env, has); });
}

/// `devices` is a list of texts: `c 1:3 rw`.
Napi::Value set_device_program(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [group = options.text("group"), devices = options.texts("devices")] {
    std::vector<kernel::DeviceRule> rules;
    for (const std::string& device : devices) rules.push_back(kernel::parse_device_rule(device));
    kernel::set_device_program(group, rules);
  });
}

/// Resolves with a list of texts, null when there is no program of ours.
Napi::Value read_device_program(const Napi::CallbackInfo& info) {
  const Options options(info);
  return answer(
      info.Env(), [group = options.text("group")] { return kernel::read_device_program(group); },
      [](Napi::Env env, const std::optional<std::vector<kernel::DeviceRule>>& rules) -> Napi::Value {
        if (!rules) return env.Null();
        Napi::Array list = Napi::Array::New(env, rules->size());
        for (uint32_t index = 0; index < rules->size(); ++index) {
          list.Set(index, kernel::to_text((*rules)[index]));
        }
        return list;
      });
}

}  // namespace

void export_devices(Napi::Env env, Napi::Object exports) {
  exports.Set("hasDevicePrograms", Napi::Function::New(env, has_device_programs));
  exports.Set("setDeviceProgram", Napi::Function::New(env, set_device_program));
  exports.Set("readDeviceProgram", Napi::Function::New(env, read_device_program));
}

}  // namespace binding
