#include "device_program.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "kernel_error.h"
#include "unique_fd.h"

namespace kernel {
namespace {

constexpr char NAME[] = "cellblock_dev";

long bpf(int command, union bpf_attr& attributes) {
  return syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

// Registers: 2 the type, 3 what is asked for, 4 and 5 the numbers
constexpr uint8_t TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5;

bpf_insn make(uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t value) {
  bpf_insn instruction{};
  instruction.code = code;
  instruction.dst_reg = to;
  instruction.src_reg = from;
  instruction.off = offset;
  instruction.imm = value;
  return instruction;
}
bpf_insn load(uint8_t to, size_t offset) {
  return make(BPF_LDX | BPF_MEM | BPF_W, to, BPF_REG_1, static_cast<int16_t>(offset), 0);
}
bpf_insn copy(uint8_t to, uint8_t from) { return make(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
bpf_insn set(uint8_t to, int32_t value) { return make(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value); }
bpf_insn keep_bits(uint8_t to, int32_t value) { return make(BPF_ALU64 | BPF_AND | BPF_K, to, 0, 0, value); }
bpf_insn unless(uint8_t which, uint32_t value, size_t skip) {
  return make(BPF_JMP | BPF_JNE | BPF_K, which, 0, static_cast<int16_t>(skip), static_cast<int32_t>(value));
}
bpf_insn leave() { return make(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

int32_t bits_of(const std::string& access) {
  int32_t bits = 0;
  for (const char one : access) {
    bits |= one == 'm' ? BPF_DEVCG_ACC_MKNOD : one == 'r' ? BPF_DEVCG_ACC_READ : BPF_DEVCG_ACC_WRITE;
  }
  return bits;
}

std::vector<bpf_insn> program_of(const std::vector<DeviceRule>& rules) {
  std::vector<bpf_insn> program{
      load(TYPE, offsetof(bpf_cgroup_dev_ctx, access_type)),
      copy(ACCESS, TYPE),
      make(BPF_ALU64 | BPF_RSH | BPF_K, ACCESS, 0, 0, 16),
      keep_bits(TYPE, 0xffff),
      load(MAJOR, offsetof(bpf_cgroup_dev_ctx, major)),
      load(MINOR, offsetof(bpf_cgroup_dev_ctx, minor)),
  };
  for (const DeviceRule& rule : rules) {
    // A rule that does not fit is jumped over, to the next one
    size_t left = rule.minor ? 7 : 6;
    program.push_back(unless(TYPE, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, left));
    program.push_back(copy(BPF_REG_0, ACCESS));
    program.push_back(keep_bits(BPF_REG_0, 0xffff & ~bits_of(rule.access)));
    left -= 3;
    program.push_back(unless(BPF_REG_0, 0, left));
    program.push_back(unless(MAJOR, rule.major, --left));
    if (rule.minor) program.push_back(unless(MINOR, *rule.minor, --left));
    program.push_back(set(BPF_REG_0, 1));
    program.push_back(leave());
  }
  program.push_back(set(BPF_REG_0, 0));
  program.push_back(leave());
  return program;
}

std::vector<DeviceRule> rules_of(const std::vector<bpf_insn>& program) {
  std::vector<DeviceRule> rules;
  DeviceRule rule;
  for (const bpf_insn& one : program) {
    const bool is_jump = one.code == (BPF_JMP | BPF_JNE | BPF_K);
    if (is_jump && one.dst_reg == TYPE) {
      rule = DeviceRule{one.imm == BPF_DEVCG_DEV_BLOCK ? 'b' : 'c', 0, std::nullopt, ""};
    } else if (is_jump && one.dst_reg == MAJOR) {
      rule.major = static_cast<uint32_t>(one.imm);
    } else if (is_jump && one.dst_reg == MINOR) {
      rule.minor = static_cast<uint32_t>(one.imm);
    } else if (one.code == (BPF_ALU64 | BPF_AND | BPF_K) && one.dst_reg == BPF_REG_0) {
      rule.access = "";
      if (!(one.imm & BPF_DEVCG_ACC_READ)) rule.access += 'r';
      if (!(one.imm & BPF_DEVCG_ACC_WRITE)) rule.access += 'w';
      if (!(one.imm & BPF_DEVCG_ACC_MKNOD)) rule.access += 'm';
    } else if (one.code == (BPF_ALU64 | BPF_MOV | BPF_K) && one.dst_reg == BPF_REG_0 && one.imm == 1) {
      rules.push_back(rule);
    }
  }
  return rules;
}

UniqueFd load_program(const std::vector<DeviceRule>& rules) {
  const std::vector<bpf_insn> program = program_of(rules);
  // Nothing of it needs the GPL, and the kernel calls none of its helpers
  constexpr char LICENSE[] = "Proprietary";
  union bpf_attr attributes {};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<uintptr_t>(program.data());
  attributes.insn_cnt = static_cast<uint32_t>(program.size());
  attributes.license = reinterpret_cast<uintptr_t>(LICENSE);
  attributes.expected_attach_type = BPF_CGROUP_DEVICE;
  std::memcpy(attributes.prog_name, NAME, sizeof NAME);
  UniqueFd fd(static_cast<int>(bpf(BPF_PROG_LOAD, attributes)));
  if (!fd) fail("load the program that judges devices");
  return fd;
}

UniqueFd open_group(const std::string& group) {
  UniqueFd fd(open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) fail("open " + group);
  return fd;
}

struct Attached {
  UniqueFd program;
  uint32_t instruction_bytes = 0;
};

bpf_prog_info describe(int program, std::vector<bpf_insn>* instructions) {
  bpf_prog_info info{};
  if (instructions) {
    info.xlated_prog_insns = reinterpret_cast<uintptr_t>(instructions->data());
    info.xlated_prog_len = static_cast<uint32_t>(instructions->size() * sizeof(bpf_insn));
  }
  union bpf_attr attributes {};
  attributes.info.bpf_fd = static_cast<uint32_t>(program);
  attributes.info.info_len = sizeof info;
  attributes.info.info = reinterpret_cast<uintptr_t>(&info);
  if (bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) < 0) fail("describe a program that judges devices");
  return info;
}

/// Our programs at a group.
std::vector<Attached> attached_programs(const UniqueFd& group) {
  std::vector<uint32_t> ids(64);
  union bpf_attr query {};
  query.query.target_fd = static_cast<uint32_t>(group.get());
  query.query.attach_type = BPF_CGROUP_DEVICE;
  query.query.prog_ids = reinterpret_cast<uintptr_t>(ids.data());
  query.query.prog_cnt = static_cast<uint32_t>(ids.size());
  if (bpf(BPF_PROG_QUERY, query) < 0) fail("ask for the programs that judge devices");
  std::vector<Attached> ours;
  for (uint32_t index = 0; index < query.query.prog_cnt; ++index) {
    union bpf_attr attributes {};
    attributes.prog_id = ids[index];
    UniqueFd fd(static_cast<int>(bpf(BPF_PROG_GET_FD_BY_ID, attributes)));
    if (!fd) fail("open a program that judges devices");
    const bpf_prog_info info = describe(fd.get(), nullptr);
    if (std::strncmp(info.name, NAME, sizeof info.name) == 0) {
      ours.push_back(Attached{std::move(fd), info.xlated_prog_len});
    }
  }
  return ours;
}

}  // namespace

DeviceRule parse_device_rule(const std::string& text) {
  DeviceRule rule;
  char minor[12] = "", access[4] = "", rest = 0;
  const int fields = std::sscanf(text.c_str(), "%c %u:%11[0-9*] %3[rwm]%c", &rule.type, &rule.major, minor,
                                 access, &rest);
  const bool sound = fields == 4 && (rule.type == 'c' || rule.type == 'b') &&
                     (std::strcmp(minor, "*") == 0 || std::strchr(minor, '*') == nullptr);
  if (!sound) throw KernelError("read the device rule " + text, EINVAL);
  if (minor[0] != '*') rule.minor = static_cast<uint32_t>(std::stoul(minor));
  rule.access = access;
  return rule;
}

std::string to_text(const DeviceRule& rule) {
  const std::string minor = rule.minor ? std::to_string(*rule.minor) : "*";
  return std::string(1, rule.type) + " " + std::to_string(rule.major) + ":" + minor + " " + rule.access;
}

bool has_device_programs() {
  try {
    load_program({});
    return true;
  } catch (const KernelError&) {
    return false;
  }
}

void set_device_program(const std::string& path, const std::vector<DeviceRule>& rules) {
  const UniqueFd group = open_group(path);
  const UniqueFd program = load_program(rules);
  std::vector<Attached> before = attached_programs(group);
  union bpf_attr attributes {};
  attributes.target_fd = static_cast<uint32_t>(group.get());
  attributes.attach_bpf_fd = static_cast<uint32_t>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (!before.empty()) {
    // In one act: there is no moment without a program
    attributes.attach_flags |= BPF_F_REPLACE;
    attributes.replace_bpf_fd = static_cast<uint32_t>(before.front().program.get());
  }
  if (bpf(BPF_PROG_ATTACH, attributes) < 0) fail("let a program judge the devices of " + path);
}

std::optional<std::vector<DeviceRule>> read_device_program(const std::string& path) {
  const UniqueFd group = open_group(path);
  const std::vector<Attached> ours = attached_programs(group);
  if (ours.empty()) return std::nullopt;
  std::vector<bpf_insn> instructions(ours.front().instruction_bytes / sizeof(bpf_insn));
  describe(ours.front().program.get(), &instructions);
  return rules_of(instructions);
}

}  // namespace kernel
