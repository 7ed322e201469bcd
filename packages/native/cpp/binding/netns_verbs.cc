#include "../kernel/netns.h"
#include "../kernel/sysctl.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

Napi::Value create_netns(const Napi::CallbackInfo& info) {
  const std::string path = Options(info).text("path");
  return perform(info.Env(), [path] { kernel::create_netns(path); });
}

Napi::Value remove_netns(const Napi::CallbackInfo& info) {
  const std::string path = Options(info).text("path");
  return perform(info.Env(), [path] { kernel::remove_netns(path); });
}

Napi::Value list_netns(const Napi::CallbackInfo& info) {
  const std::string directory = Options(info).text("directory");
  return answer(
      info.Env(), [directory] { return kernel::list_netns(directory); },
      [](Napi::Env env, const std::vector<std::string>& names) {
        auto list = Napi::Array::New(env, names.size());
        for (uint32_t i = 0; i < names.size(); ++i) list.Set(i, names[i]);
        return list;
      });
}

Napi::Value write_sysctl(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), path = options.text("path"),
                              value = options.text("value")] { kernel::write_sysctl(netns, path, value); });
}

Napi::Value read_sysctl(const Napi::CallbackInfo& info) {
  const Options options(info);
  return answer(
      info.Env(),
      [netns = options.text_or_empty("netns"), path = options.text("path")] {
        return kernel::read_sysctl(netns, path);
      },
      [](Napi::Env env, const std::string& value) { return Napi::String::New(env, value); });
}

}  // namespace

void export_netns(Napi::Env env, Napi::Object exports) {
  exports.Set("createNetns", Napi::Function::New(env, create_netns));
  exports.Set("removeNetns", Napi::Function::New(env, remove_netns));
  exports.Set("listNetns", Napi::Function::New(env, list_netns));
  exports.Set("writeSysctl", Napi::Function::New(env, write_sysctl));
  exports.Set("readSysctl", Napi::Function::New(env, read_sysctl));
}

}  // namespace binding
