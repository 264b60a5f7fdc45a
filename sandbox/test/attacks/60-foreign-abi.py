# expect: violation
import ctypes
# x32: the same numbers with bit 30 set
ctypes.CDLL(None).syscall(0x40000000 + 39)
print("went on")
