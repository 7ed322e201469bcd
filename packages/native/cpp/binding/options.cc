#include "options.h"

namespace binding {
namespace {

Napi::Object first_argument(const Napi::CallbackInfo& info) {
  if (info.Length() < 1 || !info[0].IsObject()) throw Napi::TypeError::New(info.Env(), "options are missing");
  return info[0].As<Napi::Object>();
}

[[noreturn]] void refuse(Napi::Env env, const char* name, const char* wanted) {
  throw Napi::TypeError::New(env, std::string(name) + " must be " + wanted);
}

}  // namespace

Options::Options(const Napi::CallbackInfo& info) : object_(first_argument(info)) {}

bool Options::absent(const char* name) const {
  const Napi::Value value = object_.Get(name);
  return value.IsUndefined() || value.IsNull();
}

std::string Options::text(const char* name) const {
  const Napi::Value value = object_.Get(name);
  if (!value.IsString()) refuse(object_.Env(), name, "a text");
  std::string text = value.As<Napi::String>();
  // The kernel would read only what stands before it
  if (text.find('\0') != std::string::npos) refuse(object_.Env(), name, "a text without NUL");
  return text;
}

std::vector<std::string> Options::texts(const char* name) const {
  const Napi::Value value = object_.Get(name);
  if (!value.IsArray()) refuse(object_.Env(), name, "a list of texts");
  const auto list = value.As<Napi::Array>();
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const Napi::Value one = list[i];
    if (!one.IsString()) refuse(object_.Env(), name, "a list of texts");
    texts.push_back(one.As<Napi::String>());
  }
  return texts;
}

uint32_t Options::number(const char* name) const {
  const Napi::Value value = object_.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= UINT32_MAX && number == static_cast<uint32_t>(number))) {
    refuse(object_.Env(), name, "a whole number from 0 to 4294967295");
  }
  return static_cast<uint32_t>(number);
}

int64_t Options::integer(const char* name) const {
  constexpr double largest = 9007199254740991;
  const Napi::Value value = object_.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= 0 && number <= largest)) refuse(object_.Env(), name, "a whole number");
  return static_cast<int64_t>(number);
}

Napi::Function Options::function(const char* name) const {
  const Napi::Value value = object_.Get(name);
  if (!value.IsFunction()) refuse(object_.Env(), name, "a function");
  return value.As<Napi::Function>();
}

std::string Options::text_or_empty(const char* name) const { return absent(name) ? "" : text(name); }

std::optional<std::string> Options::optional_text(const char* name) const {
  if (absent(name)) return std::nullopt;
  return text(name);
}

std::optional<uint32_t> Options::optional_number(const char* name) const {
  if (absent(name)) return std::nullopt;
  return number(name);
}

std::optional<bool> Options::optional_flag(const char* name) const {
  if (absent(name)) return std::nullopt;
  const Napi::Value value = object_.Get(name);
  if (!value.IsBoolean()) refuse(object_.Env(), name, "true or false");
  return value.As<Napi::Boolean>().Value();
}

std::optional<Options> Options::optional_object(const char* name) const {
  if (absent(name)) return std::nullopt;
  return object(name);
}

Options Options::object(const char* name) const {
  const Napi::Value value = object_.Get(name);
  if (!value.IsObject()) refuse(object_.Env(), name, "an object");
  return Options(value.As<Napi::Object>());
}

}  // namespace binding
