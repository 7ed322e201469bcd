#include "confinement.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>

#include "capabilities.h"
#include "descriptor_passing.h"
#include "failure.h"
#include "mutant.h"
#include "paths.h"
#include "resource_limits.h"

#ifdef MUTANTS
struct FilterWithout {
  const char* name;
  Filter filter;
};

/** The filter that lets one group of calls pass, if this run leaves one out. */
static const Filter* filter_of_mutant() {
  static const FilterWithout kFilters[] = {
#include "allowed_calls_of_mutants.inc"
  };
  for (const FilterWithout& without : kFilters)
    if (leaves_out(without.name)) return &without.filter;
  return nullptr;
}
#endif

Filter allowed_calls(bool with_mounts) {
#ifdef MUTANTS
  if (const Filter* filter = filter_of_mutant()) return *filter;
#endif
  static constexpr sock_filter code[] = {
#include "allowed_calls.inc"
  };
  static constexpr sock_filter code_with_mounts[] = {
#include "allowed_calls_with_mounts.inc"
  };
  return with_mounts ? Filter(std::begin(code_with_mounts), std::end(code_with_mounts))
                     : Filter(std::begin(code), std::end(code));
}

Confinement prepare_confinement(uid_t uid, gid_t gid, uint64_t capabilities, const ConfinementSpec& rules,
                                const std::vector<ResourceLimit>& limits) {
  return Confinement{
      uid, gid, capabilities, rules, limits, allowed_calls(rules.mount_broker), argument_rules(rules)};
}

void forget_our_attributes(const sigset_t& blocked, const Confinement& confinement) {
  for (int signal = 1; signal < NSIG; signal++) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
  }
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
  umask(022);
  // Node raises its own soft limit; programs that use select() expect the usual one.
  rlimit files{};
  if (!leaves_out("few-descriptors") && getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 1024) {
    files.rlim_cur = 1024;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  // A core dump would be handled on the host, by the host's own core_pattern.
  const rlimit none_at_all{0, 0};
  const auto is_of_core = [](const ResourceLimit& limit) { return limit.resource == RLIMIT_CORE; };
  if (std::ranges::none_of(confinement.limits, is_of_core) && !leaves_out("no-core-dumps"))
    setrlimit(RLIMIT_CORE, &none_at_all);
  // Whoever started us may have a keyring with keys of the host in it.
  if (!leaves_out("own-keyring")) syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  if (!leaves_out("capabilities")) bound_capabilities(confinement.capabilities);
}

void lower_oom_protection(pid_t process) {
  if (leaves_out("oom-score")) return;
  UniqueFd ours(open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC));
  if (!ours || !read_all(ours.get(), 16).starts_with("-")) return;
  const std::string name = process == 0 ? "self" : std::to_string(process);
  // Raising the value is always allowed.
  UniqueFd file(open(("/proc/" + name + "/oom_score_adj").c_str(), O_WRONLY | O_CLOEXEC));
  if (file) write_all(file.get(), "0");
}

void hide_from_tracers() {
  // Every change of ids sets this to whatever fs.suid_dumpable says.
  prctl(PR_SET_DUMPABLE, leaves_out("untraceable") ? 1 : 0, 0, 0, 0);
}

static std::vector<char*> as_array(const std::vector<std::string>& strings) {
  std::vector<char*> array;
  for (const std::string& string : strings) array.push_back(const_cast<char*>(string.c_str()));
  array.push_back(nullptr);
  return array;
}

static std::vector<std::string> candidates(const std::string& name,
                                           const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) return {name};
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (const std::string& variable : environment)
    if (variable.starts_with("PATH=")) path = variable.substr(5);
  std::vector<std::string> found;
  for (size_t at = 0; at <= path.size();) {
    size_t end = path.find(':', at);
    if (end == std::string::npos) end = path.size();
    // An empty part would mean the working directory: nobody asks for that on purpose.
    if (end > at) found.push_back(path.substr(at, end - at) + "/" + name);
    at = end + 1;
  }
  return found;
}

static long load_filter(const Filter& filter, unsigned flags, const char* step) {
  sock_fprog program{static_cast<unsigned short>(filter.size()), const_cast<sock_filter*>(filter.data())};
  return check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program), step);
}

/** Signals do not interrupt a call that the broker has begun: it would be made twice. */
static unsigned listener_flags() {
  const unsigned wanted = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
  // Of flags that it does not know, the kernel says so before it looks at the filter that is not there.
  const bool is_known = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, wanted, nullptr) < 0 && errno == EFAULT;
  return is_known ? wanted : unsigned{SECCOMP_FILTER_FLAG_NEW_LISTENER};
}

static void load_filters(const Confinement& confinement) {
  if (!leaves_out("allowed-calls"))
    load_filter(confinement.allowed_calls, 0, "load the list of allowed calls");
  if (leaves_out("argument-rules")) return;
  const char* step = "load the rules on arguments";
  if (!confinement.rules.mount_broker) {
    load_filter(confinement.argument_rules, 0, step);
    return;
  }
  const UniqueFd listener = check_fd(load_filter(confinement.argument_rules, listener_flags(), step), step);
  // It closes when nobody takes it: then there is no such call as mount.
  if (confinement.broker >= 0) send_descriptor(confinement.broker, listener.get());
}

void confine_and_execute(const Confinement& confinement, int program, const std::vector<std::string>& command,
                         const std::vector<std::string>& environment) {
  const std::vector<char*> arguments = as_array(command);
  const std::vector<char*> variables = as_array(environment);
  const std::vector<std::string> files =
      program >= 0 ? std::vector<std::string>{} : candidates(command[0], environment);

  if (!leaves_out("descriptors")) check(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "close descriptors");
  const bool bounded = !leaves_out("capabilities");
  const bool no_new_privileges = confinement.rules.no_new_privileges && !leaves_out("no-new-privs");
  if (!leaves_out("no-groups")) check(setgroups(0, nullptr), "drop supplementary groups");
  check(setresgid(confinement.gid, confinement.gid, confinement.gid),
        "become group " + std::to_string(confinement.gid));
  // Whoever becomes another user loses what a filter without no_new_privs needs; whoever stays root, below.
  if (!no_new_privileges) load_filters(confinement);
  check(setresuid(confinement.uid, confinement.uid, confinement.uid),
        "become user " + std::to_string(confinement.uid));
  hide_from_tracers();
  // Ids of others than root hold nothing; root holds the bounding set, which is all it could regain anyway.
  if (bounded) hold_capabilities(confinement.uid == 0 ? confinement.capabilities : 0);
  if (leaves_out("haste")) usleep(50'000);
  set_limits(confinement.limits);
  if (no_new_privileges) {
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    load_filters(confinement);
  }

  if (program >= 0) {
    execveat(program, "", arguments.data(), variables.data(), AT_EMPTY_PATH);
    fail("execute " + command[0]);
  }
  int error = ENOENT;
  for (const std::string& file : files) {
    execve(file.c_str(), arguments.data(), variables.data());
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (error != ENOENT && error != EACCES) break;
  }
  fail("execute " + command[0], error);
}
