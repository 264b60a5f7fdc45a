# expect: held
import ctypes, mmap
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
assert libc.mmap(None, 4096, 7, 0x22, -1, 0) == ctypes.c_void_p(-1).value
p = libc.mmap(None, 4096, 3, 0x22, -1, 0)
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
assert libc.mprotect(p, 4096, 7) == -1
with open("/work/lib.so", "wb") as f:
    f.write(b"\x7fELF" + b"x" * 4096)
fd = open("/work/lib.so", "rb").fileno()
assert libc.mmap(None, 4096, 5, 2, fd, 0) == ctypes.c_void_p(-1).value, "exec map of /work"
print("held")
