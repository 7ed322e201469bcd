#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kernel {

/// An address with a prefix length, in network order.
struct IpPrefix {
  /// AF_INET or AF_INET6
  uint8_t family = AF_INET;
  std::vector<uint8_t> address;
  uint8_t length = 0;
};

/// `10.0.0.5/24`; throws KernelError EINVAL with the step.
IpPrefix parse_prefix(const std::string& text, const std::string& step);
/// `10.0.0.5`: the length is that of the family.
IpPrefix parse_address(const std::string& text, const std::string& step);
/// RFC 5952 for v6.
std::string format_address(uint8_t family, std::span<const uint8_t> bytes);

}  // namespace kernel
