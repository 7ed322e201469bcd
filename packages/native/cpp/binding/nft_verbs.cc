#include "../kernel/nft.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

Napi::Value apply_nft(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), ruleset = options.text("ruleset")] {
    kernel::apply_nft(netns, ruleset);
  });
}

/// Resolves with libnftables' JSON as text, or null.
Napi::Value list_nft(const Napi::CallbackInfo& info) {
  const Options options(info);
  return answer(
      info.Env(),
      [netns = options.text_or_empty("netns"), command = options.text("command")] {
        return kernel::list_nft(netns, command);
      },
      [](Napi::Env env, const std::optional<std::string>& text) -> Napi::Value {
        if (!text) return env.Null();
        return Napi::String::New(env, *text);
      });
}

}  // namespace

void export_nft(Napi::Env env, Napi::Object exports) {
  exports.Set("applyNft", Napi::Function::New(env, apply_nft));
  exports.Set("listNft", Napi::Function::New(env, list_nft));
}

}  // namespace binding
