#pragma once

#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace binding {

/// The one options object of a verb. Reading a missing or wrong field throws a TypeError that names it.
class Options {
 public:
  explicit Options(const Napi::CallbackInfo& info);
  explicit Options(Napi::Object object) : object_(object) {}

  std::string text(const char* name) const;
  uint32_t number(const char* name) const;
  /// A whole number that a double holds exactly.
  int64_t integer(const char* name) const;
  Napi::Function function(const char* name) const;
  /// Empty when absent.
  std::string text_or_empty(const char* name) const;
  std::optional<std::string> optional_text(const char* name) const;
  std::optional<uint32_t> optional_number(const char* name) const;
  std::optional<bool> optional_flag(const char* name) const;
  std::optional<Options> optional_object(const char* name) const;
  Options object(const char* name) const;
  std::vector<std::string> texts(const char* name) const;
  Napi::Value value(const char* name) const { return object_.Get(name); }
  bool is_null(const char* name) const { return object_.Get(name).IsNull(); }

 private:
  bool absent(const char* name) const;
  Napi::Object object_;
};

}  // namespace binding
