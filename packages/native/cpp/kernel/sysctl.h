#pragma once

#include <string>

namespace kernel {

/// Writes below /proc/sys/net as the namespace pinned at `netns` has it (empty: that of this thread).
/// `path` is relative, its parts separated by `/` (ENOENT, EINVAL).
void write_sysctl(const std::string& netns, const std::string& path, const std::string& value);
/// The value without its final newline.
std::string read_sysctl(const std::string& netns, const std::string& path);

}  // namespace kernel
