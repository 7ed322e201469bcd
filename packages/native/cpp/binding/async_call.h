#pragma once

#include <napi.h>

#include <optional>
#include <utility>

#include "../kernel/kernel_error.h"

namespace binding {

/// An Error with step, code, errno and detail, which the TypeScript side turns into KernelError.
Napi::Value to_js_error(Napi::Env env, const kernel::KernelError& error);

/// Runs `work` on a thread of libuv's pool and resolves with what `convert` makes of its result here.
template <class Work, class Convert>
class AsyncCall : public Napi::AsyncWorker {
 public:
  AsyncCall(Napi::Env env, Work work, Convert convert)
      : Napi::AsyncWorker(env), deferred_(env), work_(std::move(work)), convert_(std::move(convert)) {}

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    try {
      result_.emplace(work_());
    } catch (const kernel::KernelError& error) {
      refusal_ = error;
      SetError(error.what());
    }
  }
  void OnOK() override { deferred_.Resolve(convert_(Env(), *result_)); }
  void OnError(const Napi::Error& error) override {
    deferred_.Reject(refusal_ ? to_js_error(Env(), *refusal_) : error.Value());
  }

 private:
  Napi::Promise::Deferred deferred_;
  Work work_;
  Convert convert_;
  std::optional<decltype(std::declval<Work>()())> result_;
  std::optional<kernel::KernelError> refusal_;
};

/// `work` returns a value; `convert(env, value)` makes it a Napi::Value.
template <class Work, class Convert>
Napi::Value answer(Napi::Env env, Work work, Convert convert) {
  auto* call = new AsyncCall<Work, Convert>(env, std::move(work), std::move(convert));
  const Napi::Promise promise = call->promise();
  call->Queue();  // deletes itself afterwards
  return promise;
}

/// `work` returns nothing.
template <class Work>
Napi::Value perform(Napi::Env env, Work work) {
  return answer(
      env,
      [work = std::move(work)] {
        work();
        return true;
      },
      [](Napi::Env inner, bool) { return inner.Undefined(); });
}

}  // namespace binding
