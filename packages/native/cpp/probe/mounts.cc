/** C: the mount interface and namespaces. */
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>

#include "outcome.h"

namespace {

/** By the old call and by the new ones; what is made goes with this process or is taken away at once. */
Outcome mount_of(const char* type) {
  const std::string place = scratch_directory();
  const std::string at = place.empty() ? "/tmp" : place;
  Outcome outcome = held("");
  if (mount("probe", at.c_str(), type, MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0) {
    umount2(at.c_str(), MNT_DETACH);
    outcome = breach("mounted");
  } else {
    const int of_mount = errno;
    Fd context(fsopen(type, FSOPEN_CLOEXEC));
    if (!context)
      outcome = held(error_name(of_mount) + ", " + error_name(errno));
    else if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0)
      outcome = breach("a file system was made");
    else
      outcome = held(error_name(of_mount) + ", " + error_name(errno));
  }
  if (!place.empty()) rmdir(place.c_str());
  return outcome;
}

Outcome context_of(const char* type) {
  Fd context(fsopen(type, FSOPEN_CLOEXEC));
  return context ? breach("fsopen") : must_be_refused(-1, {ENODEV});
}

/** Reads from its own context of legacy parameters, which was too long in CVE-2022-0185. */
Outcome long_parameter(const char*) {
  Fd context(fsopen("cgroup2", FSOPEN_CLOEXEC));
  if (!context) context.number = fsopen("tmpfs", FSOPEN_CLOEXEC);
  if (!context) return must_be_refused(-1);
  return breach("a context that takes parameters");
}

Outcome bind_root(const char*) {
  const std::string place = scratch_directory();
  if (place.empty()) return skip("no directory to write in");
  const Outcome outcome = must_be_refused(mount("/", place.c_str(), nullptr, MS_BIND | MS_REC, nullptr));
  if (outcome.verdict == Verdict::breach) umount2(place.c_str(), MNT_DETACH);
  rmdir(place.c_str());
  return outcome;
}

Outcome clone_tree(const char* path) {
  Fd tree(open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
  return tree ? breach("cloned") : must_be_refused(-1);
}

Outcome unmount(const char* path) {
  if (is_on_host()) return skip("not on the host");
  const int flags[] = {0, MNT_DETACH, UMOUNT_NOFOLLOW};
  for (const int flag : flags)
    if (umount2(path, flag) == 0) return breach("taken away");
  return must_be_refused(-1, {EINVAL, EBUSY});
}

Outcome remount(const char* path) {
  if (is_on_host()) return skip("not on the host");
  return must_be_refused(mount(nullptr, path, nullptr, MS_REMOUNT | MS_BIND, nullptr), {EINVAL});
}

Outcome clear_attribute(const char* path) {
  mount_attr attributes{};
  attributes.attr_clr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  if (is_on_host()) return skip("not on the host");
  return must_be_refused(mount_setattr(AT_FDCWD, path, 0, &attributes, sizeof attributes), {EINVAL});
}

Outcome move_away(const char* path) {
  const std::string place = scratch_directory();
  if (place.empty()) return skip("no directory to write in");
  const Outcome outcome =
      is_on_host() ? skip("not on the host")
                   : must_be_refused(mount(path, place.c_str(), nullptr, MS_MOVE, nullptr), {EINVAL});
  rmdir(place.c_str());
  return outcome;
}

/** Made shared, what is mounted here would be mounted wherever else the same group is. */
Outcome propagate(const char*) {
  if (is_on_host()) return skip("not on the host");
  if (mount(nullptr, "/", nullptr, MS_REC | MS_SHARED, nullptr) < 0) return must_be_refused(-1);
  mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  return breach("propagation was changed");
}

/** A mount of this tree that is somebody's peer or slave without having been declared. */
Outcome peers_of_mounts(const char*) {
  const std::string table = text_of("/proc/self/mountinfo");
  const std::string declared = told("PROPAGATED");
  size_t begin = 0;
  for (size_t end; (end = table.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = table.substr(begin, end - begin);
    if (line.find(" shared:") == std::string::npos && line.find(" master:") == std::string::npos) continue;
    if (!declared.empty() && line.find(" " + declared + " ") != std::string::npos) continue;
    return breach(line);
  }
  return held("every mount is private");
}

Outcome pivot(const char*) {
  if (is_on_host()) return skip("not on the host");
  if (chdir("/") < 0) return held(error_name(errno));
  return must_be_refused(syscall(SYS_pivot_root, ".", "."), {EINVAL, EBUSY});
}

struct Namespace {
  const char* name;
  int flag;
};

int flag_of(const char* name) {
  static constexpr Namespace kNamespaces[] = {
      {"user", CLONE_NEWUSER}, {"mnt", CLONE_NEWNS},  {"pid", CLONE_NEWPID},       {"net", CLONE_NEWNET},
      {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS}, {"cgroup", CLONE_NEWCGROUP}, {"time", 0x80}};
  for (const auto& [known, flag] : kNamespaces)
    if (!std::strcmp(known, name)) return flag;
  return 0;
}

Outcome unshared(const char* name) { return must_be_refused(unshare(flag_of(name)), {ENOSPC, EUSERS}); }

Outcome cloned(const char* name) {
  const long child = syscall(SYS_clone, flag_of(name) | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) _exit(0);
  if (child > 0) waitpid(static_cast<pid_t>(child), nullptr, 0);
  return must_be_refused(child, {ENOSPC, EUSERS});
}

/** Its flags lie behind a pointer, where no filter can see them. */
Outcome cloned_by_pointer(const char*) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  const long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) _exit(0);
  if (child > 0) waitpid(static_cast<pid_t>(child), nullptr, 0);
  return must_be_refused(child);
}

Outcome entered(const char* name) {
  Fd own(open(("/proc/self/ns/" + std::string(name)).c_str(), O_RDONLY | O_CLOEXEC));
  if (!own) return held(error_name(errno));
  if (std::strcmp(name, "user") == 0) return must_be_refused(setns(own.get(), 0), {EINVAL});
  return must_be_refused(setns(own.get(), flag_of(name)));
}

Outcome entered_of_init(const char* name) {
  Fd of_init(open(("/proc/1/ns/" + std::string(name)).c_str(), O_RDONLY | O_CLOEXEC));
  if (!of_init) return held(error_name(errno));
  struct stat own {
  }, other{};
  stat(("/proc/self/ns/" + std::string(name)).c_str(), &own);
  fstat(of_init.get(), &other);
  return own.st_ino == other.st_ino ? held("pid 1 is in the same") : breach("pid 1 is in another namespace");
}

/** By itself, not as a part of another. */
bool names_word(const std::string& text, const std::string& word) {
  const auto is_of_word = [&](size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at]));
  };
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    if (!(at > 0 && is_of_word(at - 1)) && !is_of_word(at + word.size())) return true;
  return false;
}

Outcome mount_table_words(const char*) {
  const std::string words = told("PRIVATE_WORDS");
  if (words.empty()) return skip("no words named");
  const std::string table = text_of("/proc/self/mountinfo") + text_of("/proc/self/mounts");
  size_t begin = 0;
  while (begin < words.size()) {
    size_t end = words.find(',', begin);
    if (end == std::string::npos) end = words.size();
    const std::string word = words.substr(begin, end - begin);
    if (!word.empty() && names_word(table, word)) return breach("the mount table names " + word);
    begin = end + 1;
  }
  return held("no name of a host's or tenant's in it");
}

Outcome list_mounts(const char*) {
  uint64_t ids[16];
  struct {
    uint32_t size, spare;
    uint64_t id, param;
  } request{24, 0, 0xffffffffffffffffULL, 0};
  return must_be_refused(syscall(458 /* listmount */, &request, ids, 16, 0));
}

/** What a distribution never needs, and the kernel would give: its own bound is 100,000 for each namespace.
 */
constexpr int kMountsMost = 2000;

Outcome many_mounts(const char*) {
  const std::string place = scratch_directory();
  if (place.empty()) return skip("no directory to write in");
  int made = 0;
  while (made < kMountsMost && mount("probe", place.c_str(), "tmpfs", 0, "size=4k") == 0) made++;
  for (int i = 0; i < made; i++) umount2(place.c_str(), MNT_DETACH);
  rmdir(place.c_str());
  return made < kMountsMost ? held(std::to_string(made) + " mounts")
                            : breach(std::to_string(made) + " mounts and no end");
}

constexpr Probe kProbes[] = {
    {"mount-proc", 40, 'C', "", "no fresh process table without its masks", mount_of, "proc"},
    {"mount-sysfs", 41, 'C', "", "no fresh sysfs", mount_of, "sysfs"},
    {"mount-cgroup", 45, 'C', "CVE-2022-0492", "no cgroup v1 hierarchy", mount_of, "cgroup"},
    {"mount-cgroup2", 46, 'C', "", "no cgroup v2 hierarchy", mount_of, "cgroup2"},
    {"mount-debugfs", 47, 'C', "", "no debugfs", mount_of, "debugfs"},
    {"mount-tracefs", 47, 'C', "", "no tracefs", mount_of, "tracefs"},
    {"mount-securityfs", 47, 'C', "", "no securityfs", mount_of, "securityfs"},
    {"mount-bpf", 47, 'C', "", "no bpffs", mount_of, "bpf"},
    {"mount-pstore", 47, 'C', "", "no pstore", mount_of, "pstore"},
    {"mount-fusectl", 47, 'C', "", "no fusectl", mount_of, "fusectl"},
    {"mount-devtmpfs", 47, 'C', "", "no devtmpfs", mount_of, "devtmpfs"},
    {"mount-configfs", 47, 'C', "", "no configfs", mount_of, "configfs"},
    {"mount-hugetlbfs", 47, 'C', "", "no hugetlbfs", mount_of, "hugetlbfs"},
    {"mount-ext4", 48, 'C', "", "no ext4", mount_of, "ext4"},
    {"mount-xfs", 48, 'C', "", "no xfs", mount_of, "xfs"},
    {"mount-overlay", 31, 'B', "CVE-2023-0386,CVE-2023-2640,CVE-2023-32629", "no overlay of its own",
     context_of, "overlay"},
    {"mount-tmpfs", 49, 'C', "", "no tmpfs of its own, unless the profile says so", mount_of, "tmpfs"},
    {"mount-mqueue", 49, 'C', "", "no mqueue of its own, unless the profile says so", mount_of, "mqueue"},
    {"mount-devpts", 49, 'C', "", "no devpts of its own, unless the profile says so", mount_of, "devpts"},
    {"mount-binfmt", 49, 'C', "", "no binfmt_misc of its own", mount_of, "binfmt_misc"},
    {"mount-fuse", 49, 'C', "", "no fuse of its own", context_of, "fuse"},
    {"mount-nfs", 48, 'C', "", "no network file system", context_of, "nfs"},
    {"mount-parameters", 48, 'C', "CVE-2022-0185", "no file-system context that takes parameters",
     long_parameter, ""},
    {"mount-bind", 50, 'C', "CVE-2017-5226", "no bind mount", bind_root, ""},
    {"mount-clone-root", 50, 'C', "", "the root cannot be cloned", clone_tree, "/"},
    {"mount-clone-proc", 50, 'C', "", "the process table cannot be cloned", clone_tree, "/proc"},
    {"mount-table", 61, 'D', "", "the mount table names no tenant and no host", mount_table_words, ""},
    {"mount-listed", 87, 'E', "", "listmount is not there", list_mounts, ""},
    {"mount-bomb", 52, 'C', "", "mounts are bounded", many_mounts, ""},
    {"propagation", 51, 'C', "", "propagation cannot be changed", propagate, ""},
    {"propagation-peers", 51, 'C', "", "no mount has a peer outside", peers_of_mounts, ""},
    {"unmount-proc", 42, 'C', "", "/proc cannot be taken away from over what is below", unmount, "/proc"},
    {"unmount-proc-sys", 42, 'C', "", "the read-only /proc/sys stays", unmount, "/proc/sys"},
    {"unmount-dev", 42, 'C', "", "/dev stays", unmount, "/dev"},
    {"unmount-usr", 42, 'C', "", "/usr stays", unmount, "/usr"},
    {"unmount-root", 55, 'C', "CVE-2014-7970", "/ stays", unmount, "/"},
    {"remount-usr", 43, 'C', "", "/usr is not mounted again", remount, "/usr"},
    {"remount-proc", 43, 'C', "", "/proc is not mounted again without its flags", remount, "/proc"},
    {"remount-proc-sys", 43, 'C', "", "/proc/sys is not mounted again without its flags", remount,
     "/proc/sys"},
    {"attributes-root", 44, 'C', "", "no flag of / is cleared", clear_attribute, "/"},
    {"attributes-usr", 44, 'C', "", "no flag of /usr is cleared", clear_attribute, "/usr"},
    {"attributes-proc-sys", 44, 'C', "", "no flag of /proc/sys is cleared", clear_attribute, "/proc/sys"},
    {"move-proc-sys", 42, 'C', "", "the read-only /proc/sys is not moved away", move_away, "/proc/sys"},
    {"pivot-root", 55, 'C', "CVE-2014-7970", "the root cannot be turned", pivot, ""},
    {"unshare-user", 53, 'C', "CVE-2013-1858", "no user namespace by unshare", unshared, "user"},
    {"unshare-mount", 53, 'C', "", "no mount namespace by unshare", unshared, "mnt"},
    {"unshare-net", 53, 'C', "", "no network namespace by unshare", unshared, "net"},
    {"unshare-pid", 53, 'C', "", "no pid namespace by unshare", unshared, "pid"},
    {"unshare-ipc", 53, 'C', "", "no ipc namespace by unshare", unshared, "ipc"},
    {"unshare-uts", 53, 'C', "", "no uts namespace by unshare", unshared, "uts"},
    {"unshare-cgroup", 53, 'C', "", "no cgroup namespace by unshare", unshared, "cgroup"},
    {"unshare-time", 53, 'C', "", "no time namespace by unshare", unshared, "time"},
    {"clone-user", 53, 'C', "CVE-2013-1858", "no user namespace by clone", cloned, "user"},
    {"clone-net", 53, 'C', "", "no network namespace by clone", cloned, "net"},
    {"clone-uts", 53, 'C', "", "no uts namespace by clone", cloned, "uts"},
    {"clone-ipc", 53, 'C', "", "no ipc namespace by clone", cloned, "ipc"},
    {"clone-mount", 53, 'C', "", "no mount namespace by clone", cloned, "mnt"},
    {"clone3", 72, 'E', "", "clone3 does not exist", cloned_by_pointer, ""},
    {"setns-uts", 54, 'C', "", "no namespace can be entered, its own neither", entered, "uts"},
    {"setns-net", 54, 'C', "", "no network namespace can be entered", entered, "net"},
    {"setns-mount", 54, 'C', "", "no mount namespace can be entered", entered, "mnt"},
    {"namespace-of-init-mount", 54, 'C', "", "pid 1 is in the same mount namespace", entered_of_init, "mnt"},
    {"namespace-of-init-user", 54, 'C', "", "pid 1 is in the same user namespace", entered_of_init, "user"},
};

}  // namespace

Probes mount_probes() { return kProbes; }
