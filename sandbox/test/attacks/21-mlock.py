# expect: held
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for call in ((149, 0, 4096), (151, 1)):
    assert libc.syscall(*call) == -1 and ctypes.get_errno() == 1, call
print("held")
