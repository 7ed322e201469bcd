#include "failure.h"

#include <cstdlib>

#include "paths.h"

void fail(std::string step, int error) { throw Failure{std::move(step), error}; }

void report(int fd, const Failure& failure) {
  std::string line = "error " + std::to_string(failure.error) + " " + failure.step;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20) c = '?';
  line += '\n';
  write_all(fd, line);
}

bool parse_report(std::string_view text, Failure& failure) {
  if (!text.starts_with("error ")) return false;
  const size_t space = text.find(' ', 6);
  const size_t end = text.find('\n');
  if (space == std::string_view::npos || end == std::string_view::npos || end < space) return false;
  failure.error = std::atoi(std::string(text.substr(6, space - 6)).c_str());
  failure.step = text.substr(space + 1, end - space - 1);
  return true;
}
