#pragma once

#include <string>
#include <vector>

#include "field_reader.h"
#include "tree_spec.h"

/** Parts of the message that parse_tree_spec reads, in its order; each refuses what it cannot mean. */
RootSpec read_root(FieldReader& fields);
MountSpec read_mount(FieldReader& fields);
ConfinementSpec read_confinement(FieldReader& fields);
std::vector<ResourceLimit> read_resource_limits(FieldReader& fields);
std::vector<std::string> read_devices(FieldReader& fields);
