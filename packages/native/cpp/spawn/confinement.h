#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "tree_spec.h"

using Filter = std::vector<sock_filter>;

/** Who the program is and what it may do: the same for the first process of a tree and for every later one.
 */
struct Confinement {
  uid_t uid;
  gid_t gid;
  uint64_t capabilities;
  ConfinementSpec rules;
  std::vector<ResourceLimit> limits;
  Filter allowed_calls;
  Filter argument_rules;
  /** Where the listener of the tree's mounts goes; -1: nobody answers them. */
  int broker = -1;
};

/** The list of system calls that a tree may make; what is not on it does not exist (ENOSYS) or is refused
 * (EPERM). The list itself is in allowed_calls.cc. */
Filter allowed_calls(bool with_mounts);

/** Refuses some arguments of allowed calls: families, socket options, terminal injection, namespaces; and the
 * calls that a profile denies. */
Filter argument_rules(const ConfinementSpec& rules);

/** Prepared while still on the host: inside, nothing is computed or opened any more. */
Confinement prepare_confinement(uid_t uid, gid_t gid, uint64_t capabilities, const ConfinementSpec& rules,
                                const std::vector<ResourceLimit>& limits);

/**
 * Becomes the program: limits, ids, capabilities, no_new_privs, no descriptor but 0 to 2 (what is above
 * closes at the exec), the filter as the very last thing, then exec. Without no_new_privs the filter needs
 * CAP_SYS_ADMIN of the user namespace, and is loaded just before that goes. `program` >= 0 is executed
 * instead of command[0]. Does not return; throws Failure.
 */
[[noreturn]] void confine_and_execute(const Confinement& confinement, int program,
                                      const std::vector<std::string>& command,
                                      const std::vector<std::string>& environment);

/** We may be protected from the OOM killer: what we start must not be. `process` is a child of ours, or 0 for
 * ourselves. On the host's /proc. */
void lower_oom_protection(pid_t process);

/** Nothing in a tree may trace us or look into us while we are on our way into it. */
void hide_from_tracers();

/** What a program must not inherit from us: signals, limits, session keyring, umask, and what it could regain of
 * capabilities. `blocked`: the signals that it begins with blocked. Before confine_and_execute. */
void forget_our_attributes(const sigset_t& blocked, const Confinement& confinement);
