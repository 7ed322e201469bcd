#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string>

#include "report.h"
#include "xray.h"

static int prefix_length(const sockaddr* mask) {
  if (mask == nullptr) return 0;
  const bool v6 = mask->sa_family == AF_INET6;
  const auto* bytes = v6 ? reinterpret_cast<const sockaddr_in6*>(mask)->sin6_addr.s6_addr
                         : reinterpret_cast<const unsigned char*>(&reinterpret_cast<const sockaddr_in*>(mask)->sin_addr);
  int length = 0;
  for (int i = 0; i < (v6 ? 16 : 4); i++) length += __builtin_popcount(bytes[i]);
  return length;
}

void see_addresses() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) < 0) {
    found("address", "interfaces", "cannot be listed: " + name_of_error(errno));
    return;
  }
  std::set<std::string> interfaces;
  for (ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    interfaces.insert(one->ifa_name);
    if (one->ifa_addr == nullptr) continue;
    const int family = one->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const void* address = family == AF_INET
                              ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(one->ifa_addr)->sin_addr)
                              : &reinterpret_cast<sockaddr_in6*>(one->ifa_addr)->sin6_addr;
    char text[INET6_ADDRSTRLEN];
    inet_ntop(family, address, text, sizeof text);
    found("address", std::string(text) + "/" + std::to_string(prefix_length(one->ifa_netmask)),
         std::string("on ") + one->ifa_name);
  }
  freeifaddrs(all);
  for (const std::string& name : interfaces) found("address", "interface " + name, "is there");
  const std::string routes = whole_text("/proc/net/route"), routes6 = whole_text("/proc/net/ipv6_route");
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  found("address", "IPv4 routes", std::to_string(std::max<long>(lines(routes) - 1, 0)));
  // Each address brings routes of its own into this table, one by one: whether there is a way out is what counts.
  found("address", "IPv6 default route",
       routes6.find("00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80") !=
               std::string::npos
           ? "is there"
           : "none");
}
