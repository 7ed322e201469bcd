#include "async_call.h"

namespace binding {

Napi::Value to_js_error(Napi::Env env, const kernel::KernelError& error) {
  const Napi::Error value = Napi::Error::New(env, error.what());
  value.Set("step", error.step());
  value.Set("code", error.code());
  value.Set("errno", static_cast<double>(error.number()));
  if (!error.detail().empty()) value.Set("detail", error.detail());
  return value.Value();
}

}  // namespace binding
