#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/**
 * Reads a message of named fields in one fixed order: each is a netstring with the name and then one with
 * the value; a list is its length and then its items. What is missing, misplaced or left over is refused.
 */
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : rest_(message) {}

  /** Text without NUL. */
  std::string text(std::string_view name);
  uint64_t number(std::string_view name, uint64_t least, uint64_t most);
  bool flag(std::string_view name);
  std::vector<std::string> list(std::string_view name, size_t most);
  /** Any bytes. */
  std::string bytes(std::string_view name);
  void end();

 private:
  std::string_view value(std::string_view name);

  std::string_view rest_;
};
