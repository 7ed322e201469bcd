#include "../kernel/pidfd.h"
#include "../kernel/start_program.h"
#include "async_call.h"
#include "fd_poll.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

pid_t read_pid(const Options& options) { return static_cast<pid_t>(options.number("pid")); }

Napi::Value process_start_time(const Napi::CallbackInfo& info) {
  const pid_t pid = read_pid(Options(info));
  return answer(
      info.Env(), [pid] { return kernel::process_start_time(pid); },
      [](Napi::Env env, const std::optional<uint64_t>& ticks) -> Napi::Value {
        if (!ticks) return env.Null();
        return Napi::Number::New(env, static_cast<double>(*ticks));
      });
}

Napi::Value signal_process(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(),
                 [pid = read_pid(options), start_time = static_cast<uint64_t>(options.integer("startTime")),
                  signal = options.number("signal")] {
                   kernel::signal_process(pid, start_time, static_cast<int>(signal));
                 });
}

/// Calls `done` once, when the process has ended. Throws ESRCH at once; no thread waits meanwhile.
Napi::Value wait_process(const Napi::CallbackInfo& info) {
  const Options options(info);
  const auto start_time = static_cast<uint64_t>(options.integer("startTime"));
  try {
    auto process = std::make_shared<kernel::UniqueFd>(kernel::open_process(read_pid(options), start_time));
    auto deferred = std::make_shared<Napi::Promise::Deferred>(info.Env());
    FdPoll::start(info.Env(), process->get(), [process, deferred](Napi::Env env, FdPoll& poll) {
      poll.stop();
      deferred->Resolve(env.Undefined());
    });
    return deferred->Promise();
  } catch (const kernel::KernelError& error) {
    throw Napi::Error(info.Env(), to_js_error(info.Env(), error));
  }
}

/// `arguments` is a list of texts, `input` a Buffer. Resolves with {pid, answer}, a descriptor that is the
/// caller's.
Napi::Value start_program(const Napi::CallbackInfo& info) {
  const Options options(info);
  const auto bytes = options.value("input").As<Napi::Uint8Array>();
  return answer(
      info.Env(),
      [arguments = options.texts("arguments"),
       input = std::string(reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength())] {
        return kernel::start_program(arguments, input);
      },
      [](Napi::Env env, kernel::StartedProgram& started) -> Napi::Value {
        Napi::Object result = Napi::Object::New(env);
        result.Set("pid", started.pid);
        result.Set("answer", started.answer.release());
        return result;
      });
}

/// `arguments` is a list of texts, `count` how many streams, `input` a Buffer for the last. Resolves with
/// {pid, streams}, descriptors of the caller.
Napi::Value start_attached_program(const Napi::CallbackInfo& info) {
  const Options options(info);
  const auto bytes = options.value("input").As<Napi::Uint8Array>();
  return answer(
      info.Env(),
      [arguments = options.texts("arguments"), count = static_cast<size_t>(options.integer("count")),
       input = std::string(reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength())] {
        return kernel::start_attached_program(arguments, count, input);
      },
      [](Napi::Env env, kernel::AttachedProgram& started) -> Napi::Value {
        Napi::Array streams = Napi::Array::New(env, started.streams.size());
        for (size_t i = 0; i < started.streams.size(); i++)
          streams.Set(static_cast<uint32_t>(i), started.streams[i].release());
        Napi::Object result = Napi::Object::New(env);
        result.Set("pid", started.pid);
        result.Set("streams", streams);
        return result;
      });
}

Napi::Value reap_program(const Napi::CallbackInfo& info) {
  const pid_t pid = read_pid(Options(info));
  return perform(info.Env(), [pid] { kernel::reap_program(pid); });
}

}  // namespace

void export_processes(Napi::Env env, Napi::Object exports) {
  exports.Set("processStartTime", Napi::Function::New(env, process_start_time));
  exports.Set("signalProcess", Napi::Function::New(env, signal_process));
  exports.Set("startProgram", Napi::Function::New(env, start_program));
  exports.Set("startAttachedProgram", Napi::Function::New(env, start_attached_program));
  exports.Set("reapProgram", Napi::Function::New(env, reap_program));
  exports.Set("waitProcess", Napi::Function::New(env, wait_process));
}

}  // namespace binding
