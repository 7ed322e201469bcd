#include "../kernel/rtnl_events.h"
#include "async_call.h"
#include "fd_poll.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

using kernel::NetworkEvent;

const char* kind_in_words(NetworkEvent::Kind kind) {
  switch (kind) {
    case NetworkEvent::Kind::link:
      return "link";
    case NetworkEvent::Kind::address:
      return "address";
    case NetworkEvent::Kind::route:
      return "route";
    case NetworkEvent::Kind::neighbour:
      return "neighbour";
    case NetworkEvent::Kind::overrun:
      return "overrun";
  }
  return "overrun";
}

Napi::Array events_to_js(Napi::Env env, const std::vector<NetworkEvent>& events) {
  auto list = Napi::Array::New(env, events.size());
  for (uint32_t i = 0; i < events.size(); ++i) {
    auto object = Napi::Object::New(env);
    object.Set("kind", kind_in_words(events[i].kind));
    object.Set("change", events[i].gone ? "gone" : "new");
    object.Set("link", env.Null());
    if (events[i].link) object.Set("link", *events[i].link);
    list.Set(i, object);
  }
  return list;
}

using Listener = std::shared_ptr<Napi::FunctionReference>;

/// Polls until the function it returns is called; a failure ends it with the error as second argument.
Napi::Value start_polling(Napi::Env env, std::shared_ptr<kernel::NetworkEvents> source, Listener listener) {
  auto poll = FdPoll::start(env, source->fd(), [source, listener](Napi::Env inner, FdPoll& self) {
    try {
      const auto events = source->read();
      if (!events.empty()) listener->Call({events_to_js(inner, events)});
    } catch (const kernel::KernelError& error) {
      self.stop();
      listener->Call({Napi::Array::New(inner), to_js_error(inner, error)});
    }
  });
  return Napi::Function::New(env, [poll](const Napi::CallbackInfo&) { poll->stop(); });
}

/// Resolves, once subscribed, with the function that ends it.
Napi::Value watch(const Napi::CallbackInfo& info) {
  const Options options(info);
  auto listener = std::make_shared<Napi::FunctionReference>(Napi::Persistent(options.function("listener")));
  return answer(
      info.Env(),
      [netns = options.text_or_empty("netns")] { return std::make_shared<kernel::NetworkEvents>(netns); },
      [listener](Napi::Env env, const std::shared_ptr<kernel::NetworkEvents>& source) {
        return start_polling(env, source, listener);
      });
}

}  // namespace

void export_watch(Napi::Env env, Napi::Object exports) {
  exports.Set("watch", Napi::Function::New(env, watch));
}

}  // namespace binding
