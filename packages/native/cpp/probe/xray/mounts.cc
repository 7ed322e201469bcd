#include <sys/statvfs.h>

#include <sstream>
#include <string>

#include "report.h"
#include "xray.h"

/** Numbers of mounts, devices and peer groups are others in each tree, and sources name the host's paths. */
void see_mounts() {
  std::istringstream lines(whole_text("/proc/self/mountinfo"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, point, options, word, propagation, type, source, super;
    words >> id >> parent >> device >> root >> point >> options;
    while (words >> word && word != "-")
      propagation += ", " + word.substr(0, word.find(':'));
    words >> type >> source >> super;
    // What this program was brought in by, and not the jail's.
    if (point == "/run/cellblock-xray") continue;
    std::string detail = type + ", " + options;
    if (super.starts_with("ro")) detail += ", file system read-only";
    if (super.find("subset=pid") != std::string::npos) detail += ", subset=pid";
    const size_t hide = super.find("hidepid=");
    if (hide != std::string::npos) detail += ", " + super.substr(hide, super.find(',', hide) - hide);
    found("mount", point, detail + propagation);
  }
}
