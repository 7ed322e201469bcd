#pragma once

#include <cstdint>
#include <string>
#include <vector>

/** The bits of capabilities given by name (`CAP_NET_BIND_SERVICE`); an unknown name is refused. */
uint64_t capability_set(const std::vector<std::string>& names);

/** The bounding set of this process is exactly `kept`; needs CAP_SETPCAP. */
void bound_capabilities(uint64_t kept);

/** This process holds exactly `held`; inheritable and ambient sets are empty. */
void hold_capabilities(uint64_t held);
