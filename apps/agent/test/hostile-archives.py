"""Archives that want out of where they are unpacked: hostile-archives.py DIRECTORY CANARY."""
import io
import os
import sys
import tarfile

directory, canary = sys.argv[1:]
up = "../" * 30 + canary.lstrip("/")


def entry(name, kind=tarfile.REGTYPE, link="", mode=0o755, pax=None, data=b"owned\n", device=(0, 0)):
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode = kind, link, mode
    found.devmajor, found.devminor = device
    found.pax_headers = pax or {}
    if kind == tarfile.REGTYPE:
        found.size = len(data)
    return found, data


def archive(name, entries, form=tarfile.PAX_FORMAT):
    with tarfile.open(os.path.join(directory, name), "w", format=form) as out:
        for top in ("bin", "etc"):
            out.addfile(entry(top, tarfile.DIRTYPE)[0])
        out.addfile(entry("bin/sh")[0], io.BytesIO(b"owned\n"))
        for found, data in entries:
            out.addfile(found, io.BytesIO(data) if found.isreg() else None)


S, H, D = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
# Each is tried, whatever the one before met: tar goes on after a name that it refuses.
archive("names.tar", [
    entry(up), entry(canary), entry("./" + up), entry("etc/../" + up), entry("//" + canary), entry("etc/./../../" + up),
    entry("plain", pax={"path": up}), entry("plainer", pax={"path": canary}), entry("a\nb"), entry("-rf"), entry("etc/\x1b[2J"),
])
archive("links.tar", [
    entry("out", S, "/"), entry("out" + canary), entry("up", S, "../" * 30), entry("up/" + canary.lstrip("/")),
    entry("one", S, "two"), entry("two", S, os.path.dirname(canary)), entry("one/" + os.path.basename(canary)),
    entry("file", S, canary), entry("file"), entry("hard", H, canary), entry("hard"), entry("hard2", H, up), entry("hard2"),
    entry("hard3", H, "out" + canary), entry("hard3"), entry("pax", S, "x", pax={"linkpath": "/"}), entry("pax" + canary),
    entry("etc", S, os.path.dirname(canary)), entry("etc/" + os.path.basename(canary)),
    entry("dir", D), entry("dir", S, os.path.dirname(canary)), entry("dir/" + os.path.basename(canary)),
    entry("again"), entry("again", S, canary), entry("again"),
])
archive("old.tar", [
    entry(up[-90:]), entry("l", S, "/"), entry("l" + canary), entry("h", H, canary), entry("h"),
], tarfile.USTAR_FORMAT)
archive("gnu.tar", [entry("x" * 300 + "/" + up), entry("k", S, "/" + "./" * 200), entry("k" + canary)], tarfile.GNU_FORMAT)
archive("devices.tar", [
    entry("disk", tarfile.BLKTYPE, device=(8, 0)), entry("mem", tarfile.CHRTYPE, device=(1, 1)), entry("pipe", tarfile.FIFOTYPE),
])
archive("setuid.tar", [
    entry("bin/su", mode=0o6755), entry("bin/cap", pax={"SCHILY.xattr.security.capability": "\x01\x00\x00\x02" + "\x3f" * 4 + "\x00" * 12}),
    entry("bin/trusted", pax={"SCHILY.xattr.trusted.overlay.opaque": "y"}),
    entry("bin/ima", pax={"SCHILY.xattr.security.ima": "x"}),
])
archive("mounts.tar", [entry("dev", S, os.path.dirname(canary)), entry("proc", S, "/etc")])
archive("settings.tar", [
    entry("manifest.json"), entry("../manifest.json"), entry("cellblock.yaml", data=b"profile: none\n"),
    entry("etc/cellblock/bounds.d/99.yaml", data=b"lab: true\n"),
])
archive("no-root.tar", [])
with tarfile.open(os.path.join(directory, "no-root.tar"), "w") as out:
    out.addfile(entry("readme")[0], io.BytesIO(b"owned\n"))
with open(os.path.join(directory, "noise.tar"), "wb") as out:
    out.write(os.urandom(64 * 1024))
with tarfile.open(os.path.join(directory, "bytes.tar.gz"), "w:gz", compresslevel=1) as out:
    for n in range(8):
        found = tarfile.TarInfo(f"zeros{n}")
        found.size = 128 * 1024 * 1024
        out.addfile(found, open("/dev/zero", "rb"))
with tarfile.open(os.path.join(directory, "files.tar.gz"), "w:gz", compresslevel=1) as out:
    for n in range(60_000):
        out.addfile(tarfile.TarInfo(f"d/{n}"))
with tarfile.open(os.path.join(directory, "sparse.tar"), "w", format=tarfile.PAX_FORMAT) as out:
    found, data = entry("huge", pax={"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 50), "GNU.sparse.name": "huge"})
    found.size = 1024
    out.addfile(found, io.BytesIO(b"1\n0\n512\n".ljust(512, b"\0") + b"x" * 512))
