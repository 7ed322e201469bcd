#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "report.h"
#include "xray.h"

static constexpr const char* kNames[] = {
    "CHOWN",      "DAC_OVERRIDE",   "DAC_READ_SEARCH", "FOWNER",         "FSETID",     "KILL",
    "SETGID",     "SETUID",         "SETPCAP",         "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST",
    "NET_ADMIN",  "NET_RAW",        "IPC_LOCK",        "IPC_OWNER",      "SYS_MODULE", "SYS_RAWIO",
    "SYS_CHROOT", "SYS_PTRACE",     "SYS_PACCT",       "SYS_ADMIN",      "SYS_BOOT",   "SYS_NICE",
    "SYS_RESOURCE", "SYS_TIME",     "SYS_TTY_CONFIG",  "MKNOD",          "LEASE",      "AUDIT_WRITE",
    "AUDIT_CONTROL", "SETFCAP",     "MAC_OVERRIDE",    "MAC_ADMIN",      "SYSLOG",     "WAKE_ALARM",
    "BLOCK_SUSPEND", "AUDIT_READ",  "PERFMON",         "BPF",            "CHECKPOINT_RESTORE"};

static std::string capability(unsigned number) {
  if (number < sizeof kNames / sizeof *kNames) return std::string("CAP_") + kNames[number];
  return "CAP_" + std::to_string(number);
}

void see_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  if (syscall(SYS_capget, &header, data) < 0) {
    found("capability", "sets", "cannot be read");
    return;
  }
  for (unsigned number = 0; number < 64; number++) {
    const unsigned bit = 1u << (number % 32);
    const __user_cap_data_struct& word = data[number / 32];
    std::string sets;
    const auto add = [&](bool held, const char* name) {
      if (held) sets += (sets.empty() ? "" : ", ") + std::string(name);
    };
    add(word.effective & bit, "effective");
    add(word.permitted & bit, "permitted");
    add(word.inheritable & bit, "inheritable");
    add(prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1, "bounding");
    add(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0) == 1, "ambient");
    if (!sets.empty()) found("capability", capability(number), sets);
  }
  found("capability", "no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "set" : "not set");
  found("capability", "securebits", std::to_string(prctl(PR_GET_SECUREBITS, 0, 0, 0, 0)));
  const int filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
  found("capability", "seccomp", filtered == 2 ? "filter" : filtered == 0 ? "none" : "other");
  static constexpr struct {
    __rlimit_resource resource;
    const char* name;
  } limits[] = {{RLIMIT_AS, "as"},         {RLIMIT_CORE, "core"},           {RLIMIT_CPU, "cpu"},
                {RLIMIT_DATA, "data"},     {RLIMIT_FSIZE, "fsize"},         {RLIMIT_MEMLOCK, "memlock"},
                {RLIMIT_MSGQUEUE, "msgqueue"}, {RLIMIT_NICE, "nice"},       {RLIMIT_NOFILE, "nofile"},
                {RLIMIT_NPROC, "nproc"},   {RLIMIT_RTPRIO, "rtprio"},       {RLIMIT_STACK, "stack"},
                {RLIMIT_SIGPENDING, "sigpending"}};
  const auto number = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("unlimited") : std::to_string(value);
  };
  for (const auto& [resource, name] : limits) {
    rlimit limit{};
    if (getrlimit(resource, &limit) == 0)
      found("limit", name, "soft " + number(limit.rlim_cur) + ", hard " + number(limit.rlim_max));
  }
}
