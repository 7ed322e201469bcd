#include "field_reader.h"

#include "failure.h"
#include "netstring.h"

std::string_view FieldReader::value(std::string_view name) {
  if (take_netstring(rest_) != name) fail("field " + std::string(name) + " is missing", EBADMSG);
  return take_netstring(rest_);
}

static std::string without_nul(std::string_view value, std::string_view name) {
  if (value.find('\0') != std::string_view::npos)
    fail("field " + std::string(name) + " contains NUL", EINVAL);
  return std::string(value);
}

std::string FieldReader::text(std::string_view name) { return without_nul(value(name), name); }

std::string FieldReader::bytes(std::string_view name) { return std::string(value(name)); }

static uint64_t decimal(std::string_view digits, std::string_view name, uint64_t least, uint64_t most) {
  const std::string step = "field " + std::string(name) + " must be a number from " + std::to_string(least) +
                           " to " + std::to_string(most);
  if (digits.empty() || digits.size() > 18 || (digits.size() > 1 && digits[0] == '0')) fail(step, EINVAL);
  uint64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') fail(step, EINVAL);
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  if (number < least || number > most) fail(step, ERANGE);
  return number;
}

uint64_t FieldReader::number(std::string_view name, uint64_t least, uint64_t most) {
  return decimal(value(name), name, least, most);
}

bool FieldReader::flag(std::string_view name) { return number(name, 0, 1) == 1; }

std::vector<std::string> FieldReader::list(std::string_view name, size_t most) {
  const uint64_t count = number(name, 0, most);
  std::vector<std::string> items;
  for (uint64_t i = 0; i < count; i++) items.push_back(without_nul(take_netstring(rest_), name));
  return items;
}

void FieldReader::end() {
  if (!rest_.empty()) fail("message has more fields than expected", EBADMSG);
}
