#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tree_spec.h"

/** setrlimit(2)'s number of a resource by its name in lower case without RLIMIT_; -1: there is none. */
int resource_named(std::string_view name);
const char* name_of_resource(int resource);

/** A program that we start may have these, which it then sets itself by set_limits(): while we still have the
 * host's credentials, since only they raise a hard limit. The refusal names the field. */
void allow_limits(const std::vector<ResourceLimit>& limits);

/** Soft and hard limits of this process are exactly these; what is not named stays. */
void set_limits(const std::vector<ResourceLimit>& limits);
