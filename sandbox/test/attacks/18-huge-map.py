# expect: held
import mmap
try:
    mmap.mmap(-1, 1 << 40)
except (OSError, MemoryError):
    print("held")
