#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <string>

#include "report.h"
#include "xray.h"

static constexpr const char* kFamilies[] = {
    "unspec", "unix",  "inet",    "ax25",   "ipx",       "appletalk", "netrom", "bridge",     "atmpvc", "x25",
    "inet6",  "rose",  "decnet",  "netbeui", "security", "key",       "netlink", "packet",    "ash",    "econet",
    "atmsvc", "rds",   "sna",     "irda",   "pppox",     "wanpipe",   "llc",    "ib",         "mpls",   "can",
    "tipc",   "bluetooth", "iucv", "rxrpc", "isdn",      "phonet",    "ieee802154", "caif",   "alg",    "nfc",
    "vsock",  "kcm",   "qipcrtr", "smc",    "xdp",       "mctp"};
static constexpr struct {
  int type;
  const char* name;
} kTypes[] = {{SOCK_STREAM, "stream"}, {SOCK_DGRAM, "datagram"}, {SOCK_RAW, "raw"}, {SOCK_SEQPACKET, "seqpacket"}};

static bool opens(int family, int type, int protocol) {
  const int descriptor = socket(family, type | SOCK_CLOEXEC, protocol);
  if (descriptor < 0) return false;
  close(descriptor);
  return true;
}

static void see_listeners() {
  std::istringstream lines(whole_text("/proc/net/unix"));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string word, name;
    for (int i = 0; i < 7 && words >> word; i++) continue;
    if (words >> name && !name.empty()) found("socket", "unix " + name, "is visible");
  }
  for (const char* table : {"tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet"}) {
    std::istringstream rows(whole_text(std::string("/proc/net/") + table));
    long count = -1;
    for (std::string row; std::getline(rows, row);) count++;
    if (count > 0) found("socket", std::string("bound ") + table, std::to_string(count));
  }
}

void see_sockets() {
  for (int family = 1; family < static_cast<int>(sizeof kFamilies / sizeof *kFamilies); family++) {
    if (family == AF_NETLINK) continue;
    for (const auto& [type, name] : kTypes) {
      // A raw socket of the internet needs a protocol: ICMP.
      const int protocol = type == SOCK_RAW && (family == AF_INET || family == AF_INET6) ? 1 : 0;
      if (opens(family, type, protocol))
        found("socket", std::string(kFamilies[family]) + " " + name, "can be made");
    }
  }
  for (int protocol = 0; protocol < 24; protocol++)
    if (opens(AF_NETLINK, SOCK_RAW, protocol))
      found("socket", "netlink " + std::to_string(protocol), "can be made");
  see_listeners();
}
