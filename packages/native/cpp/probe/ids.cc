/** B: ids, capabilities, attributes. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "outcome.h"

namespace {

std::string line_of(const std::string& text, const std::string& key) {
  const size_t at = ("\n" + text).find("\n" + key + ":");
  if (at == std::string::npos) return "";
  const size_t begin = text.find_first_not_of(" \t", at + key.size() + 1);
  return text.substr(begin, text.find('\n', begin) - begin);
}

Outcome identity_map(const char* path) {
  const std::string map = text_of(path);
  unsigned long inside = 0, outside = 0, count = 0;
  if (map.empty()) return held("the map cannot be read");
  if (std::sscanf(map.c_str(), "%lu %lu %lu", &inside, &outside, &count) != 3)
    return breach("no map: " + map);
  // Whoever looks from a namespace of the same map sees its own numbers: the count tells.
  if (outside == 0 && count > 65536) return breach("identity");
  return count <= 65536 && map.find('\n') == map.size() - 1 ? held("65536 ids of its own") : breach(map);
}

Outcome foreign_user(const char* id) {
  return must_be_refused(setresuid(static_cast<uid_t>(std::strtoul(id, nullptr, 10)), static_cast<uid_t>(-1),
                                   static_cast<uid_t>(-1)),
                         {EINVAL});
}

Outcome foreign_group(const char* id) {
  return must_be_refused(setresgid(static_cast<gid_t>(std::strtoul(id, nullptr, 10)), static_cast<gid_t>(-1),
                                   static_cast<gid_t>(-1)),
                         {EINVAL});
}

Outcome foreign_owner(const char*) {
  const std::string below = scratch_directory();
  if (below.empty()) return skip("no directory to write in");
  const Outcome outcome = must_be_refused(chown(below.c_str(), 70000, 70000), {EINVAL, EOVERFLOW});
  rmdir(below.c_str());
  return outcome;
}

Outcome foreign_supplementary(const char*) {
  const gid_t groups[] = {70000};
  return must_be_refused(setgroups(1, groups), {EINVAL});
}

Outcome rewrite_map(const char* path) {
  Fd map(open(path, O_WRONLY | O_CLOEXEC));
  if (!map) return must_be_refused(-1);
  return must_be_refused(write(map.get(), "0 0 1\n", 6), {EINVAL});
}

Outcome no_groups(const char*) {
  gid_t groups[256];
  const int count = getgroups(256, groups);
  return count == 0 ? held("none")
                    : breach(std::to_string(count) + " groups, the first " + std::to_string(groups[0]));
}

Outcome empty_set(const char* name) {
  const std::string set = line_of(text_of("/proc/self/status"), name);
  if (set.empty()) return held("no such line");
  return set.find_first_not_of('0') == std::string::npos ? held(set) : breach(set);
}

/** What no profile gives: they are of the host, or undo the filter. */
Outcome bounding_set(const char*) {
  static constexpr struct {
    int number;
    const char* name;
  } kNever[] = {{2, ""},
                {CAP_SYS_MODULE, "SYS_MODULE"},
                {CAP_SYS_RAWIO, "SYS_RAWIO"},
                {CAP_SYS_TIME, "SYS_TIME"},
                {CAP_MAC_ADMIN, "MAC_ADMIN"},
                {CAP_MAC_OVERRIDE, "MAC_OVERRIDE"},
                {CAP_SYSLOG, "SYSLOG"},
                {CAP_WAKE_ALARM, "WAKE_ALARM"},
                {CAP_BLOCK_SUSPEND, "BLOCK_SUSPEND"},
                {CAP_AUDIT_CONTROL, "AUDIT_CONTROL"},
                {CAP_BPF, "BPF"},
                {CAP_PERFMON, "PERFMON"},
                {CAP_CHECKPOINT_RESTORE, "CHECKPOINT_RESTORE"},
                {CAP_SYS_PACCT, "SYS_PACCT"},
                {CAP_LINUX_IMMUTABLE, "LINUX_IMMUTABLE"},
                {CAP_MKNOD, "MKNOD"}};
  std::string found;
  for (const auto& [number, name] : kNever)
    if (*name && prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) found += std::string(" ") + name;
  return found.empty() ? held("without those of the host") : breach("has" + found);
}

/** A capability that is given is of the tree's own user namespace; what was told is all. */
Outcome bounding_set_as_told(const char*) {
  const std::string wanted = told("CAPABILITIES");
  if (wanted.empty()) return skip("no set of capabilities named");
  const unsigned long long allowed = std::strtoull(wanted.c_str(), nullptr, 10);
  unsigned long long found = 0;
  for (unsigned number = 0; number < 63 && prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; number++)
    if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) found |= 1ULL << number;
  return (found & ~allowed) == 0 ? held("no more than its set") : breach("more than its set");
}

Outcome no_new_privileges(const char*) {
  return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? held("set") : breach("not set");
}

Outcome raise_ambient(const char*) {
  return must_be_refused(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
}

Outcome regain_capability(const char*) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) < 0) return held(error_name(errno));
  if (data[0].permitted & (1U << CAP_SYS_ADMIN)) return breach("CAP_SYS_ADMIN is held");
  data[0].permitted |= 1U << CAP_SYS_ADMIN;
  data[0].effective |= 1U << CAP_SYS_ADMIN;
  return must_be_refused(syscall(SYS_capset, &header, data));
}

Outcome with_file(Outcome (*body)(int fd)) {
  const std::string below = scratch_directory();
  if (below.empty()) return skip("no directory to write in");
  const std::string path = below + "/file";
  Outcome outcome = skip("no file can be made");
  {
    Fd file(open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    if (file) outcome = body(file.get());
  }
  unlink(path.c_str());
  rmdir(below.c_str());
  return outcome;
}

Outcome immutable(const char* flag) {
  static int wanted;
  wanted = flag[0] == 'i' ? FS_IMMUTABLE_FL : FS_APPEND_FL;
  return with_file([](int fd) {
    int flags = 0;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) return must_be_refused(-1, {ENOTTY, EOPNOTSUPP});
    const int with = flags | wanted;
    const Outcome outcome = must_be_refused(ioctl(fd, FS_IOC_SETFLAGS, &with), {EOPNOTSUPP});
    ioctl(fd, FS_IOC_SETFLAGS, &flags);
    return outcome;
  });
}

Outcome project(const char*) {
  return with_file([](int fd) {
    fsxattr attributes{};
    if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes) < 0) return must_be_refused(-1, {ENOTTY, EOPNOTSUPP});
    attributes.fsx_projid += 1;
    return must_be_refused(ioctl(fd, FS_IOC_FSSETXATTR, &attributes), {EINVAL, EOPNOTSUPP});
  });
}

Outcome mapped_project(const char* none) {
  if (is_on_host()) return skip("not on the host");
  Fd map(open("/proc/self/projid_map", O_WRONLY | O_CLOEXEC));
  if (map && write(map.get(), "0 0 65536\n", 10) < 0) return project(none);
  return project(none);
}

Outcome attribute(const char* name) {
  static const char* wanted;
  wanted = name;
  return with_file([](int fd) {
    return must_be_refused(fsetxattr(fd, wanted, "x", 1, 0), {EOPNOTSUPP, EINVAL});
  });
}

/** As what the host would obey: version 2, without the id of the namespace that it is for. */
Outcome host_file_capability(const char*) {
  return with_file([](int fd) {
    vfs_cap_data data{};
    data.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
    data.data[0].permitted = 1U << CAP_NET_RAW;
    if (fsetxattr(fd, "security.capability", &data, XATTR_CAPS_SZ_2, 0) < 0)
      return must_be_refused(-1, {EOPNOTSUPP});
    // Stored, it may be good for its own namespace only: the kernel then writes version 3 with its root id.
    return held("kept for its own namespace, or by nobody outside: the host mounts it nosuid");
  });
}

Outcome low_oom_score(const char*) {
  const std::string now = text_of("/proc/self/oom_score_adj");
  if (now.empty()) return held("cannot be read");
  if (now[0] == '-') return breach("it is " + now);
  Fd file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (!file) return held(error_name(errno));
  const std::string lower = std::to_string(std::atoi(now.c_str()) - 1);
  return must_be_refused(write(file.get(), lower.data(), lower.size()));
}

Outcome core_dump(const char*) {
  rlimit limit{};
  getrlimit(RLIMIT_CORE, &limit);
  return limit.rlim_max == 0
             ? held("none")
             : breach("up to " + std::to_string(limit.rlim_max) + " bytes, by the host's core_pattern");
}

Outcome raise_limit(const char* which) {
  const int resource = std::atoi(which);
  rlimit limit{};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &limit) < 0) return held(error_name(errno));
  if (limit.rlim_max == RLIM_INFINITY) return held("infinite: bounded by its group");
  limit.rlim_max += 1;
  return must_be_refused(setrlimit(static_cast<__rlimit_resource_t>(resource), &limit));
}

constexpr Probe kProbes[] = {
    {"map-of-users", 27, 'B', "", "users are a shifted range, one extent of 65536", identity_map,
     "/proc/self/uid_map"},
    {"map-of-groups", 27, 'B', "", "groups are a shifted range, one extent of 65536", identity_map,
     "/proc/self/gid_map"},
    {"map-rewritten", 27, 'B', "", "the map of users cannot be written again", rewrite_map,
     "/proc/self/uid_map"},
    {"map-of-groups-rewritten", 27, 'B', "", "the map of groups cannot be written again", rewrite_map,
     "/proc/self/gid_map"},
    {"project-after-map", 34, 'B', "", "nor after projects were mapped, which anybody may", mapped_project,
     ""},
    {"user-beyond-range", 38, 'B', "CVE-2018-18955", "no user beyond the range", foreign_user, "70000"},
    {"user-host-maximum", 38, 'B', "CVE-2018-18955", "no user 4294967294", foreign_user, "4294967294"},
    {"group-beyond-range", 38, 'B', "CVE-2018-18955", "no group beyond the range", foreign_group, "70000"},
    {"groups-beyond-range", 36, 'B', "", "no supplementary group beyond the range", foreign_supplementary,
     ""},
    {"owner-beyond-range", 38, 'B', "", "no file is given to an id beyond the range", foreign_owner, ""},
    {"groups-of-agent", 36, 'B', "", "no supplementary group comes in", no_groups, ""},
    {"capabilities-inheritable", 37, 'B', "CVE-2022-24769,CVE-2022-29162", "nothing is inheritable",
     empty_set, "CapInh"},
    {"capabilities-ambient", 37, 'B', "CVE-2022-24769", "nothing is ambient", empty_set, "CapAmb"},
    {"capabilities-of-host", 37, 'B', "", "the bounding set has none that is for the host", bounding_set, ""},
    {"capabilities-bound", 37, 'B', "", "the bounding set is no more than the profile's",
     bounding_set_as_told, ""},
    {"capabilities-regained", 37, 'B', "", "CAP_SYS_ADMIN cannot be had", regain_capability, ""},
    {"capabilities-raised", 37, 'B', "", "CAP_SYS_ADMIN cannot be made ambient", raise_ambient, ""},
    {"no-new-privileges", 37, 'B', "", "no_new_privs is set, where the profile says so", no_new_privileges,
     ""},
    {"immutable-file", 33, 'B', "", "chattr +i is refused", immutable, "i"},
    {"append-only-file", 33, 'B', "", "chattr +a is refused", immutable, "a"},
    {"project-of-file", 34, 'B', "", "a file's project cannot be changed", project, ""},
    {"attribute-trusted", 35, 'B', "", "trusted attributes are refused", attribute, "trusted.probe"},
    {"attribute-overlay", 35, 'B', "CVE-2023-2640,CVE-2023-32629", "overlay's own attributes are refused",
     attribute, "trusted.overlay.opaque"},
    {"attribute-selinux", 35, 'B', "", "security.selinux is refused", attribute, "security.selinux"},
    {"attribute-ima", 35, 'B', "", "security.ima is refused", attribute, "security.ima"},
    {"attribute-capability", 29, 'B', "", "a file capability is for its own namespace", host_file_capability,
     ""},
    {"oom-score", 63, 'D', "", "nothing is or becomes protected from the OOM killer", low_oom_score, ""},
    {"core-dump", 56, 'D', "CVE-2022-0811", "no core is handed to the host's core_pattern", core_dump, ""},
    {"limit-files-raised", 83, 'E', "", "the hard limit of files stays", raise_limit, "7"},
    {"limit-core-raised", 83, 'E', "", "the hard limit of cores stays", raise_limit, "4"},
    {"limit-nice-raised", 83, 'E', "", "the hard limit of niceness stays", raise_limit, "13"},
    {"limit-realtime-raised", 83, 'E', "", "the hard limit of real-time priority stays", raise_limit, "14"},
    {"limit-locked-memory-raised", 83, 'E', "", "the hard limit of locked memory stays", raise_limit, "8"},
};

}  // namespace

Probes id_probes() { return kProbes; }
