#include "report.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

static std::string escaped(const std::string& text) {
  std::string result;
  for (const unsigned char byte : text) {
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      result += static_cast<char>(byte);
      continue;
    }
    char code[5];
    std::snprintf(code, sizeof code, "\\x%02x", byte);
    result += code;
  }
  return result;
}

void found(const char* group, const std::string& item, const std::string& detail) {
  const std::string line = escaped(group) + "\t" + escaped(item) + "\t" + escaped(detail) + "\n";
  fwrite(line.data(), 1, line.size(), stdout);
}

std::string name_of_error(int error) {
  const char* name = strerrorname_np(error);
  return name ? name : std::to_string(error);
}

std::string whole_text(const std::string& path) {
  constexpr size_t kMost = 1 << 20;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return "";
  std::string text;
  char buffer[16384];
  for (ssize_t count; text.size() < kMost && (count = read(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(count));
  close(file);
  return text;
}
