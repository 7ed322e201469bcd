#pragma once

#include <sys/types.h>

#include "confinement.h"
#include "failure.h"
#include "pipes.h"
#include "run_directory.h"
#include "tree_spec.h"

/**
 * The order of a start. One process (the builder, later the keeper) has the others made and waits for what each hands over:
 *
 *   builder    user namespace, filters, run directory                            with host credentials
 *   entrant    joins the groups and the network, becomes root of the user namespace, makes the other
 *              namespaces, and has the first process made as a child of the builder
 *   first      waits for its mounts
 *   mounter    is in the first process's pid and ipc namespaces with host credentials, builds the mounts,
 *              hands back a locked copy
 *   builder    writes down what runs, lets the first process go on, becomes the keeper
 *
 * Whatever fails: the first process is killed, which ends its namespaces, which ends the mounts.
 */
struct TreeBuilder {
  const TreeSpec& spec;
  RunDirectory run;
  UniqueFd user_namespace;
  Confinement confinement;
  /** The built-in init, through a read-only mount of its own, whatever /proc/1/exe is opened for; empty where
   *  another program is the first. */
  UniqueFd init_program;
  Pipe console = make_pipe();
  Pipe failures = make_pipe();
  SocketPair mounts_for_first = make_socket_pair();
  pid_t entrant = -1;
  pid_t mounter = -1;
  pid_t first = -1;
  UniqueFd first_process{};

  /** The first process exists, and waits for its mounts. */
  void make_first();
  /** The mount namespace that the first process is to enter. */
  UniqueFd make_mounts();
  /** The facts are written down and the first process has become its program. */
  void release_first(const UniqueFd& mounts);
  /** Nothing is left; the cause is reported. */
  [[noreturn]] void give_up(const Failure& failure, int report_to);

 private:
  void be_first();
  void be_entrant(int first_pid, bool in_unified_group);
};
