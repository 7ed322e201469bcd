#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "confinement.h"
#include "mutant.h"

/**
 * Written by hand, beside libseccomp's list, because the kernel takes these arguments as 32-bit numbers: a
 * comparison of all 64 bits is passed by setting a high one. Here only the low half is ever loaded.
 */
namespace {

struct Rules {
  Filter code;

  void statement(uint16_t operation, uint32_t value) { code.push_back(BPF_STMT(operation, value)); }
  void refuse(int error) { statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error)); }
  void ask() { statement(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF); }
  void allow() { statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW); }
  void load(size_t offset) { statement(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)); }
  void load_argument(unsigned index) { load(offsetof(seccomp_data, args) + 8 * index); }

  /** Runs `body` only when the loaded value compares; the body must not fall out of its end loaded otherwise.
   */
  template <typename Body>
  void when(uint16_t comparison, uint32_t value, Body body) {
    const size_t jump = code.size();
    code.push_back(BPF_JUMP(static_cast<uint16_t>(BPF_JMP | comparison | BPF_K), value, 0, 0));
    body();
    code[jump].jf = static_cast<uint8_t>(code.size() - jump - 1);
  }
  template <typename Body>
  void when_equal(uint32_t value, Body body) {
    when(BPF_JEQ, value, body);
  }
  template <typename Body>
  void unless_equal(uint32_t value, Body body) {
    const size_t jump = code.size();
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 0));
    body();
    code[jump].jt = static_cast<uint8_t>(code.size() - jump - 1);
  }
  /** For one system call: the body ends in a decision, always. */
  template <typename Body>
  void on_call(long number, Body body) {
    when_equal(static_cast<uint32_t>(number), [&] {
      body();
      allow();
    });
  }
};

constexpr uint32_t kNamespaceFlags =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr uint32_t kX32Bit = 0x40000000;
constexpr uint32_t kTcpUpperLayer = 31;
/** Beside the flags SOCK_CLOEXEC and SOCK_NONBLOCK. */
constexpr uint32_t kSocketType = 0xf;
constexpr int kMptcp = 262;

/** Whoever asks for another protocol or type has the host load a module that speaks it (SCTP, L2TP, DCCP). */
void internet_protocols(Rules& rules) {
  rules.load_argument(1);
  rules.statement(BPF_ALU | BPF_AND | BPF_K, kSocketType);
  rules.when(BPF_JGT, SOCK_RAW, [&] { rules.refuse(ESOCKTNOSUPPORT); });
  rules.load_argument(2);
  for (const uint32_t protocol :
       {0, int{IPPROTO_ICMP}, int{IPPROTO_TCP}, int{IPPROTO_UDP}, int{IPPROTO_ICMPV6}, kMptcp})
    rules.when_equal(protocol, [&] { rules.allow(); });
  rules.refuse(EPROTONOSUPPORT);
}

void socket_families(Rules& rules) {
  rules.load_argument(0);
  rules.when_equal(AF_UNIX, [&] { rules.allow(); });
  for (const uint32_t family : {AF_INET, AF_INET6})
    rules.when_equal(family, [&] {
      if (leaves_out("internet-protocols")) rules.allow();
      internet_protocols(rules);
    });
  rules.when_equal(AF_NETLINK, [&] {
    if (leaves_out("netlink-protocols")) rules.allow();
    rules.load_argument(2);
    rules.when_equal(NETLINK_ROUTE, [&] { rules.allow(); });
    rules.refuse(EAFNOSUPPORT);
  });
  if (leaves_out("socket-families")) rules.allow();
  rules.refuse(EAFNOSUPPORT);
}

void refused_option(Rules& rules, uint32_t level, std::vector<uint32_t> names, int error) {
  rules.load_argument(1);
  rules.when_equal(level, [&] {
    rules.load_argument(2);
    for (const uint32_t name : names) rules.when_equal(name, [&] { rules.refuse(error); });
  });
}

void socket_options(Rules& rules) {
  // With FREEBIND any address can be bound without a capability; TRANSPARENT forges the source.
  if (!leaves_out("given-addresses")) {
    refused_option(rules, IPPROTO_IP, {15 /* IP_FREEBIND */, 19 /* IP_TRANSPARENT */}, EPERM);
    refused_option(rules, IPPROTO_IPV6, {78 /* IPV6_FREEBIND */, 75 /* IPV6_TRANSPARENT */}, EPERM);
  }
  // Loads protocol modules of the host (espintcp); who asks for TLS in the kernel falls back.
  if (!leaves_out("upper-layers")) refused_option(rules, IPPROTO_TCP, {kTcpUpperLayer}, ENOPROTOOPT);
}

}  // namespace

Filter argument_rules(const ConfinementSpec& profile) {
  Rules rules;
  rules.load(offsetof(seccomp_data, arch));
  rules.unless_equal(AUDIT_ARCH_X86_64, [&] {
    if (leaves_out("native-calls")) rules.allow();
    rules.refuse(ENOSYS);
  });
  rules.load(offsetof(seccomp_data, nr));
  rules.when(BPF_JGE, kX32Bit, [&] { rules.refuse(ENOSYS); });

  rules.on_call(SYS_socket, [&] { socket_families(rules); });
  rules.on_call(SYS_socketpair, [&] { socket_families(rules); });
  rules.on_call(SYS_setsockopt, [&] { socket_options(rules); });
  rules.on_call(SYS_ioctl, [&] {
    if (leaves_out("terminal-injection")) return;
    rules.load_argument(1);
    for (const uint32_t command : {uint32_t{TIOCSTI}, uint32_t{TIOCLINUX}})
      rules.when_equal(command, [&] { rules.refuse(EPERM); });
  });
  rules.on_call(SYS_clone, [&] {
    if (leaves_out("clone-flags")) return;
    rules.load_argument(0);
    rules.when(BPF_JSET, kNamespaceFlags, [&] { rules.refuse(EPERM); });
  });
  rules.on_call(SYS_personality, [&] {
    if (leaves_out("plain-personality")) return;
    rules.load_argument(0);
    // 0xffffffff only asks; everything but plain Linux weakens address layout or permissions.
    for (const uint32_t allowed : {0u, 0xffffffffu}) rules.when_equal(allowed, [&] { rules.allow(); });
    rules.refuse(EPERM);
  });
  if (!profile.chroot && !leaves_out("no-chroot"))
    rules.when_equal(static_cast<uint32_t>(SYS_chroot), [&] { rules.refuse(EPERM); });
  if (profile.mount_broker)
    for (const long call : {SYS_mount, SYS_umount2})
      rules.when_equal(static_cast<uint32_t>(call), [&] { rules.ask(); });
  rules.allow();
  return rules.code;
}
