#include "exec_request.h"

#include "failure.h"
#include "field_reader.h"
#include "paths.h"
#include "spec_parts.h"

ExecRequest parse_exec_request(const std::string& message) {
  FieldReader fields(message);
  ExecRequest request{};
  request.init = static_cast<pid_t>(fields.number("init", 2, INT32_MAX));
  request.init_start = fields.number("initStart", 1, 1000000000000000);
  request.run_directory = fields.text("runDirectory");
  plain_parts(request.run_directory, "runDirectory");
  request.cgroup_procs_files = fields.list("cgroupProcsFiles", 32);
  for (const std::string& file : request.cgroup_procs_files) plain_parts(file, "cgroupProcsFiles");
  request.command = fields.list("command", 4096);
  if (request.command.empty() || request.command[0].empty()) fail("command must not be empty", EINVAL);
  request.environment = fields.list("environment", 4096);
  request.uid = static_cast<uid_t>(fields.number("uid", 0, 65535));
  request.gid = static_cast<gid_t>(fields.number("gid", 0, 65535));
  request.capabilities = fields.number("capabilitySet", 0, (uint64_t{1} << 48) - 1);
  request.confinement = read_confinement(fields);
  request.resource_limits = read_resource_limits(fields);
  request.tty = fields.flag("tty");
  request.rows = static_cast<uint16_t>(fields.number("rows", 0, 4096));
  request.columns = static_cast<uint16_t>(fields.number("columns", 0, 4096));
  request.own_program = fields.flag("ownProgram");
  fields.end();
  return request;
}
