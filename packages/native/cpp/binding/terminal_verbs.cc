#include "../kernel/terminal.h"
#include "async_call.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

/// `pid`, `startTime` and `descriptor`. Resolves with {terminal}, a descriptor that is the caller's and never
/// waits.
Napi::Value take_terminal(const Napi::CallbackInfo& info) {
  const Options options(info);
  return answer(
      info.Env(),
      [pid = static_cast<pid_t>(options.number("pid")),
       start_time = static_cast<uint64_t>(options.integer("startTime")),
       descriptor = static_cast<int>(options.number("descriptor"))] {
        return kernel::take_terminal(pid, start_time, descriptor);
      },
      [](Napi::Env env, kernel::UniqueFd& terminal) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        result.Set("terminal", terminal.release());
        return result;
      });
}

/// `terminal` is a descriptor of the caller's, `rows` and `columns` are below 65536.
Napi::Value size_terminal(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [terminal = static_cast<int>(options.number("terminal")),
                              rows = static_cast<uint16_t>(options.number("rows")),
                              columns = static_cast<uint16_t>(options.number("columns"))] {
    kernel::size_terminal(terminal, rows, columns);
  });
}

}  // namespace

void export_terminals(Napi::Env env, Napi::Object exports) {
  exports.Set("takeTerminal", Napi::Function::New(env, take_terminal));
  exports.Set("sizeTerminal", Napi::Function::New(env, size_terminal));
}

}  // namespace binding
