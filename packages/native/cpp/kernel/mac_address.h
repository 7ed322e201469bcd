#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kernel {

/// Six bytes from `02:00:5e:00:00:01`; throws KernelError EINVAL with the step.
std::vector<uint8_t> parse_mac(const std::string& text, const std::string& step);
std::string format_mac(std::span<const uint8_t> bytes);

}  // namespace kernel
