#pragma once

#include <sys/types.h>

#include "cgroup_join.h"
#include "confinement.h"
#include "failure.h"
#include "pipes.h"
#include "run_directory.h"
#include "running_range.h"
#include "tree_root.h"
#include "tree_spec.h"

/**
 * The order of a start. One process (the builder, later the keeper) has the others made and waits for what
 * each hands over:
 *
 *   builder    run directory, filters; enters the tree's network for as long as it takes to have
 *              the first process born in it, and gives that one its ids             with host credentials
 *   first      is born in all namespaces but the tree's mounts; joins the groups, becomes root of the user
 *              namespace, waits for its mounts
 *   mounter    is in the first process's pid and ipc namespaces with host credentials, builds the mounts,
 *              hands back a locked copy
 *   builder    makes meanwhile, in the run directory, what the keeper is to have
 *   broker     where the profile lets the tree mount: waits for the first process, then serves all of them
 *   builder    writes down what runs, lets the first process go on, becomes the keeper
 *
 * Whatever fails: the first process is killed, which ends its namespaces, which ends the mounts.
 */
struct TreeBuilder {
  const TreeSpec& spec;
  RunningRange range;
  RunDirectory run;
  Confinement confinement;
  /** The built-in init, through a read-only mount of its own, whatever /proc/1/exe is opened for; empty where
   *  another program is the first. */
  UniqueFd init_program;
  Pipe console = make_pipe();
  Pipe failures = make_pipe();
  SocketPair mounts_for_first = make_socket_pair();
  pid_t mounter = -1;
  pid_t first = -1;
  UniqueFd first_process{};
  /** Of a tree with a mount broker: there the first process hands its listener over. */
  SocketPair hand_over{};
  UniqueFd user_namespace{};
  SocketPair from_mounter{};

  /** The first process exists, has its ids, and waits for its mounts. */
  void make_first();
  /** The mounter is at work. */
  void begin_mounts();
  /** The mount namespace that the first process is to enter, and the console in it. */
  LockedTree receive_mounts();
  /** Where the profile has one: it waits for the first process. */
  void make_broker(const UniqueFd& mounts);
  /** The facts are written down and the first process has become its program. */
  void release_first(const UniqueFd& mounts);
  /** Nothing is left; the cause is reported. */
  [[noreturn]] void give_up(const Failure& failure, int report_to);

 private:
  void be_first(const Groups& groups, const UniqueFd& unified_procs, bool has_own_part);
};
