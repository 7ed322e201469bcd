#pragma once

#include <napi.h>
#include <uv.h>

#include <functional>
#include <memory>
#include <optional>

namespace binding {

/// Calls back on the JavaScript thread whenever a descriptor is readable. The event loop goes on while it
/// runs. It ends by stop() or with its environment; what `on_readable` holds is released then.
class FdPoll {
 public:
  using Callback = std::function<void(Napi::Env, FdPoll&)>;

  /// `on_readable` runs in a callback scope: promises settled in it go on at once.
  static std::shared_ptr<FdPoll> start(Napi::Env env, int fd, Callback on_readable);
  void stop();

 private:
  FdPoll(Napi::Env env, Callback on_readable);
  void closed();

  uv_poll_t poll_{};
  Napi::Env env_;
  std::optional<Napi::AsyncContext> context_;
  Callback on_readable_;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  bool closing_ = false;
  /// libuv writes to poll_ until it has called back after uv_close: it keeps this alive until then.
  std::shared_ptr<FdPoll> self_;
};

}  // namespace binding
