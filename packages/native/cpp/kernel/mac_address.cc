#include "mac_address.h"

#include <cerrno>
#include <cstdio>

#include "kernel_error.h"

namespace kernel {

std::vector<uint8_t> parse_mac(const std::string& text, const std::string& step) {
  std::vector<uint8_t> bytes(6);
  int end = 0;
  const int found = sscanf(text.c_str(), "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &bytes[0], &bytes[1],
                           &bytes[2], &bytes[3], &bytes[4], &bytes[5], &end);
  if (found != 6 || text.size() != 17 || end != 17) {
    throw KernelError(step, EINVAL, "not a MAC address: " + text);
  }
  return bytes;
}

std::string format_mac(std::span<const uint8_t> bytes) {
  std::string text;
  char part[4];
  for (const uint8_t byte : bytes) {
    snprintf(part, sizeof part, "%02x", byte);
    if (!text.empty()) text += ':';
    text += part;
  }
  return text;
}

}  // namespace kernel
