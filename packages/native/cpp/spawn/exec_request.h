#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tree_spec.h"

/** A command to run in a tree that runs. */
struct ExecRequest {
  pid_t init;
  uint64_t init_start;
  std::string run_directory;
  std::vector<std::string> cgroup_procs_files;
  std::vector<std::string> command;
  /** The command is of ours: spawn itself is executed, with these arguments. */
  bool own_program;
  std::vector<std::string> environment;
  uid_t uid;
  gid_t gid;
  /** What holds in the tree, as its facts have it. */
  uint64_t capabilities;
  ConfinementSpec confinement;
  std::vector<ResourceLimit> resource_limits;
  bool tty;
  uint16_t rows;
  uint16_t columns;
};

ExecRequest parse_exec_request(const std::string& message);
