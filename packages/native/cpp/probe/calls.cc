/** E: system calls that are not for a tree; null arguments and queries only. */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fanotify.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "outcome.h"

namespace {

/** Tells, by what it answers to nonsense, whether the call is there at all. */
Outcome absent(const char* numbers) {
  // A number and its six arguments, all of them harmless where the call is there.
  long argument[7] = {};
  char* at = const_cast<char*>(numbers);
  for (long& value : argument) value = std::strtol(at, &at, 0);
  return must_be_refused(
      syscall(argument[0], argument[1], argument[2], argument[3], argument[4], argument[5], argument[6]));
}

Outcome io_uring(const char*) {
  char parameters[256] = {};
  return must_be_refused(syscall(SYS_io_uring_setup, 1L, parameters));
}

Outcome add_key(const char*) {
  return must_be_refused(syscall(SYS_add_key, "user", "cellblock-probe", "x", 1L, -2L));
}
Outcome request_key(const char*) {
  return must_be_refused(syscall(SYS_request_key, "user", "cellblock-probe", nullptr, -3L), {});
}
Outcome session_keyring(const char*) { return must_be_refused(syscall(SYS_keyctl, 0L, -3L, 0L)); }

/** By the name that the agent's would have. */
Outcome key_of_agent(const char*) {
  const std::string name = told("KEY");
  if (name.empty()) return skip("no key named");
  const long found = syscall(SYS_keyctl, 10L /* search */, -3L, "user", name.c_str(), 0L);
  // Asked before any other keyring was joined.
  if (found >= 0) return breach("the agent's session keyring was searched");
  return errno == EACCES || errno == EPERM || errno == ENOSYS ? held(error_name(errno))
         : errno == 126                                       ? held("no such key in the session keyring")
                                                              : held(error_name(errno));
}

Outcome bpf_map(const char*) {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = attributes.value_size = 4;
  attributes.max_entries = 1;
  return must_be_refused(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

Outcome perf(const char* of_all) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.size = sizeof attributes;
  attributes.config = PERF_COUNT_SW_TASK_CLOCK;
  attributes.exclude_kernel = attributes.exclude_hv = 1;
  const bool all = of_all[0] == 'a';
  return must_be_refused(syscall(SYS_perf_event_open, &attributes, all ? -1 : 0, all ? 0 : -1, -1, 0));
}

Outcome fanotify(const char*) {
  return must_be_refused(syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}

Outcome compare_own(const char*) { return must_be_refused(syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 1)); }

Outcome clock_state(const char*) {
  timex state{};
  return must_be_refused(syscall(SYS_adjtimex, &state));
}

Outcome clock_set(const char*) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return is_on_host() ? skip("not on the host") : must_be_refused(clock_settime(CLOCK_REALTIME, &now));
}

Outcome clock_adjusted(const char*) {
  timex state{};
  state.modes = ADJ_OFFSET_SS_READ;
  return must_be_refused(clock_adjtime(CLOCK_REALTIME, &state));
}

/** Says of Ctrl-Alt-Del what is so already: where the call is allowed it changes nothing. */
Outcome reboot_host(const char*) {
  const std::string now = text_of("/proc/sys/kernel/ctrl-alt-del");
  if (now.empty() && is_on_host()) return skip("nobody says what Ctrl-Alt-Del does now");
  const int same = now[0] == '1' ? static_cast<int>(LINUX_REBOOT_CMD_CAD_ON) : LINUX_REBOOT_CMD_CAD_OFF;
  return must_be_refused(syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, same, nullptr),
                         {EINVAL});
}

Outcome weaker_personality(const char* value) {
  return must_be_refused(personality(std::strtoul(value, nullptr, 0)));
}

Outcome local_descriptor_table(const char*) {
  char table[16];
  return must_be_refused(syscall(SYS_modify_ldt, 0L, table, sizeof table));
}

Outcome secret_memory(const char*) { return must_be_refused(syscall(SYS_memfd_secret, 0L)); }
Outcome fault_descriptor(const char*) { return must_be_refused(syscall(SYS_userfaultfd, 1L)); }

Outcome old_abi(const char*) {
#ifdef __x86_64__
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(20L) : "memory", "r8", "r9", "r10", "r11");
  errno = result < 0 ? static_cast<int>(-result) : 0;
  return must_be_refused(result < 0 ? -1 : result);
#else
  return held("no such entry");
#endif
}

Outcome old_abi_unshare(const char*) {
#ifdef __x86_64__
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(310L), "b"(0L) : "memory", "r8", "r9", "r10", "r11");
  errno = result < 0 ? static_cast<int>(-result) : 0;
  return must_be_refused(result < 0 ? -1 : result);
#else
  return held("no such entry");
#endif
}

Outcome x32(const char*) { return must_be_refused(syscall(0x40000000L | SYS_getpid)); }

/** A notifier of its own would answer for the filter below it. It may be had; what it allows, ours refuses.
 */
Outcome own_notifier(const char*) {
  sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program{1, code};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) return held(error_name(errno));
  char parameters[256] = {};
  return must_be_refused(syscall(SYS_io_uring_setup, 1L, parameters));
}

Outcome own_tracer(const char*) {
  // Skipping a refused call by tracing it: the tracer may change the number, and the filter looks again.
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_secret, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program{4, code};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) return held(error_name(errno));
  return must_be_refused(syscall(SYS_memfd_secret, 0L));
}

Outcome real_time(const char* policy) {
  struct sched_param parameter {};
  parameter.sched_priority = 1;
  return must_be_refused(sched_setscheduler(0, std::atoi(policy), &parameter));
}

Outcome deadline(const char*) {
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes{48, 6, 0, 0, 0, 10000000, 30000000, 30000000};
  return must_be_refused(syscall(SYS_sched_setattr, 0, &attributes, 0), {EINVAL});
}

/** Below the nice value that it began with. */
Outcome nicer(const char*) {
  const long result = setpriority(PRIO_PROCESS, 0, -5);
  setpriority(PRIO_PROCESS, 0, 0);
  return must_be_refused(result);
}

Outcome io_real_time(const char*) { return must_be_refused(syscall(SYS_ioprio_set, 1, 0, 1 << 13)); }

Outcome locked_memory(const char*) {
  const size_t size = 256UL << 20;
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return held(error_name(errno));
  return must_be_refused(mlock2(memory, size, MLOCK_ONFAULT), {ENOMEM, EAGAIN});
}

Outcome zero_page(const char*) {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  return must_be_refused(memory == MAP_FAILED ? -1 : 0);
}

constexpr const char* kRefused = "the call is refused";
constexpr const char* kUnknown = "a number that nobody listed does not exist";

constexpr Probe kProbes[] = {
    {"io-uring", 71, 'E', "", kRefused, io_uring, ""},
    {"key-added", 79, 'E', "", kRefused, add_key, ""},
    {"key-requested", 79, 'E', "", kRefused, request_key, ""},
    {"keyring-of-session", 79, 'E', "", kRefused, session_keyring, ""},
    {"key-of-agent", 79, 'E', "", "the agent's session keyring is not the tree's", key_of_agent, ""},
    {"bpf", 78, 'E', "", kRefused, bpf_map, ""},
    {"perf-own", 78, 'E', "", kRefused, perf, "own"},
    {"perf-all", 78, 'E', "", kRefused, perf, "all"},
    {"userfaultfd", 78, 'E', "", kRefused, fault_descriptor, ""},
    {"memfd-secret", 78, 'E', "", kRefused, secret_memory, ""},
    {"kcmp", 78, 'E', "", kRefused, compare_own, ""},
    {"fanotify", 84, 'E', "", kRefused, fanotify, ""},
    {"module-init", 80, 'E', "", kRefused, absent, "175 0 0 0 0 0 0"},
    {"module-file", 80, 'E', "", kRefused, absent, "313 -1 0 0 0 0 0"},
    {"module-delete", 80, 'E', "", kRefused, absent, "176 0 0 0 0 0 0"},
    {"kexec", 80, 'E', "", kRefused, absent, "246 0 99 0 0 0 0"},
    {"kexec-file", 80, 'E', "", kRefused, absent, "320 -1 -1 0 0 0 0"},
    {"swap-on", 80, 'E', "", kRefused, absent, "167 0 0 0 0 0 0"},
    {"swap-off", 80, 'E', "", kRefused, absent, "168 0 0 0 0 0 0"},
    {"accounting", 80, 'E', "", kRefused, absent, "163 1 0 0 0 0 0"},
    {"quota", 80, 'E', "", kRefused, absent, "179 0x800005 0 0 0 0 0"},
    {"quota-by-descriptor", 80, 'E', "", kRefused, absent, "443 -1 0 0 0 0 0"},
    {"kernel-log", 80, 'E', "", kRefused, absent, "103 10 0 0 0 0 0"},
    {"hang-up", 80, 'E', "", kRefused, absent, "155 0 0 0 0 0 0"},
    {"cookie", 77, 'E', "", kRefused, absent, "212 0 0 0 0 0 0"},
    {"ports", 77, 'E', "", kRefused, absent, "173 0x80 1 1 0 0 0"},
    {"port-level", 77, 'E', "", kRefused, absent, "172 3 0 0 0 0 0"},
    {"local-descriptors", 77, 'E', "", kRefused, local_descriptor_table, ""},
    {"shadow-stack", 77, 'E', "", kUnknown, absent, "453 0 0 0 0 0 0"},
    {"migrate-pages", 78, 'E', "", kRefused, absent, "256 0 0 0 0 0 0"},
    {"statmount", 87, 'E', "", kUnknown, absent, "457 0 0 0 1 0 0"},
    {"set-mempolicy-home", 87, 'E', "", kUnknown, absent, "450 0 0 0 0 0 0"},
    {"cachestat", 87, 'E', "", kUnknown, absent, "451 -1 0 0 0 0 0"},
    {"lsm-attributes", 87, 'E', "", kUnknown, absent, "459 100 0 0 0 0 0"},
    {"lsm-modules", 87, 'E', "", kUnknown, absent, "461 0 0 0 0 0 0"},
    {"open-tree-attributes", 87, 'E', "", kUnknown, absent, "467 -1 0 0 0 0 0"},
    {"number-600", 87, 'E', "", kUnknown, absent, "600 0 0 0 0 0 0"},
    {"clock-set", 80, 'E', "", kRefused, clock_set, ""},
    {"clock-state", 80, 'E', "", kRefused, clock_state, ""},
    {"clock-adjusted", 80, 'E', "", kRefused, clock_adjusted, ""},
    {"reboot", 81, 'E', "", "only the tree ends by reboot", reboot_host, ""},
    {"personality-layout", 77, 'E', "", "the layout of memory stays random", weaker_personality, "0x0040000"},
    {"personality-exec", 77, 'E', "", "what is readable is not executable", weaker_personality, "0x0400000"},
    {"abi-i386", 69, 'E', "", "the 32-bit entry does not exist", old_abi, ""},
    {"abi-i386-unshare", 69, 'E', "", "nothing is unshared through the 32-bit entry", old_abi_unshare, ""},
    {"abi-x32", 70, 'E', "", "x32 does not exist", x32, ""},
    {"filter-on-top", 75, 'E', "", "a filter on top allows nothing that ours refuses", own_notifier, ""},
    {"filter-traced", 75, 'E', "", "a traced call is refused all the same", own_tracer, ""},
    {"scheduler-fifo", 83, 'E', "", "no real-time scheduling", real_time, "1"},
    {"scheduler-round-robin", 83, 'E', "", "no real-time scheduling", real_time, "2"},
    {"scheduler-deadline", 83, 'E', "", "no deadline scheduling", deadline, ""},
    {"nicer-than-others", 83, 'E', "", "no negative niceness", nicer, ""},
    {"io-real-time", 83, 'E', "", "no real-time input and output", io_real_time, ""},
    {"locked-memory", 83, 'E', "", "memory is not locked without limit", locked_memory, ""},
    {"zero-page", 77, 'E', "", "page 0 is not mapped", zero_page, ""},
};

}  // namespace

Probes call_probes() { return kProbes; }
