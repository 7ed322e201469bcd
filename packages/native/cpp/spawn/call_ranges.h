#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <vector>

/**
 * A list of calls as a search among ranges of numbers. libseccomp compares with each number by itself, which
 * is five times as long; the kernel checks and compiles it at every start and every command, 0.1 ms each.
 */
namespace call_ranges {

using Program = std::vector<sock_filter>;

/** What a filter that looks at architecture and number alone answers. */
inline uint32_t answer_of(const Program& program, uint32_t architecture, uint32_t number) {
  uint32_t loaded = 0;
  for (size_t at = 0; at < program.size();) {
    const sock_filter& step = program[at++];
    const auto jump = [&](bool holds) { at += holds ? step.jt : step.jf; };
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (step.k != offsetof(seccomp_data, arch) && step.k != offsetof(seccomp_data, nr))
          throw std::runtime_error("the filter looks at an argument");
        loaded = step.k == offsetof(seccomp_data, arch) ? architecture : number;
        break;
      case BPF_JMP | BPF_JA:
        at += step.k;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
        jump(loaded == step.k);
        break;
      case BPF_JMP | BPF_JGT | BPF_K:
        jump(loaded > step.k);
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        jump(loaded >= step.k);
        break;
      case BPF_RET | BPF_K:
        return step.k;
      default:
        throw std::runtime_error("the filter has a step of another kind");
    }
  }
  throw std::runtime_error("the filter has no end");
}

/** Numbers between which alone the answer can change: those that it compares with, and the next ones. */
inline std::set<uint32_t> edges_of(const Program& program) {
  std::set<uint32_t> edges{0};
  for (const sock_filter& step : program) {
    edges.insert(step.k);
    edges.insert(step.k + 1);
  }
  return edges;
}

/** From `from` to the next range. */
struct Range {
  uint32_t from;
  uint32_t answer;
};

inline std::vector<Range> ranges_of(const Program& program) {
  std::vector<Range> ranges;
  for (const uint32_t from : edges_of(program)) {
    const uint32_t answer = answer_of(program, AUDIT_ARCH_X86_64, from);
    if (ranges.empty() || ranges.back().answer != answer) ranges.push_back({from, answer});
  }
  return ranges;
}

/** A binary search, its answers behind it: `step` at each middle, the lower half first. */
class Search {
 public:
  explicit Search(const std::vector<Range>& ranges) : ranges_(ranges) {
    for (const Range& range : ranges)
      if (std::ranges::find(answers_, range.answer) == answers_.end()) answers_.push_back(range.answer);
    const size_t steps = ranges.size() - 1;
    program_.resize(steps);
    place(0, ranges.size());
    for (const uint32_t answer : answers_) program_.push_back(BPF_STMT(BPF_RET | BPF_K, answer));
  }
  const Program& program() const { return program_; }

 private:
  /** Where the decision among these ranges begins. */
  size_t place(size_t first, size_t end) {
    if (end - first == 1) {
      const auto found = std::ranges::find(answers_, ranges_[first].answer);
      return ranges_.size() - 1 + static_cast<size_t>(found - answers_.begin());
    }
    const size_t at = next_++;
    const size_t middle = (first + end) / 2;
    const size_t lower = place(first, middle) - at - 1;
    const size_t upper = place(middle, end) - at - 1;
    if (lower > UINT8_MAX || upper > UINT8_MAX)
      throw std::runtime_error("the filter is too long for its jumps");
    program_[at] = BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ranges_[middle].from, static_cast<uint8_t>(upper),
                            static_cast<uint8_t>(lower));
    return at;
  }

  const std::vector<Range>& ranges_;
  std::vector<uint32_t> answers_{};
  Program program_{};
  size_t next_ = 0;
};

/** Both are asked about all that could differ. */
inline void require_same(const Program& one, const Program& other) {
  std::set<uint32_t> numbers = edges_of(one);
  numbers.merge(edges_of(other));
  for (uint32_t number = 0; number < 8192; number++) numbers.insert(number);
  const auto compare = [&](uint32_t architecture, uint32_t number) {
    if (answer_of(one, architecture, number) != answer_of(other, architecture, number))
      throw std::runtime_error("the search answers otherwise than the list");
  };
  for (const uint32_t number : numbers) compare(AUDIT_ARCH_X86_64, number);
  // Of another architecture the number says nothing.
  for (const uint32_t architecture : numbers)
    for (const uint32_t number : {0U, 59U, 0x40000000U, ~0U}) compare(architecture, number);
  for (const uint32_t number : numbers) compare(AUDIT_ARCH_I386, number);
}

inline Program as_search(const Program& list) {
  const uint32_t of_another = answer_of(list, 0, 0);
  Program program{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, of_another),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  const std::vector<Range> ranges = ranges_of(list);
  const Search search(ranges);
  program.insert(program.end(), search.program().begin(), search.program().end());
  require_same(list, program);
  return program;
}

}  // namespace call_ranges
