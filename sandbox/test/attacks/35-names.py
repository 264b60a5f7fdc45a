# expect: held
# Names no tool likes are files of the box like any other, and no way out of it.
import os
names = [b"-rf", b"a\nb", b"\xff\xfe", "\u202etxt.exe".encode(), b"x" * 255, b"...", b" ", b"$(id)", b"*"]
for name in names:
    open(b"/work/" + name, "w").close()
assert set(names) <= set(os.listdir(b"/work"))
for name in (b"x" * 256, b"../a", b"../../etc/a", b"/etc/a", b"..", b"a\0b"):
    try:
        open(b"/work/" + name if name[:1] != b"/" else name, "w")
    except (OSError, ValueError):
        continue
    raise SystemExit("open: %r" % name)
print("held")
