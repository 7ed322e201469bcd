/** D: what /proc and /sys tell and what they obey. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "outcome.h"

namespace {

bool is_null(int fd) {
  struct stat found {};
  return fstat(fd, &found) == 0 && S_ISCHR(found.st_mode) && found.st_rdev == makedev(1, 3);
}

/** Opened and not written: the payload harms nobody. */
Outcome not_writable(const char* path) {
  Fd file(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) return must_be_refused(-1, {ENOTDIR, EISDIR, EIO});
  return is_null(file.get()) ? held("it is /dev/null") : breach("opened for writing");
}

Outcome not_readable(const char* path) {
  // A mask that can be taken away hides nothing.
  if (!is_on_host()) {
    umount2(path, 0);
    umount2(path, MNT_DETACH);
  }
  Fd file(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file) return must_be_refused(-1, {ENOTDIR, EIO});
  char byte;
  const ssize_t got = read(file.get(), &byte, 1);
  if (got > 0) return breach("it was read");
  return held(got == 0 ? "empty" : error_name(errno));
}

Outcome nothing_in(const char* path) {
  if (!is_on_host()) umount2(path, MNT_DETACH);
  DIR* directory = opendir(path);
  if (!directory) return must_be_refused(-1, {ENOTDIR});
  std::string first;
  for (dirent* entry; first.empty() && (entry = readdir(directory));)
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) first = entry->d_name;
  closedir(directory);
  return first.empty() ? held("empty") : breach("shows " + first);
}

/** Kernel addresses in a file that everybody may read: all zero, or there is no file. */
Outcome no_addresses(const char* path) {
  const std::string text = text_of(path);
  if (text.empty()) return held("empty");
  return text.find("ffffffff8") == std::string::npos ? held("without addresses")
                                                     : breach("shows kernel addresses");
}

Outcome no_words_of_host(const char* path) {
  const std::string words = told("HOST_WORDS");
  if (words.empty()) return skip("no words of the host named");
  const std::string text = text_of(path);
  for (size_t begin = 0; begin < words.size();) {
    const size_t end = std::min(words.find(',', begin), words.size());
    const std::string word = words.substr(begin, end - begin);
    if (text.find(word) != std::string::npos) return breach("shows " + word);
    begin = end + 1;
  }
  return held("not in it");
}

constexpr const char* kWrite = "it cannot be opened for writing";
constexpr const char* kRead = "it tells nothing";

constexpr Probe kProbes[] = {
    {"write-core-pattern", 56, 'D', "CVE-2022-0811", kWrite, not_writable, "/proc/sys/kernel/core_pattern"},
    {"write-core-pipe-limit", 56, 'D', "", kWrite, not_writable, "/proc/sys/kernel/core_pipe_limit"},
    {"write-modprobe", 57, 'D', "", kWrite, not_writable, "/proc/sys/kernel/modprobe"},
    {"write-hotplug", 57, 'D', "", kWrite, not_writable, "/proc/sys/kernel/hotplug"},
    {"write-uevent-helper", 57, 'D', "", kWrite, not_writable, "/sys/kernel/uevent_helper"},
    {"write-sysrq", 57, 'D', "", kWrite, not_writable, "/proc/sys/kernel/sysrq"},
    {"write-sysrq-trigger", 57, 'D', "CVE-2025-31133", kWrite, not_writable, "/proc/sysrq-trigger"},
    {"write-panic", 57, 'D', "", kWrite, not_writable, "/proc/sys/kernel/panic"},
    {"write-panic-on-oops", 57, 'D', "", kWrite, not_writable, "/proc/sys/kernel/panic_on_oops"},
    {"write-kexec-disabled", 57, 'D', "", kWrite, not_writable, "/proc/sys/kernel/kexec_load_disabled"},
    {"write-binfmt-register", 57, 'D', "", kWrite, not_writable, "/proc/sys/fs/binfmt_misc/register"},
    {"write-randomize", 58, 'D', "", kWrite, not_writable, "/proc/sys/kernel/randomize_va_space"},
    {"write-drop-caches", 58, 'D', "", kWrite, not_writable, "/proc/sys/vm/drop_caches"},
    {"write-overcommit", 58, 'D', "", kWrite, not_writable, "/proc/sys/vm/overcommit_memory"},
    {"write-mmap-min", 58, 'D', "", kWrite, not_writable, "/proc/sys/vm/mmap_min_addr"},
    {"write-file-max", 58, 'D', "", kWrite, not_writable, "/proc/sys/fs/file-max"},
    {"write-protected-hardlinks", 58, 'D', "", kWrite, not_writable, "/proc/sys/fs/protected_hardlinks"},
    {"write-shmmax", 58, 'D', "", kWrite, not_writable, "/proc/sys/kernel/shmmax"},
    {"write-msgmnb", 58, 'D', "", kWrite, not_writable, "/proc/sys/kernel/msgmnb"},
    {"write-mqueue-limit", 58, 'D', "", kWrite, not_writable, "/proc/sys/fs/mqueue/queues_max"},
    {"write-last-pid", 58, 'D', "", kWrite, not_writable, "/proc/sys/kernel/ns_last_pid"},
    {"write-pid-max", 58, 'D', "", kWrite, not_writable, "/proc/sys/kernel/pid_max"},
    {"write-ldisc-autoload", 58, 'D', "", kWrite, not_writable, "/proc/sys/dev/tty/ldisc_autoload"},
    {"write-legacy-tiocsti", 67, 'E', "", kWrite, not_writable, "/proc/sys/dev/tty/legacy_tiocsti"},
    {"write-bpf-disabled", 78, 'E', "", kWrite, not_writable, "/proc/sys/kernel/unprivileged_bpf_disabled"},
    {"write-perf-paranoid", 78, 'E', "", kWrite, not_writable, "/proc/sys/kernel/perf_event_paranoid"},
    {"write-max-user-namespaces", 53, 'C', "", kWrite, not_writable, "/proc/sys/user/max_user_namespaces"},
    {"write-forwarding", 58, 'D', "", kWrite, not_writable, "/proc/sys/net/ipv4/ip_forward"},
    {"write-rp-filter", 58, 'D', "", kWrite, not_writable, "/proc/sys/net/ipv4/conf/all/rp_filter"},
    {"write-accept-ra", 58, 'D', "", kWrite, not_writable, "/proc/sys/net/ipv6/conf/all/accept_ra"},
    {"write-irq-affinity", 57, 'D', "", kWrite, not_writable, "/proc/irq/default_smp_affinity"},
    {"write-mtrr", 57, 'D', "", kWrite, not_writable, "/proc/mtrr"},
    {"write-scsi", 57, 'D', "", kWrite, not_writable, "/proc/scsi/scsi"},
    {"write-acpi-wakeup", 57, 'D', "", kWrite, not_writable, "/proc/acpi/wakeup"},
    {"write-slabinfo", 57, 'D', "", kWrite, not_writable, "/proc/slabinfo"},
    {"write-pressure", 60, 'D', "", kWrite, not_writable, "/proc/pressure/cpu"},
    {"write-power-state", 57, 'D', "", kWrite, not_writable, "/sys/power/state"},
    {"write-thp", 58, 'D', "", kWrite, not_writable, "/sys/kernel/mm/transparent_hugepage/enabled"},
    {"write-release-agent", 45, 'C', "CVE-2022-0492", kWrite, not_writable,
     "/sys/fs/cgroup/memory/release_agent"},
    {"write-cgroup-procs", 46, 'C', "", kWrite, not_writable, "/sys/fs/cgroup/cgroup.procs"},
    {"write-cgroup-bound", 46, 'C', "", kWrite, not_writable, "/sys/fs/cgroup/cgroup.max.descendants"},
    {"write-cgroup-kill", 46, 'C', "", kWrite, not_writable, "/sys/fs/cgroup/cgroup.kill"},
    {"write-cgroup-limit", 46, 'C', "", kWrite, not_writable, "/sys/fs/cgroup/pids/pids.max"},
    {"write-device-rules", 45, 'C', "", kWrite, not_writable, "/sys/fs/cgroup/devices/devices.allow"},
    {"read-kcore", 59, 'D', "", kRead, not_readable, "/proc/kcore"},
    {"read-kmsg", 59, 'D', "", kRead, not_readable, "/proc/kmsg"},
    {"read-dev-kmsg", 59, 'D', "", kRead, not_readable, "/dev/kmsg"},
    {"read-keys", 59, 'D', "", kRead, not_readable, "/proc/keys"},
    {"read-key-users", 59, 'D', "", kRead, not_readable, "/proc/key-users"},
    {"read-timer-list", 59, 'D', "", kRead, not_readable, "/proc/timer_list"},
    {"read-iomem", 59, 'D', "", kRead, not_readable, "/proc/iomem"},
    {"read-ioports", 59, 'D', "", kRead, not_readable, "/proc/ioports"},
    {"read-slabinfo", 59, 'D', "", kRead, not_readable, "/proc/slabinfo"},
    {"read-vmallocinfo", 59, 'D', "", kRead, not_readable, "/proc/vmallocinfo"},
    {"read-kallsyms", 59, 'D', "", kRead, not_readable, "/proc/kallsyms"},
    {"read-kallsyms-addresses", 59, 'D', "", "it shows no address", no_addresses, "/proc/kallsyms"},
    {"read-kpagecount", 59, 'D', "", kRead, not_readable, "/proc/kpagecount"},
    {"read-kpageflags", 59, 'D', "", kRead, not_readable, "/proc/kpageflags"},
    {"read-kpagecgroup", 59, 'D', "", kRead, not_readable, "/proc/kpagecgroup"},
    {"read-config", 59, 'D', "", kRead, not_readable, "/proc/config.gz"},
    {"read-command-line", 59, 'D', "", kRead, not_readable, "/proc/cmdline"},
    {"read-sched-debug", 59, 'D', "", kRead, not_readable, "/proc/sched_debug"},
    {"read-interrupts", 59, 'D', "", kRead, not_readable, "/proc/interrupts"},
    {"read-softirqs", 59, 'D', "", kRead, not_readable, "/proc/softirqs"},
    {"read-modules", 59, 'D', "", kRead, not_readable, "/proc/modules"},
    {"read-diskstats", 60, 'D', "", kRead, not_readable, "/proc/diskstats"},
    {"read-partitions", 60, 'D', "", kRead, not_readable, "/proc/partitions"},
    {"read-zoneinfo", 60, 'D', "", kRead, not_readable, "/proc/zoneinfo"},
    {"read-buddyinfo", 60, 'D', "", kRead, not_readable, "/proc/buddyinfo"},
    {"read-pagetypeinfo", 60, 'D', "", kRead, not_readable, "/proc/pagetypeinfo"},
    {"read-locks", 62, 'D', "", kRead, not_readable, "/proc/locks"},
    {"read-mtrr", 59, 'D', "", kRead, not_readable, "/proc/mtrr"},
    {"read-pressure", 60, 'D', "", kRead, nothing_in, "/proc/pressure"},
    {"read-acpi", 57, 'D', "", kRead, nothing_in, "/proc/acpi"},
    {"read-scsi", 57, 'D', "", kRead, nothing_in, "/proc/scsi"},
    {"read-bus", 57, 'D', "", kRead, nothing_in, "/proc/bus"},
    {"read-irq", 57, 'D', "", kRead, nothing_in, "/proc/irq"},
    {"read-proc-fs", 57, 'D', "", kRead, nothing_in, "/proc/fs"},
    {"read-driver", 57, 'D', "", kRead, nothing_in, "/proc/driver"},
    {"read-firmware", 60, 'D', "", kRead, nothing_in, "/sys/firmware"},
    {"read-sys-kernel", 60, 'D', "", kRead, nothing_in, "/sys/kernel"},
    {"read-sys-block", 60, 'D', "", kRead, nothing_in, "/sys/block"},
    {"read-sys-security", 60, 'D', "", kRead, nothing_in, "/sys/kernel/security"},
    {"read-thermal", 59, 'D', "", kRead, nothing_in, "/sys/devices/system/cpu/cpu0/thermal_throttle"},
    {"read-unix-sockets", 62, 'D', "", "no socket of the host's is listed", no_words_of_host,
     "/proc/net/unix"},
    {"read-own-cgroup", 46, 'C', "", "its group is its root, not named by the host", no_words_of_host,
     "/proc/self/cgroup"},
    {"read-sysv-queues", 62, 'D', "", "no message queue of the host's is listed", no_words_of_host,
     "/proc/sysvipc/msg"},
    {"read-sysv-memory", 62, 'D', "", "no shared memory of the host's is listed", no_words_of_host,
     "/proc/sysvipc/shm"},
};

}  // namespace

Probes mask_probes() { return kProbes; }
