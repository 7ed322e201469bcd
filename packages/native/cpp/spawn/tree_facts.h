#pragma once

#include <sys/types.h>

#include <string>

#include "tree_spec.h"

/** JSON: who keeps and who runs since when, on which boot, with which ids, capabilities and confinement. */
std::string tree_facts(const TreeSpec& spec, pid_t keeper, pid_t first);
