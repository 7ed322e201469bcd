#pragma once

#include <cstddef>
#include <string>

#include "unique_fd.h"

/** Bytes of `tree` and of the blank `exit`. */
constexpr size_t kFactBytes = 1024;

/** What lies in a run directory: lock, console (ring), keeper.sock, mounts.sock (of a mount broker), tree
 * (facts of the start), exit (how it ended). */
struct RunDirectory {
  UniqueFd directory;
  /** Held as long as the keeper lives: a second tree cannot start here. */
  UniqueFd lock;
  UniqueFd tree_file;
  UniqueFd exit_file;
  UniqueFd ring;
  UniqueFd listener;
};

/** A socket of this name there, for whole messages. */
UniqueFd open_door(const RunDirectory& run, const char* name);

/** EEXIST when a keeper lives there. Nothing says any more that an earlier tree ran. */
RunDirectory take_run_directory(const std::string& path);

/** What the keeper is to have there. How an earlier tree ended is blanked; its console stays. */
void prepare_for_keeper(RunDirectory& run, uint64_t console_bytes);

/** The facts of the start. Not synced: after a power cut no tree runs anyway. */
void write_tree_file(const RunDirectory& run, std::string text);

/** After a failure: nothing says that a tree ran. */
void clear_run_directory(const RunDirectory& run);
