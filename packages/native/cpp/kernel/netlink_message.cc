#include "netlink_message.h"

namespace kernel {

NetlinkMessage::NetlinkMessage(uint16_t type, uint16_t flags) {
  nlmsghdr header{};
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  append(&header, sizeof header);
}

void NetlinkMessage::append(const void* data, size_t size) {
  const size_t start = bytes_.size();
  bytes_.resize(start + NLMSG_ALIGN(size));
  if (size > 0) memcpy(bytes_.data() + start, data, size);
}

NetlinkMessage& NetlinkMessage::put(uint16_t type, const void* data, size_t size) {
  nlattr attribute{};
  attribute.nla_type = type;
  attribute.nla_len = static_cast<uint16_t>(NLA_HDRLEN + size);
  append(&attribute, sizeof attribute);
  append(data, size);
  return *this;
}

NetlinkMessage& NetlinkMessage::put_string(uint16_t type, std::string_view text) {
  const std::string terminated(text);
  return put(type, terminated.c_str(), terminated.size() + 1);
}

size_t NetlinkMessage::begin(uint16_t type) {
  const size_t start = bytes_.size();
  put(type, nullptr, 0);
  return start;
}

void NetlinkMessage::end(size_t start) {
  const auto length = static_cast<uint16_t>(bytes_.size() - start);
  memcpy(bytes_.data() + start, &length, sizeof length);
}

std::span<const uint8_t> NetlinkMessage::finish(uint32_t sequence) {
  nlmsghdr header;
  memcpy(&header, bytes_.data(), sizeof header);
  header.nlmsg_len = static_cast<uint32_t>(bytes_.size());
  header.nlmsg_seq = sequence;
  memcpy(bytes_.data(), &header, sizeof header);
  return bytes_;
}

uint16_t NetlinkMessage::flags() const {
  nlmsghdr header;
  memcpy(&header, bytes_.data(), sizeof header);
  return header.nlmsg_flags;
}

std::optional<std::span<const uint8_t>> NetlinkAttributes::find(uint16_t type) const {
  auto rest = bytes_;
  while (rest.size() >= NLA_HDRLEN) {
    nlattr attribute;
    memcpy(&attribute, rest.data(), sizeof attribute);
    if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > rest.size()) break;
    if ((attribute.nla_type & NLA_TYPE_MASK) == type) {
      return rest.subspan(NLA_HDRLEN, attribute.nla_len - NLA_HDRLEN);
    }
    const size_t step = NLA_ALIGN(attribute.nla_len);
    if (step > rest.size()) break;
    rest = rest.subspan(step);
  }
  return std::nullopt;
}

std::optional<std::string> NetlinkAttributes::text(uint16_t type) const {
  const auto bytes = find(type);
  if (!bytes) return std::nullopt;
  const auto* start = reinterpret_cast<const char*>(bytes->data());
  return std::string(start, strnlen(start, bytes->size()));
}

NetlinkAttributes NetlinkAttributes::nested(uint16_t type) const {
  return NetlinkAttributes(find(type).value_or(std::span<const uint8_t>{}));
}

}  // namespace kernel
