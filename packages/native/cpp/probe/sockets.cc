/** E 85, F 117, 118, 123: families, protocols and options that are not for a tree. */
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "outcome.h"

namespace {

Outcome socket_of(const char* numbers) {
  int family = 0, type = 0, protocol = 0;
  if (std::sscanf(numbers, "%d %d %d", &family, &type, &protocol) != 3) return skip("no such socket");
  Fd fd(socket(family, type, protocol));
  if (fd) return breach("the socket was made");
  return must_be_refused(-1, {EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT});
}

/** The kernel takes the family as 32 bits: a high one must not get past a comparison of 64. */
Outcome vsock_with_high_bit(const char*) {
  Fd fd(static_cast<int>(syscall(SYS_socket, 1L << 32 | AF_VSOCK, static_cast<long>(SOCK_STREAM), 0L)));
  return fd ? breach("the socket was made") : must_be_refused(-1, {EAFNOSUPPORT});
}

Outcome pair_of(const char*) {
  int pair[2];
  return must_be_refused(socketpair(AF_VSOCK, SOCK_STREAM, 0, pair), {EAFNOSUPPORT, EOPNOTSUPP});
}

Outcome option(const char* numbers) {
  int family = 0, level = 0, name = 0;
  if (std::sscanf(numbers, "%d %d %d", &family, &level, &name) != 3) return skip("no such option");
  Fd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return skip("no socket");
  const int on = 1;
  return must_be_refused(setsockopt(fd.get(), level, name, &on, sizeof on), {ENOPROTOOPT});
}

Outcome option_with_high_bit(const char*) {
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return skip("no socket");
  const int on = 1;
  return must_be_refused(syscall(SYS_setsockopt, static_cast<long>(fd.get()), 1L << 32 | IPPROTO_IP,
                                 1L << 32 | 15, &on, static_cast<long>(sizeof on)));
}

/** An address that nobody gave us, from the range for documentation. */
Outcome foreign_address(const char*) {
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return skip("no socket");
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_IP, 15, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0xc0000207);
  return must_be_refused(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
                         {EADDRNOTAVAIL});
}

/** espintcp and its kin come from modules that the host would load. */
Outcome upper_layer(const char* name) {
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return skip("no socket");
  if (setsockopt(fd.get(), IPPROTO_TCP, TCP_ULP, name, 4) == 0) return breach("it was set");
  // ENOENT is the kernel's own: it has looked for a module of that name.
  return errno == ENOPROTOOPT || errno == EPERM ? held(error_name(errno))
                                                : breach("got as far as " + error_name(errno));
}

constexpr const char* kNoSocket = "the socket cannot be made";
constexpr const char* kNoOption = "the option cannot be set";

constexpr Probe kProbes[] = {
    {"socket-vsock", 122, 'E', "", kNoSocket, socket_of, "40 1 0"},
    {"socket-vsock-high", 122, 'E', "", kNoSocket, vsock_with_high_bit, ""},
    {"socket-vsock-pair", 122, 'E', "", kNoSocket, pair_of, ""},
    {"socket-packet", 118, 'E', "", kNoSocket, socket_of, "17 3 0"},
    {"socket-raw", 118, 'E', "", kNoSocket, socket_of, "2 3 255"},
    {"socket-raw-icmp", 118, 'E', "", kNoSocket, socket_of, "2 3 1"},
    {"socket-xdp", 118, 'E', "", kNoSocket, socket_of, "44 3 0"},
    {"socket-algorithm", 85, 'E', "CVE-2026-31431", kNoSocket, socket_of, "38 5 0"},
    {"socket-rxrpc", 85, 'E', "CVE-2026-43284,CVE-2026-43500", kNoSocket, socket_of, "33 2 2"},
    {"socket-key", 85, 'E', "CVE-2026-46300", kNoSocket, socket_of, "15 3 2"},
    {"socket-bluetooth", 85, 'E', "", kNoSocket, socket_of, "31 3 1"},
    {"socket-can", 85, 'E', "", kNoSocket, socket_of, "29 3 1"},
    {"socket-tipc", 85, 'E', "", kNoSocket, socket_of, "30 1 0"},
    {"socket-smc", 85, 'E', "", kNoSocket, socket_of, "43 1 0"},
    {"socket-phonet", 85, 'E', "", kNoSocket, socket_of, "35 5 0"},
    {"socket-netlink-xfrm", 85, 'E', "CVE-2026-43284", kNoSocket, socket_of, "16 3 6"},
    {"socket-netlink-netfilter", 117, 'E', "CVE-2022-34918,CVE-2023-32233,CVE-2024-1086", kNoSocket,
     socket_of, "16 3 12"},
    {"socket-netlink-generic", 117, 'E', "", kNoSocket, socket_of, "16 3 16"},
    {"socket-netlink-audit", 117, 'E', "", kNoSocket, socket_of, "16 3 9"},
    {"socket-netlink-events", 117, 'E', "", kNoSocket, socket_of, "16 3 15"},
    {"socket-netlink-diagnosis", 126, 'E', "", kNoSocket, socket_of, "16 3 4"},
    {"socket-netlink-crypto", 117, 'E', "", kNoSocket, socket_of, "16 3 21"},
    {"socket-udplite", 122, 'E', "", kNoSocket, socket_of, "2 2 136"},
    {"socket-sctp", 122, 'E', "", kNoSocket, socket_of, "2 1 132"},
    {"socket-dccp", 122, 'E', "CVE-2017-6074", kNoSocket, socket_of, "2 6 33"},
    {"socket-l2tp", 122, 'E', "", kNoSocket, socket_of, "2 2 115"},
    {"option-free-bind", 123, 'E', "", kNoOption, option, "2 0 15"},
    {"option-free-bind-6", 123, 'E', "", kNoOption, option, "10 41 78"},
    {"option-free-bind-high", 123, 'E', "", kNoOption, option_with_high_bit, ""},
    {"option-transparent", 123, 'E', "", kNoOption, option, "2 0 19"},
    {"option-transparent-6", 123, 'E', "", kNoOption, option, "10 41 75"},
    {"option-mark", 123, 'E', "", kNoOption, option, "2 1 36"},
    {"option-upper-layer", 85, 'E', "CVE-2026-43284", kNoOption, upper_layer, "tls"},
    {"address-foreign", 120, 'E', "", "no address is bound that nobody gave", foreign_address, ""},
};

}  // namespace

Probes socket_probes() { return kProbes; }
