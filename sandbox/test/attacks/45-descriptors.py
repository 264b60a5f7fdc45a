# expect: held
import os
def is_open(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False
assert [fd for fd in range(1024) if is_open(fd)] == [0, 1, 2, 3]
print("held")
