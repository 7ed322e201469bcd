#pragma once

#include <string>

namespace kernel {

struct BindMount {
  std::string source;
  std::string target;
  bool read_only = false;
  bool nosuid = false;
  bool nodev = false;
  bool noexec = false;
};

/// With everything mounted below `source`; the flags hold for all of it. No link is followed on either path.
void bind_mount(const BindMount& mount);
/// `size` as tmpfs takes it (`64m`), `mode` octal.
void mount_tmpfs(const std::string& target, const std::string& size, const std::string& mode);
/// Everything mounted at `target` is gone (EINVAL when nothing was).
void unmount(const std::string& target);
/// What users see of others' processes in the proc that is mounted at `target`, in proc's own words
/// (`invisible`); its other options stay. It holds at every place where that instance is mounted (EINVAL
/// where none is).
void set_hidepid(const std::string& target, const std::string& hidepid);

}  // namespace kernel
