#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kernel {

/// One line of what may be opened, in the words of the v1 controller: `c 1:3 rw`, `c 136:* rwm`.
struct DeviceRule {
  /// 'c' or 'b'
  char type = 'c';
  uint32_t major = 0;
  /// every one of the major when absent
  std::optional<uint32_t> minor;
  /// of 'r', 'w' and 'm'
  std::string access;
};

/// Throws EINVAL for a text that is no rule.
DeviceRule parse_device_rule(const std::string& text);
std::string to_text(const DeviceRule& rule);

/// Whether this kernel takes programs that judge devices (CONFIG_CGROUP_BPF) from this process.
bool has_device_programs();

/// A program that allows these and nothing else is the one of ours at a group of the v2 tree, in place of the one
/// before; others' programs are left alone, and each of them has to allow too. It dies with the group.
void set_device_program(const std::string& group, const std::vector<DeviceRule>& rules);

/// The rules of our program at that group; absent when there is none.
std::optional<std::vector<DeviceRule>> read_device_program(const std::string& group);

}  // namespace kernel
