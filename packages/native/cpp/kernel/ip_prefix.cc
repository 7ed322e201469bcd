#include "ip_prefix.h"

#include <arpa/inet.h>

#include <cerrno>
#include <charconv>

#include "kernel_error.h"

namespace kernel {

IpPrefix parse_address(const std::string& text, const std::string& step) {
  IpPrefix result;
  const bool is_v6 = text.find(':') != std::string::npos;
  result.family = is_v6 ? AF_INET6 : AF_INET;
  result.address.resize(is_v6 ? 16 : 4);
  result.length = is_v6 ? 128 : 32;
  if (inet_pton(result.family, text.c_str(), result.address.data()) != 1) {
    throw KernelError(step, EINVAL, "not an address: " + text);
  }
  return result;
}

IpPrefix parse_prefix(const std::string& text, const std::string& step) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) throw KernelError(step, EINVAL, "no prefix length in " + text);
  IpPrefix result = parse_address(text.substr(0, slash), step);
  unsigned length = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + slash + 1, end, length);
  if (parsed.ec != std::errc() || parsed.ptr != end || length > result.length) {
    throw KernelError(step, EINVAL, "wrong prefix length in " + text);
  }
  result.length = static_cast<uint8_t>(length);
  return result;
}

std::string format_address(uint8_t family, std::span<const uint8_t> bytes) {
  const size_t size = family == AF_INET6 ? 16 : 4;
  if (bytes.size() < size) return "";
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(family, bytes.data(), text, sizeof text) ? text : "";
}

}  // namespace kernel
