#include "fd_poll.h"

#include "../kernel/kernel_error.h"
#include "async_call.h"

namespace binding {

FdPoll::FdPoll(Napi::Env env, Callback on_readable)
    : env_(env), context_(std::in_place, env, "cellblock:poll"), on_readable_(std::move(on_readable)) {}

std::shared_ptr<FdPoll> FdPoll::start(Napi::Env env, int fd, Callback on_readable) {
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  const std::shared_ptr<FdPoll> self(new FdPoll(env, std::move(on_readable)));
  const int failure = uv_poll_init(loop, &self->poll_, fd);
  if (failure != 0) {
    throw Napi::Error(env, to_js_error(env, kernel::KernelError("poll a descriptor", -failure)));
  }

  self->self_ = self;
  self->poll_.data = self.get();
  napi_add_async_cleanup_hook(
      env, [](napi_async_cleanup_hook_handle, void* data) { static_cast<FdPoll*>(data)->stop(); }, self.get(),
      &self->cleanup_);
  uv_poll_start(&self->poll_, UV_READABLE, [](uv_poll_t* poll, int, int) {
    auto* ready = static_cast<FdPoll*>(poll->data);
    const Napi::HandleScope scope(ready->env_);
    const Napi::CallbackScope callback_scope(ready->env_, *ready->context_);
    ready->on_readable_(ready->env_, *ready);
  });
  return self;
}

void FdPoll::stop() {
  if (closing_) return;
  closing_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_),
           [](uv_handle_t* handle) { static_cast<FdPoll*>(handle->data)->closed(); });
}

void FdPoll::closed() {
  const auto self = std::move(self_);
  const Napi::HandleScope scope(env_);
  context_.reset();
  on_readable_ = nullptr;
  // Last: an environment that ends waits for this
  napi_remove_async_cleanup_hook(cleanup_);
}

}  // namespace binding
